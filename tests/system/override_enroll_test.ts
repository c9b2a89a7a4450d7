/** Enrolling at a real terminal: what is shown, what is not, and what lies on the disk afterwards. */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { totpHmac as hmac } from "../../src/adapter/totp_hmac.ts";
import { decodeBase32 } from "../../src/core/integrity/decode_base32.ts";
import { hotp } from "../../src/core/override/totp.ts";
import { readEntries } from "../e2e/fixtures/read_entries.ts";
import { binaryPath, Project } from "../support/sealward.ts";
import { Terminal } from "../support/terminal.ts";

const question = "Code of the new app, not shown:";

function open(project: Project, args: readonly string[]): Terminal {
  const env = {
    HOME: project.home,
    PATH: "/usr/bin:/bin",
    LANG: "C.UTF-8",
    TERM: "xterm-256color",
  };
  return new Terminal([binaryPath, ...args], { cwd: project.root, env });
}

const secretOf = (terminal: Terminal) => /to type: ([A-Z2-7 ]+)/.exec(terminal.shown)?.[1] ?? "";

const codesOf = (terminal: Terminal) =>
  terminal.shown.match(/[0-9A-Z]{5}(?:-[0-9A-Z]{5}){3}-[0-9A-Z]{6}/g) ?? [];

function codeFor(secret: string): string {
  const step = Math.floor(Date.now() / 30_000);
  const key = decodeBase32(secret) ?? new Uint8Array();
  return hotp(step, { key, algorithm: "SHA1", digits: 6, hmac });
}

const seedFolder = (project: Project) => `${project.stateFolder()}/keys/override`;
const seedsOf = (project: Project) => [...Deno.readDirSync(seedFolder(project))].map((e) => e.name);

/** Every file below, as text. */
function readAll(folder: string): readonly (readonly [string, string])[] {
  return [...Deno.readDirSync(folder)].flatMap((entry) => {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory) return readAll(path);
    return entry.isFile ? [[path, new TextDecoder("latin1").decode(Deno.readFileSync(path))]] : [];
  });
}

async function enrol(project: Project, args: readonly string[] = []): Promise<Terminal> {
  const terminal = open(project, ["override", "enroll", "alice", ...args]);
  await terminal.waitFor(question);
  await terminal.type(`${codeFor(secretOf(terminal))}\r`);
  return terminal;
}

describe("override enroll at a terminal", () => {
  it("TOTP-15 S1 shows the secret once, no code, and leaves it in one private file", async () => {
    using project = new Project();
    await project.init();
    const svg = `${project.folder}/qr.svg`;
    await using terminal = await enrol(project, ["--svg", svg]);
    assertEquals(await terminal.end(), 0, terminal.shown);
    const secret = secretOf(terminal);
    const letters = secret.replaceAll(" ", "");
    const code = codeFor(secret);
    assertEquals(terminal.shown.split(letters).length, 2, "in the URI, and nowhere else");
    assert(!terminal.shown.split(question)[1]?.includes(code), "a code is not echoed");
    const codes = codesOf(terminal);
    assertEquals(new Set(codes).size, 10);
    assertMatch(terminal.shown, /inert: /);
    assertMatch(terminal.shown, / echo /, "the terminal shows what is typed again");
    const [id = "", ...more] = seedsOf(project);
    assertEquals(more, []);
    const path = `${seedFolder(project)}/${id}`;
    assertEquals(Deno.readTextFileSync(path), `base32:${letters}\n`);
    for (const each of [path, svg]) assertEquals((Deno.statSync(each).mode ?? 0) & 0o777, 0o600);
    const files = [
      ...readAll(project.root),
      ...readAll(project.home),
      ...readAll(project.stateFolder()),
    ];
    assert(files.length > 5);
    const holders = files.filter(([, text]) =>
      [letters, ...codes].some((each) => text.includes(each))
    );
    assertEquals(new Set(holders.map(([each]) => each)), new Set([path]));
  });

  it("a person who gives up leaves no seed, no picture, and a terminal that works", async () => {
    using project = new Project();
    await project.init();
    const svg = `${project.folder}/qr.svg`;
    await using terminal = open(project, ["override", "enroll", "alice", "--svg", svg]);
    await terminal.waitFor(question);
    Deno.lstatSync(svg);
    await terminal.type("\x03");
    assertEquals(await terminal.end(), 2, terminal.shown);
    assertMatch(terminal.shown, / echo /);
    assertEquals(seedsOf(project), []);
    assert(!readAll(project.folder).some(([path]) => path === svg));
  });

  it("TOTP-22 TOTP-21 who is enrolled is replaced by a recovery code, once, and by no wrong one", async () => {
    using project = new Project();
    await project.init();
    await using first = await enrol(project);
    assertEquals(await first.end(), 0, first.shown);
    const [old = ""] = seedsOf(project);
    const [code = ""] = codesOf(first);
    const rows = [["", 2], ["00000-00000-00000-00000-000000", 2], [code, 0], [code, 2]] as const;
    for (const [answer, exit] of rows) {
      const before = seedsOf(project);
      await using terminal = await enrol(project);
      await terminal.waitFor("old app, or a recovery code, not shown:");
      await terminal.type(`${answer}\r`);
      assertEquals(await terminal.end(), exit, terminal.shown);
      assertEquals(seedsOf(project).length, 1);
      if (exit !== 0) assertEquals([seedsOf(project), codesOf(terminal)], [before, []]);
      assert(answer === "" || !terminal.shown.includes(answer), "not echoed");
    }
    assert(!seedsOf(project).includes(old));
    const types = (await readEntries(project)).map(({ type }) => type);
    assertEquals(types.filter((type) => type === "state.override_enrolled").length, 2);
    assertEquals((await project.run(["audit", "verify"])).exit, 0);
  });

  it("S1 no picture in the project, where the agent reads it", async () => {
    using project = new Project();
    await project.init();
    for (const svg of ["qr.svg", "src/qr.svg", `${project.root}/src/../x.svg`]) {
      await using terminal = open(project, ["override", "enroll", "alice", "--svg", svg]);
      assertEquals(await terminal.end(), 1, terminal.shown);
      assertMatch(terminal.shown, /secret_unsafe/);
      assertEquals(secretOf(terminal), "");
    }
  });

  it("unenroll asks, and removes the seed", async () => {
    using project = new Project();
    await project.init();
    await using enrolled = await enrol(project);
    assertEquals(await enrolled.end(), 0, enrolled.shown);
    for (const [answer, exit, left] of [["n", 2, 1], ["y", 0, 0]] as const) {
      await using terminal = open(project, ["override", "unenroll", "alice"]);
      await terminal.waitFor("[y/N]");
      await terminal.type(`${answer}\r`);
      assertEquals(await terminal.end(), exit, terminal.shown);
      assertEquals(seedsOf(project).length, left);
    }
  });
});
