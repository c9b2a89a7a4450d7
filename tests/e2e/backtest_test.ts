/**
 * `sealward replay --candidate` and the backtest that signing wants, on the compiled binary and a log
 * of real checks.
 */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { encodeHex } from "@std/encoding/hex";
import { describe, it } from "@std/testing/bdd";
import { sha256 } from "../../src/core/integrity/sha256.ts";
import { Project } from "../support/sealward.ts";

const wider = 'version: "1.0"\nprotected: {files: ["*.env", "a.ts"]}\n';
const stricter =
  'version: "1.0"\nprotected: {files: ["*.env", "*.config", ".scalpel/*", "a.ts"]}\n';
const group = "deny-allow:protected.files:file_write";
const manifestPath = ".scalpel/policy.manifest.json";
const reportPath = ".scalpel/policy.backtest.json";

/** Three decisions under the guide's policy: allowed, and twice denied. */
async function logged(): Promise<Project> {
  const project = new Project();
  await project.init();
  for (const file of ["a.ts", "prod.env", "x.config"]) {
    await project.run(["check", "--type", "file_write", "--file", file]);
  }
  return project;
}

async function need(project: Project, args: readonly string[], stdin = ""): Promise<string> {
  const { exit, stdout, stderr } = await project.run(args, { stdin });
  assertEquals(exit, 0, stderr);
  return stdout;
}

async function keyOf(project: Project): Promise<string> {
  const path = `${project.folder}/key`;
  await need(project, ["policy", "keygen", path]);
  return path;
}

interface Report {
  readonly changed: number;
  readonly widened: number;
  readonly unjudged: number;
  readonly same: number;
  readonly groups: readonly { readonly id: string; readonly seqs: readonly number[] }[];
}

async function backtest(project: Project, ...args: readonly string[]) {
  const { exit, value } = await project.json(["replay", "--candidate", ...args]);
  return { exit, report: value as unknown as Report };
}

describe("sealward policy keygen", () => {
  it("says which folder is missing, and makes nothing", async () => {
    using project = new Project();
    const path = `${project.folder}/none/key`;
    const { exit, stderr } = await project.run(["policy", "keygen", path]);
    assertEquals(exit, 1);
    assertStringIncludes(stderr, `mkdir -m 700 ${project.folder}/none`);
    assertEquals([...Deno.readDirSync(project.folder)].some(({ name }) => name === "none"), false);
  });
});

describe("sealward replay --candidate", () => {
  it("finds what another policy would change, and nothing for the same one", async () => {
    using project = await logged();
    const same = await backtest(project, ".scalpel/policy.yaml");
    assertEquals([same.exit, same.report.same, same.report.changed], [0, 3, 0]);
    project.write("new.yaml", wider);
    const { exit, report } = await backtest(project, "new.yaml");
    assertEquals([exit, report.changed, report.widened, report.unjudged], [2, 2, 1, 0]);
    assertEquals(report.groups.map(({ id }) => id), [
      group,
      "allow-deny:protected.files:file_write",
    ]);
  });

  it("needs neither the project's files nor the policy in force", async () => {
    using project = await logged();
    project.write("new.yaml", wider);
    Deno.removeSync(project.path(".scalpel/policy.yaml"));
    assertEquals((await backtest(project, "new.yaml")).exit, 2);
  });

  it("does not call the same what was not recorded for it", async () => {
    using project = new Project();
    await project.init();
    await project.run(["check", "--type", "command", "--command", "git checkout main"]);
    project.write("new.yaml", 'version: "1.0"\nprotected: {files: ["*.other"]}\n');
    const { exit, report } = await backtest(project, "new.yaml");
    assertEquals([exit, report.same, report.changed, report.unjudged], [1, 0, 0, 1]);
  });

  it("takes a range, refuses a report about a part, and what is no policy or no decision", async () => {
    using project = await logged();
    project.write("new.yaml", wider);
    assertEquals((await backtest(project, "new.yaml", "0..3")).report.changed, 1);
    const run = async (...args: readonly string[]) => (await project.run(["replay", ...args])).exit;
    assertEquals(await run("--candidate", "new.yaml", "0..3", "--report", "r.json"), 64);
    assertEquals(await run("--all", "--report", "r.json"), 64);
    assertEquals(await run("--candidate", "new.yaml", "0..1"), 3);
    project.write("bad.yaml", "version: 1\n");
    assertEquals(await run("--candidate", "bad.yaml"), 3);
    assertEquals(await run("--candidate", "gone.yaml"), 1);
  });

  it("shows nothing of a log that does not verify", async () => {
    using project = await logged();
    project.write("new.yaml", wider);
    const log = project.read(".scalpel/audit.log");
    Deno.writeTextFileSync(project.path(".scalpel/audit.log"), log.replace("x.config", "y.config"));
    const { exit, stdout } = await project.run(["replay", "--candidate", "new.yaml"]);
    assertEquals([exit, stdout], [5, ""]);
  });
});

describe("sealward policy sign and its backtest", () => {
  it("refuses what opens something that nobody acknowledged, and changes nothing", async () => {
    using project = await logged();
    const key = await keyOf(project);
    await need(project, ["policy", "sign", "--key", key, "--yes"]);
    const before = project.read(manifestPath) + project.read(`${manifestPath}.sig`) +
      project.read(reportPath);
    project.write(".scalpel/policy.yaml", wider);
    const { exit, stderr } = await project.run(["policy", "sign", "--key", key, "--yes"]);
    assertEquals(exit, 2);
    assertStringIncludes(stderr, "error[backtest_unacknowledged]");
    assertStringIncludes(stderr, "DENY -> ALLOW  file_write by protected.files, 1 decision");
    for (const word of ["allow-deny:protected.files:file_write", "3", "deny-allow"]) {
      const args = ["policy", "sign", "--key", key, "--yes", "--acknowledge", word];
      assertEquals((await project.run(args)).exit, 64, word);
    }
    const after = project.read(manifestPath) + project.read(`${manifestPath}.sig`) +
      project.read(reportPath);
    assertEquals(after, before);
  });

  it("signs what was acknowledged, by group or by number, and names the report", async () => {
    for (const word of [group, "4"]) {
      using project = await logged();
      const key = await keyOf(project);
      project.write(".scalpel/policy.yaml", wider);
      await need(project, ["policy", "sign", "--key", key, "--yes", "--acknowledge", word]);
      const { backtest } = JSON.parse(project.read(manifestPath));
      const report = Deno.readFileSync(project.path(reportPath));
      assertEquals(backtest.report_sha256, encodeHex(sha256(report)));
      const { decisions, widened, acknowledged, unjudged } = backtest;
      assertEquals([decisions, widened, acknowledged, unjudged], [3, 1, 1, 0]);
      await need(project, ["policy", "verify", "--key", `${key}.pub`]);
    }
  });

  it("wants nothing acknowledged of a policy that only closes", async () => {
    using project = await logged();
    const key = await keyOf(project);
    project.write(".scalpel/policy.yaml", stricter);
    await need(project, ["policy", "sign", "--key", key, "--yes"]);
    const { backtest } = JSON.parse(project.read(manifestPath));
    assertEquals([backtest.widened, backtest.acknowledged], [0, 0]);
  });

  it("signs elsewhere by the report of the host with the log, about these bytes only", async () => {
    using host = await logged();
    host.write("new.yaml", wider);
    const args = ["replay", "--candidate", "new.yaml", "--report", "r.json"];
    assertEquals((await host.run(args)).exit, 2);
    using desk = new Project();
    const key = await keyOf(desk);
    desk.write(".scalpel/policy.yaml", wider);
    desk.write("r.json", host.read("r.json"));
    const sign = ["policy", "sign", "--key", key, "--yes", "--backtest", "r.json"];
    assertEquals((await desk.run(sign)).exit, 2);
    await need(desk, [...sign, "--acknowledge", group]);
    assertEquals(desk.read(reportPath), host.read("r.json"));
    const code = async () => {
      const { exit, stderr } = await desk.run([...sign, "--acknowledge", group]);
      assertStringIncludes(stderr, "error[backtest_invalid]");
      return exit;
    };
    desk.write("r.json", host.read("r.json").replace('"widened": 1', '"widened": 0'));
    assertEquals(await code(), 3);
    desk.write("r.json", host.read("r.json"));
    desk.write(".scalpel/policy.yaml", `${wider}# one more\n`);
    assertEquals(await code(), 3);
  });

  it("signs without a backtest only when it is told so, and says so", async () => {
    using project = await logged();
    const key = await keyOf(project);
    project.write(".scalpel/policy.yaml", wider);
    const { exit, stderr } = await project.run(
      ["policy", "sign", "--key", key, "--yes", "--without-backtest"],
    );
    assertEquals(exit, 0);
    assertStringIncludes(stderr, "WITHOUT BACKTEST");
    assertEquals(JSON.parse(project.read(manifestPath)).backtest, null);
    using desk = new Project();
    desk.write(".scalpel/policy.yaml", wider);
    const sign = ["policy", "sign", "--key", await keyOf(desk), "--yes"];
    await need(desk, sign);
    assertEquals((await desk.run(sign)).exit, 64);
    await need(desk, [...sign, "--without-backtest"]);
    assert(JSON.parse(desk.read(manifestPath)).policy_version === 2);
  });
});
