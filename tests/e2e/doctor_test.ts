/** `doctor` on the binary: each thing that is wrong is a line with its fix, and the status says the worst. */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { openAuditFile } from "../../src/adapter/audit/audit_file.ts";
import { nowMicros } from "../../src/adapter/clock.ts";
import { installLog } from "../support/install_log.ts";
import { binaryPath, Project } from "../support/sealward.ts";

interface Found {
  readonly level: string;
  readonly subject: string;
  readonly message: string;
  readonly fix?: string;
}

async function doctor(project: Project) {
  const { exit, value } = await project.json(["doctor"]);
  const findings = value["findings"] as readonly Found[];
  assertEquals(value["healthy"], exit === 0);
  const of = (subject: string) => findings.filter((found) => found.subject === subject);
  return { exit, findings, of, only: (subject: string) => of(subject)[0] };
}

async function accepted(): Promise<Project> {
  const project = new Project();
  await project.init();
  assertEquals((await project.run(["policy", "accept", "--yes"])).exit, 0);
  return project;
}

/** An entry as a process with another clock would have written it. */
async function appendAhead(project: Project, aheadMicros: number): Promise<void> {
  const options = { ...installLog(project), nowMicros: () => nowMicros() + aheadMicros };
  const audit = await openAuditFile(options);
  const event = { type: "NOTE", severity: "LOW", details: {} } as const;
  await audit.transact(() => ({ events: [event], result: null }));
  await audit.close();
}

describe("doctor", () => {
  it("UX-01 finds nothing broken in a fresh install, and ends with 0", async () => {
    using project = await accepted();
    const { exit, findings, only } = await doctor(project);
    assertEquals([exit, findings.filter(({ level }) => level === "FAIL")], [0, []]);
    for (
      const subject of ["policy", "enforcement", "log tail", "clock", "audit key", "permissions"]
    ) {
      assertEquals(only(subject)?.level, "OK", subject);
    }
    assertEquals(only("hooks")?.level, "WARN");
  });

  it("BIN-01 prints the hash of the very program that runs", async () => {
    using project = await accepted();
    const bytes = await crypto.subtle.digest("SHA-256", Deno.readFileSync(binaryPath));
    const hex = [...new Uint8Array(bytes)].map((byte) => byte.toString(16).padStart(2, "0")).join(
      "",
    );
    const { only } = await doctor(project);
    assert(only("program")?.message.includes(`sha256:${hex}`));
  });

  it("names approvers who cannot approve, and an inbox the agent can reach", async () => {
    using project = await accepted();
    const inbox = project.path("inbox");
    project.write(
      ".scalpel/overrides.yaml",
      `overrides:\n  approvers: [{name: maria}]\n  inbox: ${JSON.stringify(inbox)}\n`,
    );
    assertEquals((await project.run(["policy", "accept", "--yes"])).exit, 0);
    const { exit, only } = await doctor(project);
    assertEquals([exit, only("approver maria")?.level, only("inbox")?.level], [1, "WARN", "FAIL"]);
    assertMatch(only("approver maria")?.fix ?? "", /override enroll maria/);
    const { value } = await project.json(["status"]);
    const told = (value["findings"] as readonly Found[]).map(({ subject }) => subject);
    assert(told.includes("approvals") && told.includes("approver maria"), told.join());
  });

  it("UX-01 ends with 5 for a changed policy, with 2 for one nobody accepted", async () => {
    using project = new Project();
    await project.init(["--yes"]);
    project.write(".scalpel/policy.yaml", `${project.read(".scalpel/policy.yaml")}\n# edited\n`);
    const changed = await doctor(project);
    assertEquals([changed.exit, changed.only("policy")?.level], [5, "FAIL"]);
    assertMatch(changed.only("policy")?.message ?? "", /\.scalpel\/policy\.yaml/);
  });

  for (
    const [what, subject, path, mode] of [
      ["a state folder others may read", "state folder", null, 0o755],
      ["a policy others may write", "policy file", ".scalpel/policy.yaml", 0o666],
      ["FILE-04 a policy folder others may write", "policy folder", ".scalpel", 0o777],
    ] as const
  ) {
    it(`names ${what}, and how to mend it`, async () => {
      using project = await accepted();
      const target = path === null ? project.stateFolder() : project.path(path);
      Deno.chmodSync(target, mode);
      const { exit, only } = await doctor(project);
      assert(exit !== 0);
      assertEquals(only(subject)?.level, "FAIL");
      assertMatch(only(subject)?.fix ?? "", new RegExp(`^chmod .* ${target}$`));
    });
  }

  // Only root can give a file away.
  const givenAway = Deno.uid() === 0
    ? [".scalpel", ".scalpel/policy.yaml", ".scalpel/audit.log"]
    : [];
  for (const path of givenAway) {
    it(`names another owner of ${path}, who can change it whatever the mode`, async () => {
      using project = await accepted();
      Deno.chownSync(project.path(path), 64_109, null);
      const { exit, findings } = await doctor(project);
      const found = findings.find(({ level, message }) =>
        level === "FAIL" && message.startsWith(`${project.path(path)} belongs to uid 64109`)
      );
      assertEquals([exit !== 0, found?.fix], [true, `chown 0 ${project.path(path)}`]);
    });
  }

  it("FILE-10 names a program that others may write", async () => {
    using project = await accepted();
    const command = `${project.folder}/sealward`;
    Deno.copyFileSync(binaryPath, command);
    Deno.chmodSync(command, 0o777);
    const program = { command: [command], name: "a program others may write" };
    const { exit, value } = await project.json(["doctor"], { program });
    const found = (value["findings"] as readonly Found[])
      .find(({ subject }) => subject === "program file");
    assertEquals([exit, found?.level, found?.fix], [1, "FAIL", `chmod go-w ${command}`]);
  });

  it("FILE-04 names a folder above the project that others may write", async () => {
    using project = await accepted();
    Deno.chmodSync(project.folder, 0o777);
    const { exit, of } = await doctor(project);
    const found = of("parent folders").find(({ level }) => level === "FAIL");
    assertEquals(exit, 1);
    assertMatch(
      found?.message ?? "",
      new RegExp(`^${project.folder} is 777: others can replace`),
    );
  });

  it("CFG-09 names a clock that stands before the log's last entry", async () => {
    using project = await accepted();
    await appendAhead(project, 3_600_000_000);
    const { exit, only } = await doctor(project);
    assertEquals([exit, only("clock")?.level], [1, "FAIL"]);
    assertMatch(only("clock")?.message ?? "", /^3[56]\d\d s before/);
  });

  it("names an old audit key", async () => {
    using project = await accepted();
    const old = new Date(Date.now() - 400 * 86_400_000);
    Deno.utimeSync(`${project.stateFolder()}/keys/audit.key`, old, old);
    const { exit, only } = await doctor(project);
    assertEquals([exit, only("audit key")?.level], [0, "WARN"]);
    assertMatch(only("audit key")?.fix ?? "", /rotate-key/);
  });

  it("FILE-10 names a hook that is not as it was installed", async () => {
    using project = await accepted();
    const { exit } = await project.run(["hook", "install", "claude-code", "--yes"]);
    assertEquals(exit, 0);
    assertEquals((await doctor(project)).only("hook claude-code")?.level, "OK");
    const settings = ".claude/settings.local.json";
    project.write(settings, project.read(settings).replace('"*"', '"Bash"'));
    const drifted = await doctor(project);
    assertEquals([drifted.exit, drifted.only("hook claude-code")?.level], [1, "FAIL"]);
  });

  it("AUD-02 ends with 5 for a log that was cut", async () => {
    using project = await accepted();
    for (let i = 0; i < 3; i++) {
      await project.run(["check", "--type", "file_read", "--file", "src/a"]);
    }
    const lines = project.read(".scalpel/audit.log").trimEnd().split("\n");
    project.write(".scalpel/audit.log", lines.slice(0, -2).join("\n") + "\n");
    const { exit, findings } = await doctor(project);
    assertEquals(exit, 5);
    assert(findings.some(({ level, subject }) => level === "FAIL" && subject === "log"));
  });
});
