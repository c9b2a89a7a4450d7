/** Proofs, verified by somebody who has no install, no secret and no log. */
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { encodeBase64 } from "@std/encoding/base64";
import { describe, it } from "@std/testing/bdd";
import { encodeVerifierKey } from "../../src/core/integrity/verifier_key.ts";
import { proofLine, ProofLog, utf8 } from "../support/proof_log.ts";
import { Project } from "../support/sealward.ts";
import { errorCode } from "./fixtures/error_code.ts";
import { itOnBoth } from "./fixtures/it_on_both.ts";

const lines = Array.from({ length: 1_000 }, (_, i) => proofLine(i, `{"task":"t${i}"}`));
const log = new ProofLog(lines);
const proof = log.proof(617);
const rawKey = encodeBase64(log.publicKey);
const command = ["audit", "verify-proof"];

/** Everything below a folder, less what the runtime caches for itself. */
function filesOf(folder: string): readonly string[] {
  const entries = [...Deno.readDirSync(folder)].filter(({ name }) => name !== ".cache");
  return entries.flatMap(({ name, isDirectory }) =>
    isDirectory ? [name, ...filesOf(`${folder}/${name}`)] : [name]
  ).sort();
}

describe("audit verify-proof", () => {
  itOnBoth("AUD-34 proves an entry with nothing but the public key", async (program) => {
    using project = new Project();
    project.write("a.tlog-proof", proof);
    project.write("server.pub", `${rawKey}\n`);
    const before = filesOf(project.folder);
    const named = encodeVerifierKey(log.key);
    for (const key of ["server.pub", rawKey, named, project.path("server.pub")]) {
      const args = [...command, "a.tlog-proof", "--key", key];
      const { exit, value } = await project.json(args, { program });
      assertEquals([exit, value["verdict"], value["line"]], [0, "PROVEN", lines[617]]);
      assertEquals([value["log_id"], value["size"], value["key"]], [log.logId, 1_000, named]);
    }
    const { exit, stdout, stderr } = await project.run([...command, "-", "--key", rawKey], {
      program,
      stdin: proof,
    });
    assertEquals([exit, stderr], [0, ""]);
    assertMatch(stdout, /^PROVEN {2}entry #617\n/);
    assertStringIncludes(stdout, "does not prove: that the log is complete");
    assertEquals(filesOf(project.folder), before);
  });

  itOnBoth("AUD-35 every other answer is 5, 3, 1 or 64, and shows no entry", async (program) => {
    using project = new Project();
    project.write("sound", proof);
    project.write("bare", log.proof(617, { extra: null }));
    project.write("other-line", log.proof(617, { extra: utf8(lines[618] ?? "") }));
    project.write("other-index", log.proof(617, { index: 618 }));
    project.write("other-key", new ProofLog(lines).proof(617));
    project.write("torn", proof.slice(0, 300));
    project.write("no-text", "");
    Deno.writeFileSync(project.path("binary"), crypto.getRandomValues(new Uint8Array(2_000)));
    project.write("large", `${proof}${"x".repeat(300_000)}`);
    project.write("line", `${lines[617]}\n`);
    const key = ["--key", rawKey];
    const rows: readonly (readonly [readonly string[], number, string])[] = [
      [["bare", ...key, "--line", "line"], 0, "PROVEN"],
      [["other-line", ...key], 5, "root"],
      [["sound", ...key, "--line", "sound"], 5, "root"],
      [["other-index", ...key], 5, "root"],
      [["other-key", ...key], 5, "unsigned"],
      [["sound", "--key", encodeBase64(new Uint8Array(32))], 5, "unsigned"],
      [["bare", ...key], 3, "proof_invalid"],
      [["torn", ...key], 3, "proof_invalid"],
      [["no-text", ...key], 3, "proof_invalid"],
      [["binary", ...key], 3, "proof_invalid"],
      [["large", ...key], 3, "proof_invalid"],
      [["sound", "--key", "line"], 3, "proof_invalid"],
      [["absent", ...key], 1, "audit_unreadable"],
      [[".", ...key], 1, "audit_unreadable"],
      [["sound", "--key", "absent"], 1, "audit_unreadable"],
      [["sound", ...key, "--line", "absent"], 1, "audit_unreadable"],
      [["sound"], 64, "usage"],
      [key, 64, "usage"],
      [["-", ...key, "--line", "-"], 64, "usage"],
      [["-", "--key", "-"], 64, "usage"],
    ];
    for (const [args, wanted, what] of rows) {
      const { exit, value } = await project.json([...command, ...args], { program });
      const said = value["verdict"] === "NOT-PROVEN" ? value["reason"] : value["verdict"];
      assertEquals([exit, said ?? errorCode(value)], [wanted, what], args.join(" "));
      assertEquals("entry" in value, wanted === 0);
    }
  });

  it("the proof of one entry in a million is about a kilobyte beside its line", () => {
    const hashes = Array.from({ length: 20 }, () => new Uint8Array(32).fill(255));
    const sizeBytes = log.proof(617, { hashes, extra: null }).length;
    assert(sizeBytes < 1_300, `${sizeBytes} bytes`);
  });
});
