/**
 * The N-th system call of one `check` fails, or kills the process, for every N until a run passes
 * untouched. Whatever happens: no allow that is not in the log, and never a log that looks tampered
 * with.
 */
import { createHash } from "node:crypto";
import { assert, assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { maxEntriesBetweenSnapshots } from "../../src/core/limits.ts";
import { runsAllFaults } from "../support/injected_call.ts";
import { binaryPath, type Outcome, Project } from "../support/sealward.ts";

const check = ["check", "--type", "file_write", "--file", "src/app.ts", "--format", "json"];
const killed = 137;
/** More calls of one kind than a `check` makes: the sweep must end by itself. */
const maxCalls = 40;

/** What the log looks like before each run. */
interface Scene {
  readonly name: string;
  readonly prepare: (project: Project) => void | Promise<void>;
}

const plain: Scene = { name: "a check", prepare: () => {} };

const tornBytes = '{"v":1,"seq":';
/** Makes the check quarantine, cut and record. */
const torn: Scene = {
  name: "a check after a torn write",
  prepare: (project) => {
    Deno.writeTextFileSync(project.path(".scalpel/audit.log"), tornBytes, { append: true });
  },
};

/** Makes the check's entry the one with which a snapshot is due. */
const snapshot: Scene = {
  name: "a check that writes a snapshot",
  prepare: async (project) => {
    const lines = project.read(".scalpel/audit.log").trimEnd().split("\n");
    const base = lines.findLastIndex((line) => line.includes('"audit.state"'));
    const missing = base + maxEntriesBetweenSnapshots - lines.length;
    const stdin = '{"type":"file_write","affected_files":["src/app.ts"]}\n'.repeat(missing);
    const { exit } = await project.run(["check", "--batch"], { stdin });
    assertEquals(exit, 0);
  },
};

/** Makes the check take its room back. */
const noReserve: Scene = {
  name: "a check that makes the reserves anew",
  prepare: (project) => {
    for (const index of [0, 1]) {
      Deno.removeSync(project.path(`.scalpel/audit.log.d/reserve.${index}`));
    }
  },
};

interface Fault {
  readonly scene: Scene;
  readonly call: string;
  readonly effect: string;
  /** A second fault, which makes the calls happen that the first one hits. */
  readonly beside?: string;
}

/** Calls that the runtime makes for itself too: only those on files of the log shall fail. */
const sharedCalls = ["write", "openat", "read", "lseek"];

const callsOf: readonly (readonly [Scene, readonly string[]])[] = [
  [plain, ["write", "fdatasync", "flock", "openat", ...(runsAllFaults ? ["read", "lseek"] : [])]],
  [torn, ["write", "fsync", "fdatasync", "ftruncate", "rename"]],
  [snapshot, ["write", "fsync", "rename"]],
  [noReserve, ["fdatasync", "fsync", "rename", "unlink"]],
];
const errorsOf: Readonly<Record<string, readonly string[]>> = {
  write: ["ENOSPC", "EDQUOT", "EIO", "EINTR"],
  fdatasync: ["EIO", "ENOSPC"],
  rename: ["EIO", "ENOSPC"],
};
const faults = callsOf.flatMap(([scene, calls]) =>
  calls.flatMap((call): readonly Fault[] => [
    ...(errorsOf[call] ?? ["EIO"])
      .slice(0, runsAllFaults || scene === plain ? Infinity : 1)
      .map((error) => ({ scene, call, effect: `error=${error}` })),
    // Who dies while reading has left nothing half done.
    ...(call === "read" || call === "lseek" ? [] : [{ scene, call, effect: "signal=KILL" }]),
  ])
);
/** While a reserve is given up, which another full disk or a kill may cut short. */
const whileFull = ["unlink", "fdatasync", "ftruncate"].flatMap((call): readonly Fault[] =>
  ["error=ENOSPC", "signal=KILL"].map((effect) => ({
    scene: torn,
    call,
    effect,
    beside: "inject=write:error=ENOSPC:when=1",
  }))
);

interface Shot extends Outcome {
  /** False when the check made fewer than N such calls. */
  readonly wasHit: boolean;
}

/** Files of the log, with the temporary name of what `torn` has quarantined. */
function logFiles(project: Project): readonly string[] {
  const log = project.path(".scalpel/audit.log");
  const fragment = createHash("sha256").update(tornBytes).digest("hex");
  const side = ["lock", "head.0", "head.1", "reserve.0", "reserve.1"];
  side.push(`quarantine/.${fragment}.new`);
  const marks = ["mark.0", "mark.1"].map((name) => `${project.stateFolder()}/log/${name}`);
  return [log, ...side.map((name) => `${log}.d/${name}`), ...marks];
}

/** Runs one check whose N-th call fails. */
async function shoot(project: Project, fault: Fault, n: number): Promise<Shot> {
  const { call, effect, beside } = fault;
  const tracePath = `${project.folder}/trace`;
  const isShared = beside !== undefined || sharedCalls.includes(call);
  const paths = isShared ? logFiles(project) : [];
  const traced = beside === undefined ? call : `${call},write`;
  const rules = [`trace=${traced}`, `inject=${call}:${effect}:when=${n}`];
  if (beside !== undefined) rules.push(beside);
  const options = [
    ...rules.flatMap((rule) => ["-e", rule]),
    ...paths.flatMap((path) => ["-P", path]),
  ];
  const command = ["strace", "-f", "-qq", "-o", tracePath, ...options, binaryPath];
  const outcome = await project.run(check, { program: { name: "strace", command } });
  const hit = new RegExp(`\\b${call}\\(.*INJECTED`);
  const wasHit = outcome.exit === killed || hit.test(Deno.readTextFileSync(tracePath));
  return { ...outcome, wasHit };
}

/** MACs of the allows on standard output, which may end anywhere. */
function allowedMacs(stdout: string): readonly string[] {
  return stdout.includes('"allowed": true')
    ? [...stdout.matchAll(/"mac": "([0-9a-f]{64})"/g)].map(([, mac = ""]) => mac)
    : [];
}

async function assertSound(project: Project, shot: Shot, what: string): Promise<void> {
  const { exit, stdout, stderr } = shot;
  assert([0, 1, killed].includes(exit), `${what}: exit ${exit}: ${stdout}${stderr}`);
  const macs = allowedMacs(stdout);
  // Who is killed behind the answer has answered; who fails must not have said yes.
  const most = exit === 1 ? 0 : 1;
  assert(macs.length <= most, `${what}: exit ${exit}: ${stdout}`);
  assert(exit !== 0 || macs.length === 1, `${what}: no answer: ${stdout}`);
  assert(!stderr.includes("    at "), `${what}: a stack trace: ${stderr}`);
  const torn = await project.json(["audit", "verify"]);
  assertEquals(torn.exit, 0, `${what}: ${JSON.stringify(torn.value)}`);
  for (const mac of macs) assert(project.read(".scalpel/audit.log").includes(mac), what);
  const next = await project.json(check.slice(0, -2));
  assertEquals(next.exit, 0, `${what}: next check: ${JSON.stringify(next.value)}`);
  const whole = await project.json(["audit", "verify"]);
  assertEquals(whole.value["verdict"], "OK-UNANCHORED", what);
}

/** Only the second of the two reserves is ever cut. */
function mayBeNone({ beside, call }: Fault): boolean {
  return beside !== undefined && call === "ftruncate";
}

describe("check under faults", () => {
  for (const fault of [...faults, ...whileFull]) {
    const { call, effect, scene, beside } = fault;
    const id = effect.startsWith("signal") ? "FLT-02 A4" : "FLT-01 FLT-04";
    const during = beside === undefined ? "" : ", the disk being full";
    it(`${id} ${effect} at each ${call} of ${scene.name}${during}`, async () => {
      using project = new Project();
      await project.init();
      for (let n = 1;; n++) {
        await scene.prepare(project);
        const shot = await shoot(project, fault, n);
        await assertSound(project, shot, `${call} ${effect} ${n}`);
        assert(shot.wasHit || n > 1 || mayBeNone(fault), "at least one call was hit");
        if (!shot.wasHit) break;
        assert(n < maxCalls, "the sweep ends");
      }
    });
  }

  // Down to where the runtime itself cannot start: it aborts with 101.
  it("FLT-11 with few descriptors: no allow that is not in the log, and no harm to it", async () => {
    using project = new Project();
    await project.init();
    for (const count of [8, 12, 14, 15, 16, 17, 18, 20, 24]) {
      const command = ["prlimit", `--nofile=${count}`, "--core=0", binaryPath];
      const outcome = await project.run(check, { program: { name: "prlimit", command } });
      const macs = allowedMacs(outcome.stdout);
      assertEquals(macs.length, outcome.exit === 0 ? 1 : 0, `${count}: ${outcome.stdout}`);
      assert(macs.every((mac) => project.read(".scalpel/audit.log").includes(mac)), `${count}`);
    }
    assertEquals((await project.run(check)).exit, 0);
    const { value } = await project.json(["audit", "verify"]);
    assertEquals(value["verdict"], "OK-UNANCHORED");
  });
});
