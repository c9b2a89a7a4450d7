/**
 * Each verdict of the log, on the compiled binary, with its exit status and its place; beside it the
 * second reader, as a program of its own, on the same files.
 */
import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { compiled, Project } from "../support/sealward.ts";
import { harmless } from "./fixtures/ask.ts";
import { errorCode } from "./fixtures/error_code.ts";

const log = ".scalpel/audit.log";
const segment = (seg: number) => `${log}.d/seg-0000000${seg}.jsonl`;
const reader = new URL("../support/verify_log.ts", import.meta.url).pathname;

/** Entries 0 to 3 and 4 to 6 in closed segments, 7 and 8 in the newest one. */
async function installed(): Promise<Project> {
  const project = new Project();
  await project.init();
  await project.run(["check", ...harmless]);
  for (let i = 0; i < 2; i++) {
    assertEquals((await project.run(["audit", "rotate"])).exit, 0);
    await project.run(["check", ...harmless]);
  }
  return project;
}

interface Wanted {
  readonly exit: number;
  readonly verdict: string;
  readonly kind?: string | null;
  readonly segment?: number | null;
  readonly seq?: number | null;
}

interface How {
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Of the second reader; the install's own by default. */
  readonly secret?: string;
}

/** The binary and the second reader say what is wanted, and exit so. */
async function expectVerdict(project: Project, wanted: Wanted, how: How = {}): Promise<void> {
  const full = { kind: null, segment: null, seq: null, ...wanted };
  const { args = [], env = {} } = how;
  const { exit, value } = await project.json(["audit", "verify", ...args], { env });
  const own = { exit, verdict: value["verdict"], kind: value["kind"] };
  assertEquals(
    { ...own, segment: value["segment"], seq: value["seq"] },
    full,
    `${value["message"]}`,
  );
  assertEquals(await readAlone(project, how), full, "the second reader");
}

async function readAlone(project: Project, { args = [], secret }: How) {
  const state = project.stateFolder();
  const record = JSON.parse(Deno.readTextFileSync(`${state}/install.json`));
  const key = ["--public-key", record.public_key];
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "--quiet", "--no-config", "-A", reader, "--log", project.path(log)],
      ...["--marks", `${state}/log`, "--root-secret-file", secret ?? `${state}/keys/audit.key`],
      ...["--log-id", record.log_id, "--fingerprint", record.fingerprint],
      ...args,
      ...args.includes("--checkpoint") ? key : [],
    ],
  }).output();
  const text = new TextDecoder().decode(stdout);
  if (text === "") throw new Error(new TextDecoder().decode(stderr));
  const { verdict, kind, segment, seq } = JSON.parse(text);
  return { exit: code, verdict, kind, segment, seq };
}

function edit(project: Project, name: string, change: (text: string) => string): void {
  const before = project.read(name);
  const after = change(before);
  assertEquals(after === before, false, "the edit did nothing");
  project.overwrite(name, after);
}

const dropLast = (text: string) => text.replace(/[^\n]*\n$/, "");
const end = (project: Project) => {
  const last = JSON.parse(project.read(log).trimEnd().split("\n").at(-1) ?? "");
  return { seq: Number(last.seq), mac: String(last.mac) };
};

describe("audit verify ends with 0", () => {
  it("OK-UNANCHORED where nothing speaks against the log", async () => {
    using project = await installed();
    await expectVerdict(project, { exit: 0, verdict: "OK-UNANCHORED" });
  });
  it("OK with an anchor, and with a checkpoint", async () => {
    using project = await installed();
    const { seq, mac } = end(project);
    const anchor = `${seq}:${mac.slice(0, 20)}`;
    await expectVerdict(project, { exit: 0, verdict: "OK" }, { args: ["--anchor", anchor] });
    const note = `${project.folder}/note`;
    Deno.writeTextFileSync(note, (await project.run(["audit", "checkpoint"])).stdout);
    await project.run(["check", ...harmless]);
    await expectVerdict(project, { exit: 0, verdict: "OK" }, { args: ["--checkpoint", note] });
  });
  it("UNCLEAN-END after a write that was cut short", async () => {
    using project = await installed();
    const seq = end(project).seq + 1;
    edit(project, log, (text) => `${text}{"v":1,"seq":`);
    const wanted = { exit: 0, verdict: "UNCLEAN-END", kind: "frame", segment: 2, seq };
    await expectVerdict(project, wanted);
  });
  it("FRONT-PRUNED where an entry says what was removed", async () => {
    using project = await installed();
    const args = ["--keep", "1", "--reason", "old", "--yes"];
    assertEquals((await project.run(["audit", "prune", ...args])).exit, 0);
    await expectVerdict(project, { exit: 0, verdict: "FRONT-PRUNED" });
    assertEquals((await project.run(["check", ...harmless])).exit, 0);
  });
});

describe("audit verify ends with 1", () => {
  it("UNVERIFIABLE under another secret", async () => {
    using project = await installed();
    const secret = `${project.folder}/secret`;
    Deno.writeTextFileSync(secret, "another secret, at least 32 bytes long", { mode: 0o600 });
    const env = { SCALPEL_AUDIT_SECRET_FILE: secret };
    const wanted = { exit: 1, verdict: "UNVERIFIABLE", kind: "key", segment: 2, seq: 7 };
    await expectVerdict(project, wanted, { env, secret });
  });
  it("audit_busy while another holds the lock: nothing was looked at", async () => {
    using project = await installed();
    const lock = Deno.openSync(project.path(`${log}.d/lock`), { read: true, write: true });
    lock.lockSync(true);
    try {
      const { exit, value } = await project.json(["audit", "verify"]);
      assertEquals([exit, errorCode(value), value["verdict"]], [1, "audit_busy", undefined]);
    } finally {
      lock.close();
    }
  });
  it("audit_unreadable where access is denied: nothing was looked at", async () => {
    using project = await installed();
    const uid = Deno.uid() === 0 ? 65_534 : Deno.uid() ?? 0;
    // To root nothing is denied: then somebody else looks, who may read all but the log.
    const copy = `${project.folder}/home/.local/state/sealward`;
    const state = project.stateFolder();
    if (Deno.uid() === 0) {
      Deno.mkdirSync(copy, { recursive: true });
      const target = `${copy}/${state.slice(state.lastIndexOf("/") + 1)}`;
      await new Deno.Command("cp", { args: ["-r", state, target] }).output();
      await new Deno.Command("chown", { args: ["-R", `${uid}`, project.folder] }).output();
      Deno.chownSync(project.path(log), 0, 0);
    }
    Deno.chmodSync(project.path(log), Deno.uid() === 0 ? 0o600 : 0);
    // The checkout may lie where that user cannot go.
    const binary = `${project.folder}/sealward`;
    Deno.copyFileSync(compiled.command[0] ?? "", binary);
    Deno.chmodSync(binary, 0o755);
    const { code, stdout } = await new Deno.Command(binary, {
      args: ["audit", "verify", "--format", "json"],
      cwd: project.root,
      clearEnv: true,
      env: { HOME: project.home },
      ...Deno.uid() === 0 ? { uid, gid: uid } : {},
    }).output();
    const value = JSON.parse(new TextDecoder().decode(stdout));
    assertEquals([code, errorCode(value), value["verdict"]], [1, "audit_unreadable", undefined]);
  });
});

describe("audit verify ends with 5", () => {
  it("A1 TAMPERED at the entry that was changed, in the segment it is in", async () => {
    using project = await installed();
    edit(project, segment(1), (text) => text.replace('"decision":"allow"', '"decision":"deny"'));
    const wanted = { exit: 5, verdict: "TAMPERED", kind: "mac", segment: 1, seq: 5 };
    await expectVerdict(project, wanted);
  });
  it("A2 ROLLBACK where entries are gone that head and mark know", async () => {
    using project = await installed();
    const { seq } = end(project);
    edit(project, log, dropLast);
    const wanted = { exit: 5, verdict: "ROLLBACK", kind: "head", segment: 2, seq };
    await expectVerdict(project, wanted);
  });
  it("A2 AUD-06 ROLLBACK where the log ends before an anchor", async () => {
    using project = await installed();
    const seq = end(project).seq + 1;
    const wanted = { exit: 5, verdict: "ROLLBACK", kind: "anchor", segment: 2, seq };
    await expectVerdict(project, wanted, { args: ["--anchor", `${seq}:${"0".repeat(20)}`] });
  });
  it("AUD-06 FORK where an anchor knows another entry, and a checkpoint another tree", async () => {
    using project = await installed();
    const args = ["--anchor", `5:${"0".repeat(20)}`];
    await expectVerdict(project, { exit: 5, verdict: "FORK", kind: "anchor", seq: 5 }, { args });
    // Two histories from one moment, each with its files and its state.
    const saved = `${project.folder}/saved`;
    const state = project.stateFolder();
    const copy = (from: string, to: string) =>
      new Deno.Command("cp", { args: ["-a", from, to] }).outputSync();
    Deno.mkdirSync(saved);
    copy(project.path(".scalpel"), `${saved}/scalpel`);
    copy(state, `${saved}/state`);
    await project.run(["audit", "record", "--type", "ONE", "--severity", "LOW"]);
    const note = `${project.folder}/note`;
    Deno.writeTextFileSync(note, (await project.run(["audit", "checkpoint"])).stdout);
    for (const [from, to] of [["scalpel", project.path(".scalpel")], ["state", state]] as const) {
      Deno.removeSync(to, { recursive: true });
      copy(`${saved}/${from}`, to);
    }
    await project.run(["audit", "record", "--type", "OTHER", "--severity", "LOW"]);
    const wanted = { exit: 5, verdict: "FORK", kind: "anchor" };
    await expectVerdict(project, wanted, { args: ["--checkpoint", note] });
  });
  it("AUD-08 FOREIGN-LOG where another install's log stands", async () => {
    using project = await installed();
    using other = new Project(project);
    await other.init();
    for (const seg of [0, 1]) Deno.removeSync(project.path(segment(seg)));
    Deno.copyFileSync(other.path(log), project.path(log));
    const wanted = { exit: 5, verdict: "FOREIGN-LOG", kind: "key", segment: 0, seq: 0 };
    await expectVerdict(project, wanted);
  });
  it("AUD-09 MISSING where the log, a segment, a head or a mark is gone", async () => {
    using project = await installed();
    const files: readonly [string, string, number | null][] = [
      [project.path(log), "place", null],
      [project.path(segment(0)), "segment", 0],
      [project.path(segment(1)), "segment", 1],
      [project.path(`${log}.d/head.0`), "head", null],
      [`${project.stateFolder()}/log/mark.1`, "mark", null],
    ];
    for (const [path, kind, seg] of files) {
      const kept = Deno.readFileSync(path);
      Deno.removeSync(path);
      await expectVerdict(project, { exit: 5, verdict: "MISSING", kind, segment: seg });
      Deno.writeFileSync(path, kept, { mode: 0o600 });
    }
    await expectVerdict(project, { exit: 0, verdict: "OK-UNANCHORED" });
  });
});
