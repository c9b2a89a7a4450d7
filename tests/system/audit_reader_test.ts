/** The reader in another language (tests/support/verify_log.py) against the engine. */
import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { encodeHex } from "@std/encoding/hex";
import { logId, rootSecret } from "../support/audit_log.ts";
import { type AuditVectors, vectorPath } from "../support/audit_vectors.ts";
import { openAuditFile } from "../../src/adapter/audit/audit_file.ts";
import { installLog } from "../support/install_log.ts";
import { Project } from "../support/sealward.ts";
import { applyEdits } from "../support/log_edit.ts";
import { buildFiles, LogLab } from "../support/log_lab.ts";
import { randomEdit } from "../support/random_edit.ts";
import { chooseSeed, seeded } from "../support/seeded.ts";

const script = new URL("../support/verify_log.py", import.meta.url).pathname;

/** What it says of each case of a vector file. */
async function judgeCases(path: string): Promise<readonly unknown[]> {
  const command = new Deno.Command("python3", { args: [script, "--cases", path] });
  const { code, stdout, stderr } = await command.output();
  assertEquals([code, new TextDecoder().decode(stderr)], [0, ""]);
  return new TextDecoder().decode(stdout).trimEnd().split("\n").map((line) => JSON.parse(line));
}

/** What it says of an install's log, as an auditor would ask. */
async function judgeInstall(project: Project, more: readonly string[] = []) {
  const state = project.stateFolder();
  const { code, stdout } = await new Deno.Command("python3", {
    args: [
      ...[script, "--log", project.path(".scalpel/audit.log"), "--marks", `${state}/log`],
      ...["--root-secret-file", `${state}/keys/audit.key`, ...more],
    ],
  }).output();
  const { verdict, seq } = JSON.parse(new TextDecoder().decode(stdout));
  return [code, verdict, seq];
}

describe("verify_log.py", () => {
  it("AUD-34 verifies an install's log with its files and the secret alone", async () => {
    using project = new Project();
    await project.init();
    for (let i = 0; i < 2; i++) {
      const file = await openAuditFile(installLog(project));
      await file.rotate();
      await file.close();
      await project.run(["check", "--type", "file_write", "--file", "a.ts"]);
    }
    const record = JSON.parse(Deno.readTextFileSync(`${project.stateFolder()}/install.json`));
    const own = ["--fingerprint", record.fingerprint, "--log-id", record.log_id];
    assertEquals(await judgeInstall(project), [0, "OK-UNANCHORED", null]);
    assertEquals(await judgeInstall(project, own), [0, "OK-UNANCHORED", null]);
    const { value } = await project.json(["audit", "verify"]);
    const anchor = `${value["head_seq"]}:${String(value["head_mac"]).slice(0, 20)}`;
    assertEquals(await judgeInstall(project, ["--anchor", anchor]), [0, "OK", null]);
    const path = ".scalpel/audit.log.d/seg-00000001.jsonl";
    project.overwrite(path, project.read(path).replace('"allow"', '"deny"'));
    const changed = await project.json(["audit", "verify"]);
    const { exit, value: { verdict, seq } } = changed;
    assertEquals(await judgeInstall(project), [exit, verdict, seq]);
    assertEquals([exit, verdict], [5, "TAMPERED"]);
  });
  it("AUD-34 agrees with each case of the vectors", async () => {
    const { cases }: AuditVectors = JSON.parse(Deno.readTextFileSync(vectorPath));
    const judged = await judgeCases(vectorPath);
    assertEquals(judged.length, cases.length);
    for (const [i, { name, verdict, kind, segment, seq }] of cases.entries()) {
      assertEquals(judged[i], { verdict, kind, segment, seq }, name);
    }
  });
  it("AUD-34 agrees with the engine on 1,000 changed logs", async () => {
    const files = await buildFiles({ closed: 2, notes: 1 });
    const draw = seeded(chooseSeed("AUD-34"));
    using lab = await LogLab.create();
    const cases = [];
    for (let i = 0; i < 1_000; i++) {
      const edits = Array.from({ length: 1 + draw(3) }, () => randomEdit(files, draw));
      const report = await lab.engine(applyEdits(files, edits));
      cases.push({ edits, anchors: [], secrets: [0], fingerprint: null, report });
    }
    const path = await Deno.makeTempFile({ suffix: ".json" });
    try {
      const texts = Array.from(files, ([name, bytes]) => [name, String.fromCharCode(...bytes)]);
      const roots = [encodeHex(rootSecret)];
      const vectors = { root_secrets_hex: roots, log_id: logId, files: Object.fromEntries(texts) };
      await Deno.writeTextFile(path, JSON.stringify({ ...vectors, cases }));
      const judged = await judgeCases(path);
      for (const [i, { edits, report }] of cases.entries()) {
        const { verdict, kind, segment, seq } = report;
        assertEquals(judged[i], { verdict, kind, segment, seq }, JSON.stringify(edits));
      }
    } finally {
      await Deno.remove(path);
    }
  });
});
