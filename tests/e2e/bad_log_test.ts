/**
 * What else may stand where the log was: never a crash, never OK, and the place is named. The
 * second reader's rules are in tests/contract; here it is the binary, its exit status and its time.
 */
import { assert, assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { openAuditFile } from "../../src/adapter/audit/audit_file.ts";
import { installLog } from "../support/install_log.ts";
import { Project } from "../support/sealward.ts";
import { chooseSeed, seeded } from "../support/seeded.ts";
import { harmless } from "./fixtures/ask.ts";

const log = ".scalpel/audit.log";
const mebibyte = 1_048_576;
const utf8 = new TextEncoder();
const draw = seeded(chooseSeed("AUD-16"));

/** Writes the file anew: a size alone makes it sparse. */
interface Planted {
  readonly name: string;
  readonly bytes?: Uint8Array;
  readonly sizeBytes?: number;
}

const planted: readonly Planted[] = [
  { name: "nothing", bytes: new Uint8Array() },
  { name: "an empty line", bytes: utf8.encode("\n") },
  { name: "a million empty lines", bytes: new Uint8Array(1_000_000).fill(0x0a) },
  { name: "text", bytes: utf8.encode("This is no log.\n".repeat(100)) },
  { name: "an empty object", bytes: utf8.encode("{}\n") },
  { name: "a nest of arrays", bytes: utf8.encode(`${"[".repeat(100_000)}\n`) },
  { name: "another format's log", bytes: utf8.encode('{"seq":0,"hash":"0"}\n{"seq":1}\n') },
  { name: "zeros", sizeBytes: 2 * mebibyte },
  { name: "a gibibyte of zeros", sizeBytes: 1_024 * mebibyte },
  { name: "64 MiB of one line", bytes: new Uint8Array(64 * mebibyte).fill(0x78) },
  { name: "binary", bytes: Uint8Array.from({ length: 100_000 }, () => draw(256)) },
  {
    name: "UTF-16",
    bytes: new Uint8Array(Uint16Array.from("{}\n", (c) => c.charCodeAt(0)).buffer),
  },
  { name: "a file of Windows", bytes: utf8.encode("\ufeff{}\r\n") },
];

function plant(path: string, { bytes = new Uint8Array(), sizeBytes }: Planted): void {
  Deno.writeFileSync(path, bytes);
  if (sizeBytes !== undefined) Deno.truncateSync(path, sizeBytes);
}

/** A finding with its place; no stack trace, and soon. */
async function expectFound(project: Project, name: string, args: readonly string[] = []) {
  const started = performance.now();
  const outcome = await project.run(["audit", "verify", "--format", "json", ...args]);
  const { exit, stdout, stderr } = outcome;
  assertEquals(/^\s+at /m.test(stdout + stderr), false, `${name}: ${stderr}`);
  const { verdict, segment, seq, offset } = JSON.parse(stdout);
  assertEquals([exit, stderr], [5, ""], `${name}: ${verdict}`);
  assert(["TAMPERED", "ROLLBACK"].includes(verdict), `${name}: ${verdict}`);
  assert([segment, seq, offset].every((one) => typeof one === "number"), `${name}: ${stdout}`);
  assert(performance.now() - started < 20_000, name);
  return { verdict, segment, seq, offset };
}

describe("something that is no log in the log's place", () => {
  it("AUD-16 is found, whatever it is, and stops every decision", async () => {
    using project = new Project();
    await project.init();
    const intact = Deno.readFileSync(project.path(log));
    for (const one of planted) {
      plant(project.path(log), one);
      const { segment, offset } = await expectFound(project, one.name);
      assertEquals([segment, offset], [0, 0], one.name);
    }
    const check = await project.run(["check", ...harmless]);
    assertEquals(check.exit, 5, check.stderr);
    Deno.writeFileSync(project.path(log), intact);
    assertEquals((await project.run(["check", ...harmless])).exit, 0);
  });
  it("AUD-16 is found in a closed segment, quickly and in full", async () => {
    using project = new Project();
    await project.init();
    const file = await openAuditFile(installLog(project));
    await file.rotate();
    await file.close();
    const path = project.path(`${log}.d/seg-00000000.jsonl`);
    Deno.chmodSync(path, 0o600);
    for (const one of planted) {
      plant(path, one);
      for (const args of [[], ["--seals"], ["--threads", "2"]]) {
        const { segment } = await expectFound(project, `${one.name} ${args.join(" ")}`, args);
        assertEquals(segment, 0, `${one.name} ${args.join(" ")}`);
      }
    }
  });
  it("AUD-16 is found behind the last entry, at its first byte", async () => {
    using project = new Project();
    await project.init();
    const intact = Deno.readFileSync(project.path(log));
    for (const one of planted) {
      const { name, bytes = new Uint8Array(), sizeBytes } = one;
      const isTorn = sizeBytes === undefined && (bytes.length < 16_384 && !bytes.includes(0x0a));
      const hasNul = sizeBytes === undefined && bytes.length <= mebibyte && bytes.includes(0);
      if (isTorn || hasNul) continue;
      Deno.writeFileSync(project.path(log), intact);
      Deno.writeFileSync(project.path(log), bytes, { append: true });
      if (sizeBytes !== undefined) Deno.truncateSync(project.path(log), sizeBytes);
      const { offset, seq } = await expectFound(project, name);
      assertEquals([offset, seq], [intact.length, 2], name);
    }
  });
});

describe("another kind of file beside the log", () => {
  it("AUD-24 a FIFO for a lock is found, and nobody waits for its other end", async () => {
    using project = new Project();
    await project.init();
    const lock = project.path(`${log}.d/lock`);
    Deno.removeSync(lock);
    assert(new Deno.Command("mkfifo", { args: [lock] }).outputSync().success);
    const { exit, stdout } = await project.run(["audit", "verify", "--format", "json"]);
    assertEquals([exit, JSON.parse(stdout).verdict], [5, "TAMPERED"]);
    const check = await project.run(["check", ...harmless]);
    assertEquals([check.exit, check.stdout], [5, ""]);
  });
  it("AUD-24 a folder for a reserve denies, and says which", async () => {
    using project = new Project();
    await project.init();
    const before = project.read(log);
    const reserve = project.path(`${log}.d/reserve.0`);
    Deno.removeSync(reserve);
    Deno.mkdirSync(reserve);
    const { exit, stdout, stderr } = await project.run(["check", ...harmless]);
    assertEquals([exit, stdout], [5, ""], stderr);
    assert(stderr.includes("error[audit_tampered]") && stderr.includes("reserve.0"), stderr);
    assertEquals(project.read(log), before);
  });
});

describe("a log that went through a program that knows better", () => {
  const edits: readonly [string, (text: string) => string, number][] = [
    ["CR LF", (text) => text.replaceAll("\n", "\r\n"), 0],
    ["a byte order mark", (text) => `\ufeff${text}`, 0],
    ["no line end at the end", (text) => text.replace(/\n$/, ""), 1],
    ["a line end more", (text) => `${text}\n`, 2],
    [
      "its lines sorted backwards",
      (text) => `${text.trimEnd().split("\n").reverse().join("\n")}\n`,
      0,
    ],
    ["pretty JSON", (text) => text.replaceAll(',"', ', "'), 0],
  ];
  for (const [name, edit, seq] of edits) {
    it(`AUD-13 ${name}`, async () => {
      using project = new Project();
      await project.init();
      project.overwrite(log, edit(project.read(log)));
      assertEquals((await expectFound(project, name)).seq, seq);
    });
  }
});
