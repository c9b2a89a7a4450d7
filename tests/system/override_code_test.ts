/** From a denial to the operation, by a code: the binary, its log, a terminal. */
import { assertEquals, assertMatch } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { encodeHex } from "@std/encoding/hex";
import { totpHmac as hmac } from "../../src/adapter/totp_hmac.ts";
import { decodeBase32 } from "../../src/core/integrity/decode_base32.ts";
import { hotp } from "../../src/core/override/totp.ts";
import { binaryPath, Project } from "../support/sealward.ts";
import { Terminal } from "../support/terminal.ts";

const key = crypto.getRandomValues(new Uint8Array(20));
const codeNow = () => {
  const step = Math.floor(Date.now() / 30_000);
  return hotp(step, { key, algorithm: "SHA1", digits: 6, hmac });
};

/** How a command line gets the secret in the file that is named. */
const roads: Readonly<Record<string, (file: string) => string>> = {
  descriptor: (file) => `SCALPEL_TOTP_SECRET_FD=7; export SCALPEL_TOTP_SECRET_FD; exec 7<${file};`,
  file: (file) => `SCALPEL_TOTP_SECRET_FILE=${file}; export SCALPEL_TOTP_SECRET_FILE;`,
  credential: (file) => `CREDENTIALS_DIRECTORY=${file}.d; export CREDENTIALS_DIRECTORY;`,
};

async function approve(project: Project, before: string, id: string, phrase: string, code: string) {
  const env = { HOME: project.home, PATH: "/usr/bin:/bin", LANG: "C.UTF-8", TERM: "xterm" };
  const script = `${before} exec ${binaryPath} override approve ${id}`;
  const terminal = new Terminal(["sh", "-c", script], { cwd: project.root, env });
  await terminal.waitFor("Why?");
  await terminal.type("agreed in review\r");
  await terminal.waitFor("phrase");
  await terminal.type(`${phrase}\r`);
  await terminal.waitFor("not shown:");
  await terminal.type(`${code}\r`);
  return terminal;
}

describe("a code approves", () => {
  for (const [name, roadOf] of Object.entries(roads)) {
    it(`TOTP-05 O1 by the secret of a ${name}: once, and never the same code again`, async () => {
      using project = new Project();
      await project.init();
      const file = `${project.folder}/totp`;
      Deno.writeTextFileSync(file, `hex:${encodeHex(key)}\n`, { mode: 0o600 });
      Deno.mkdirSync(`${file}.d`);
      Deno.copyFileSync(file, `${file}.d/scalpel_totp_secret`);
      const before = roadOf(file);
      const check = async () => {
        const script = `${before} exec ${binaryPath} check --type file_write --file .env --json`;
        const program = { name: "sh", command: ["sh", "-c", script] };
        const { exit, stdout } = await project.run([], { program });
        return { exit, ...JSON.parse(stdout).override };
      };
      const code = codeNow();
      const first = await check();
      await using yes = await approve(project, before, first.request_id, first.phrase, code);
      assertEquals(await yes.end(), 0, yes.shown);
      assertEquals([first.exit, (await check()).exit], [2, 0]);
      const second = await check();
      assertEquals(second.exit, 2, "once");
      await using no = await approve(project, before, second.request_id, second.phrase, code);
      assertEquals(await no.end(), 2, no.shown);
      assertMatch(no.shown, /override_rejected/);
      assertEquals((await check()).exit, 2);
    });
  }

  it("O1 of an app enrolled at the terminal: not the code that proved it, but the next one", async () => {
    using project = new Project();
    await project.init();
    const approvers = "\noverrides:\n  approvers:\n    - name: alice\n";
    project.overwrite(".scalpel/policy.yaml", project.read(".scalpel/policy.yaml") + approvers);
    assertEquals((await project.run(["policy", "accept", "--yes"])).exit, 0);
    const { proof, next, shown } = await enrolAlice(project);
    assertEquals(shown.includes("inert"), false);
    for (const [code, exit] of [[proof, 2], [next, 0], [next, 2]] as const) {
      const { value } = await project.json(["check", "--type", "file_write", "--file", ".env"]);
      const { request_id: id, phrase } = value["override"] as Record<string, string>;
      await using terminal = await approve(project, "", id ?? "", phrase ?? "", code);
      assertEquals(await terminal.end(), exit, terminal.shown);
      const { exit: answer } = await project.run([
        "check",
        "--type",
        "file_write",
        "--file",
        ".env",
      ]);
      assertEquals(answer, exit);
    }
  });
});

/** Codes of the app: the one that proved it, and the one of the step after. */
async function enrolAlice(project: Project) {
  const env = { HOME: project.home, PATH: "/usr/bin:/bin", LANG: "C.UTF-8", TERM: "xterm" };
  const command = [binaryPath, "override", "enroll", "alice"];
  await using terminal = new Terminal(command, { cwd: project.root, env });
  await terminal.waitFor("not shown:");
  const secret = decodeBase32(/to type: ([A-Z2-7 ]+)/.exec(terminal.shown)?.[1] ?? "");
  const codeOf = (step: number) =>
    hotp(step, { key: secret ?? key, algorithm: "SHA1", digits: 6, hmac });
  const step = Math.floor(Date.now() / 30_000);
  const [proof, next] = [codeOf(step), codeOf(step + 1)];
  await terminal.type(`${proof}\r`);
  assertEquals(await terminal.end(), 0, terminal.shown);
  return { proof, next, shown: terminal.shown };
}
