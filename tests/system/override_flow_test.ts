/**
 * A person at a terminal answers an agent's request, with the binary alone: enrolled by the secret on
 * the screen, approved by its code, a recovery code or ssh-keygen; here and through a server.
 */
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { decodeBase32 } from "@std/encoding/base32";
import { totpHmac } from "../../src/adapter/totp_hmac.ts";
import { hotp, stepAt } from "../../src/core/override/totp.ts";
import { startServer } from "../e2e/fixtures/start_server.ts";
import { type PtyAnswer, runInPty } from "../support/pty.ts";
import { binaryPath, compiled, Project } from "../support/sealward.ts";

const policy = (more = "") =>
  `version: "1.0"
protected:
  files: ["*.env"]
overrides:
  approvers:
    - name: ada
${more}`;
const why = "agreed in review";

/** A person with an app; no step's code is given twice. */
interface Person {
  readonly code: () => string;
  readonly recovery: readonly string[];
}

function lastMatch(text: string, pattern: RegExp): string {
  const found = [...text.matchAll(pattern)].at(-1)?.[1];
  assert(found !== undefined, `no ${pattern} in ${text}`);
  return found;
}

const atTerminal = (project: Project, args: readonly string[], answers: readonly PtyAnswer[]) =>
  runInPty([binaryPath, "override", ...args], {
    cwd: project.root,
    env: { HOME: project.home, COLUMNS: "120", LANG: "C.UTF-8" },
    answers,
  });

async function enrol(project: Project): Promise<Person> {
  let used = 0;
  let key = new Uint8Array();
  // The engine takes one step to either side of now, and each step once.
  const code = () => {
    const now = stepAt(Date.now() / 1_000);
    used = Math.max(used + 1, now - 1);
    assert(used <= now + 1, "the test asks for more codes than there are");
    return hotp(used, { key, algorithm: "SHA1", hmac: totpHmac, digits: 6 });
  };
  const { exit, screen } = await atTerminal(project, ["enroll", "ada"], [{
    after: "Code of the new app",
    type: (shown) => {
      key = new Uint8Array(decodeBase32(lastMatch(shown, /[?&]secret=([A-Z2-7]+)/g)));
      return `${code()}\r`;
    },
  }]);
  assertEquals(exit, 0, screen);
  const recovery = screen.match(/\b[0-9A-Z]{2,8}(?:-[0-9A-Z]{2,8}){3,}\b/g) ?? [];
  return { code, recovery };
}

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

function answers(last: PtyAnswer): readonly PtyAnswer[] {
  return [
    { after: "Why?", type: `${why}\r` },
    {
      after: "Retype its phrase:",
      type: (screen) => `${lastMatch(screen, /phrase: (\S+)/g).toLowerCase().replace("-", "")}\r`,
    },
    last,
  ];
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
