/**
 * A person at a terminal answers an agent's request, with the binary alone: enrolled by the secret on
 * the screen, approved by its code, a recovery code or ssh-keygen; here and through a server.
 */
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { startServer } from "../e2e/fixtures/start_server.ts";
import { type PtyAnswer, runInPty } from "../support/pty.ts";
import { binaryPath, compiled, Project } from "../support/sealward.ts";
import { answers, enrolAda, lastMatch, why } from "../support/terminal_person.ts";

const policy = (more = "") =>
  `version: "1.0"
protected:
  files: ["*.env"]
overrides:
  approvers:
    - name: ada
${more}`;

const atTerminal = (project: Project, args: readonly string[], answers: readonly PtyAnswer[]) =>
  runInPty([binaryPath, "override", ...args], {
    cwd: project.root,
    env: { HOME: project.home, COLUMNS: "120", LANG: "C.UTF-8" },
    answers,
  });

const enrol = (project: Project) => enrolAda((args, answers) => atTerminal(project, args, answers));

async function install(more = ""): Promise<Project> {
  using opened = new DisposableStack();
  const project = opened.use(new Project());
  project.write(".scalpel/policy.yaml", policy(more));
  await project.init(["--yes"]);
  opened.move();
  return project;
}

const write = (file: string) => ["check", "--type", "file_write", "--file", file];

/** The request of a denial. */
async function denied(project: Project, file: string): Promise<string> {
  const { exit, value } = await project.json(write(file));
  assertEquals(exit, 2);
  const { override } = value as { override?: { request_id?: string } };
  assert(override?.request_id !== undefined, JSON.stringify(value));
  return override.request_id;
}

describe("a person at a terminal", () => {
  it("TOTP-05 approves once by a code that is never seen, and the agent waits for it", async () => {
    using project = await install();
    const ada = await enrol(project);
    const id = await denied(project, "a.env");
    const waiting = project.run(["override", "wait", id, "--timeout", "60"]);
    let code = "";
    const typed = answers({ after: "Code of ada", type: () => `${code = ada.code()}\r` });
    const { exit, screen } = await atTerminal(project, ["approve", id], typed);
    assertEquals(exit, 0, screen);
    assertStringIncludes(screen, 'write "a.env"');
    assertMatch(screen, /APPROVED\r\n/);
    assertStringIncludes(screen, "same_uid");
    assertEquals(screen.includes(code), false);
    const { exit: waited, stdout } = await waiting;
    assertEquals([waited, stdout.startsWith("APPROVED\n")], [0, true]);
    assertEquals(project.read(".scalpel/audit.log").includes(code), false);

    const listed = await project.json(["override", "list"]);
    assertEquals((listed.value["grants"] as { uses: number }[]).map(({ uses }) => uses), [0]);
    assertEquals((await project.json(write("a.env"))).exit, 0);
    assertEquals((await project.json(write("a.env"))).exit, 2);
    assertEquals((await project.run(["override", "wait", id])).exit, 2);

    // The same code under another request.
    const other = await denied(project, "b.env");
    const again = answers({ after: "Code of ada", type: `${code}\r` });
    const reused = await atTerminal(project, ["approve", other], again);
    assertEquals(reused.exit, 2);
    assertStringIncludes(reused.screen, "override_rejected");
    assertEquals((await project.json(write("b.env"))).exit, 2);
    assertEquals((await project.run(["audit", "verify"])).exit, 0);
  });

  it("approves by a recovery code, denies, revokes", async () => {
    using project = await install();
    const ada = await enrol(project);
    assertEquals(ada.recovery.length, 10);
    const id = await denied(project, "a.env");
    const [recovery = ""] = ada.recovery;
    const typed = answers({ after: "Recovery code of ada", type: `${recovery.toLowerCase()}\r` });
    const { exit, screen } = await atTerminal(project, ["approve", id, "--recovery"], typed);
    assertEquals([exit, screen.toUpperCase().includes(recovery)], [0, false], screen);
    const grant = lastMatch(screen, /override +([0-9a-f]{32})/g);
    const revoke = ["override", "revoke", grant, "--justification", "not any more"];
    assertEquals((await project.run(revoke)).exit, 0);
    assertEquals((await project.json(write("a.env"))).exit, 2);

    const next = await denied(project, "b.env");
    const deny = ["override", "deny", next, "--justification", "not before the release"];
    assertEquals((await project.run(deny)).exit, 0);
    assertEquals((await project.run(["override", "wait", next])).exit, 2);
    const late = await atTerminal(project, ["approve", next], []);
    assertEquals(late.exit, 3);
  });

  it("TOTP-09 is locked out after five wrong codes, and told until when", async () => {
    using project = await install();
    await enrol(project);
    const id = await denied(project, "a.env");
    const wrong = answers({ after: "Code of ada", type: "000000\r" });
    for (let guesses = 0; guesses < 5; guesses++) {
      assertEquals((await atTerminal(project, ["approve", id], wrong)).exit, 2);
    }
    const { exit, screen, typed } = await atTerminal(project, ["approve", id], wrong);
    assertEquals([exit, typed], [1, 0], screen);
    assertStringIncludes(screen, "override_locked");
    assertMatch((await project.run(["override", "list"])).stdout, /ada .* for [0-9]+ s\n/);
  });

  it("approves through a server, with the approver's token", async () => {
    using project = await install();
    const ada = await enrol(project);
    const server = await startServer(project, compiled);
    const road = ["--server", server.url];
    try {
      const body = { type: "file_write", affected_files: ["a.env"] };
      const asked = await (await server.fetch("/v1/check", { body })).json();
      const id = asked.override.request_id;
      const waiting = project.run(["override", "wait", id, ...road]);
      const listed = await project.run(["override", "list", ...road]);
      assertStringIncludes(listed.stdout, id);
      const typed = answers({ after: "Code of ada", type: () => `${ada.code()}\r` });
      const { exit, screen } = await atTerminal(project, ["approve", id, ...road], typed);
      assertEquals(exit, 0, screen);
      assertEquals((await waiting).exit, 0);
      assertEquals((await (await server.fetch("/v1/check", { body })).json()).allowed, true);
    } finally {
      assertEquals(await server.stop(), 0, server.said());
    }
  });

  it("approves by ssh-keygen, without a terminal, and for nothing else", async () => {
    using project = new Project();
    const key = `${project.folder}/key`;
    const made = ["-q", "-t", "ed25519", "-N", "", "-C", "ada", "-f", key];
    assertEquals((await new Deno.Command("ssh-keygen", { args: made }).output()).code, 0);
    const line = Deno.readTextFileSync(`${key}.pub`).trim();
    project.write(".scalpel/policy.yaml", policy(`      ssh_keys: ["${line}"]\n`));
    await project.init(["--yes"]);
    const id = await denied(project, "a.env");
    const file = `${project.folder}/approval`;
    const sign = ["show", id, "--to-sign", file, "--justification", why];
    const shown = await project.run(["override", ...sign]);
    assertEquals(shown.exit, 0, shown.stderr);
    const phrase = lastMatch(shown.stderr, /phrase is (\S+)/g);
    const command = lastMatch(shown.stdout, /^(ssh-keygen .*)$/gm).replace(" KEY ", ` ${key} `);
    const signed = await new Deno.Command("sh", { args: ["-c", command], stderr: "null" }).output();
    assertEquals(signed.code, 0);
    const approve = (reason: string) =>
      project.run([
        ...["override", "approve", id, "--signature", `${file}.sig`],
        ...["--phrase", phrase, "--justification", reason],
      ]);
    const moved = await approve("another reason");
    assertEquals(moved.exit, 2);
    assertStringIncludes(moved.stderr, "override_rejected");
    assertEquals((await project.json(write("a.env"))).exit, 2);
    const { exit, stderr } = await approve(why);
    assertEquals(exit, 0, stderr);
    assertEquals((await project.json(write("a.env"))).exit, 0);
    assertEquals((await approve(why)).exit, 3);
  });
});
