/** Every call by which a segment is closed fails, or kills the process; what is left is opened again. */
import { assert, assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { openAuditFile } from "../../src/adapter/audit/audit_file.ts";
import { verifyAuditFile } from "../../src/adapter/audit/audit_report.ts";
import { append, inFolder, note, readAll } from "../support/audit_folder.ts";
import { denoScript } from "../support/deno_script.ts";
import {
  callRecorder,
  errorsOf,
  type InjectableCall,
  injector,
  inParallel,
  parseCalls,
  runsAllFaults,
} from "../support/injected_call.ts";
import { binaryPath, Project } from "../support/sealward.ts";
import {
  auditorOptions,
  makeRotationLog,
  type Rotation,
  rotationOptions,
  rotations,
} from "../support/rotation_log.ts";

const noteCount = 13;
const worker = denoScript("audit_rotate_worker.ts");

interface Run {
  readonly exit: number;
  readonly acknowledged: readonly number[];
  readonly stdout: string;
}

async function run(before: readonly string[], folder: string, kind: Rotation): Promise<Run> {
  const [program = "", ...args] = [...before, ...worker, folder, kind];
  const { code, stdout } = await new Deno.Command(program, { args, stderr: "null" }).output();
  const text = new TextDecoder().decode(stdout);
  const acknowledged = [...text.matchAll(/ack (\d+)/g)].map(([, seq]) => Number(seq));
  return { exit: code, acknowledged, stdout: text };
}

async function assertSound(folder: string, kind: Rotation, run: Run, what: string): Promise<void> {
  const { verdict, message } = await verifyAuditFile(auditorOptions(folder, kind));
  assert(["OK-UNANCHORED", "UNCLEAN-END"].includes(verdict), `${what}: ${verdict}: ${message}`);
  const file = await openAuditFile(rotationOptions(folder, kind)).catch((error) => {
    throw new Error(`${what}: ${error.message}`, { cause: error });
  });
  await append(file, note);
  await file.close();
  const reader = await openAuditFile(auditorOptions(folder, kind));
  const report = await reader.verifyAll();
  assertEquals(report.verdict, "OK-UNANCHORED", `${what}: ${report.message}`);
  const present = new Map((await readAll(reader)).map(({ seq, type }) => [seq, type]));
  for (const seq of run.acknowledged) assertEquals(present.get(seq), "NOTE", `${what}: ${seq}`);
  await reader.close();
}

/** Where the calls of a run on a log made like this one will fall. */
async function rehearse(kind: Rotation): Promise<readonly InjectableCall[]> {
  let calls: readonly InjectableCall[] = [];
  await inFolder(async (folder) => {
    await makeRotationLog(folder, kind, noteCount);
    const { exit, acknowledged, stdout } = await run(callRecorder(`${folder}/trace`), folder, kind);
    assertEquals([exit, acknowledged.length], [0, 4], stdout);
    calls = parseCalls(Deno.readTextFileSync(`${folder}/trace`), [
      `${folder}/work`,
      `${folder}/state`,
    ])
      .map((call) => ({ ...call, path: call.path.slice(folder.length) }));
  });
  return calls;
}

async function shoot(
  kind: Rotation,
  call: InjectableCall,
  { effect, paths }: { readonly effect: string; readonly paths: readonly string[] },
): Promise<void> {
  await inFolder(async (folder) => {
    await makeRotationLog(folder, kind, noteCount);
    const tracePath = `${folder}/trace`;
    const here = paths.map((path) => `${folder}${path}`);
    const shot = await run(injector(call, { effect, paths: here, tracePath }), folder, kind);
    const what = `${effect} at ${call.name} ${call.nth} on ${call.path}: ${shot.stdout}`;
    const wasHit = shot.exit === 137 || Deno.readTextFileSync(tracePath).includes("INJECTED");
    // How often slots are synced depends on how long the process paused.
    const isSure = call.name !== "fdatasync" || call.nth < 4;
    assert(wasHit || !isSure, `${what}: not hit`);
    if (wasHit && effect === "signal=KILL") assertEquals(shot.exit, 137, what);
    await assertSound(folder, kind, shot, what);
  });
}

describe("closing a segment", () => {
  for (const kind of rotations) {
    const faults = [["FLT-02", "signal=KILL"], ["FLT-01 FLT-04", "error"]] as const;
    for (const [id, fault] of faults) {
      // The command below makes the plain one's calls, and other keys few more: `task test:faults`.
      if ((fault === "error" || kind === "plain") && !runsAllFaults) continue;
      it(`${id} A3 A4 ${fault} at each call (${kind}): the next opening goes on`, async () => {
        const calls = await rehearse(kind);
        assert(calls.length > 30, `${calls.length} calls`);
        const paths = [...new Set(calls.map(({ path }) => path))];
        const shots = calls.flatMap((call) => {
          const effects = fault === "error"
            ? (errorsOf[call.name] ?? []).map((error) => `error=${error}`)
            : [fault];
          return effects.map((effect) => () => shoot(kind, call, { effect, paths }));
        });
        await inParallel(2, shots);
      });
    }
  }
});

const check = ["check", "--type", "file_write", "--file", "src/app.ts"];
const rotate = ["audit", "rotate", "--format", "json"];

/** A project with a log of some entries, and where the calls of `audit rotate` on its like fall. */
async function makeProject(): Promise<Project> {
  const project = new Project();
  await project.init();
  assertEquals((await project.run(check)).exit, 0);
  return project;
}

async function rehearseCommand(): Promise<readonly InjectableCall[]> {
  using project = await makeProject();
  const tracePath = `${project.folder}/trace`;
  const program = { name: "strace", command: [...callRecorder(tracePath), binaryPath] };
  const { exit, stderr } = await project.run(rotate, { program });
  assertEquals(exit, 0, stderr);
  const folders = [project.root, project.stateFolder()];
  return parseCalls(Deno.readTextFileSync(tracePath), folders);
}

async function shootCommand(call: InjectableCall, effect: string): Promise<boolean> {
  using project = await makeProject();
  const tracePath = `${project.folder}/trace`;
  const log = project.path(".scalpel/audit.log");
  // State files are named by their content, which differs from install to install.
  const names = ["", "/lock", "/head.0", "/head.1", "/.segment.new.new", "/seg-00000000.jsonl"];
  const marks = [0, 1].map((slot) => `${project.stateFolder()}/log/mark.${slot}`);
  const paths = call.name === "write"
    ? [log, ...names.map((name) => `${log}.d${name}`), ...marks]
    : [];
  const command = [...injector(call, { effect, paths, tracePath }), binaryPath];
  const { exit, stdout } = await project.run(rotate, { program: { name: "strace", command } });
  const what = `${effect} at ${call.name} ${call.nth}, exit ${exit}: ${stdout}`;
  const cut = await project.json(["audit", "verify"]);
  assertEquals(cut.exit, 0, `${what}: ${JSON.stringify(cut.value)}`);
  assertEquals((await project.run(check)).exit, 0, what);
  const { value } = await project.json(["audit", "verify"]);
  assertEquals(value["verdict"], "OK-UNANCHORED", `${what}: ${JSON.stringify(value)}`);
  // A yes is a closed segment.
  if (exit === 0) assert(Deno.statSync(`${log}.d/seg-00000000.jsonl`).isFile, what);
  return exit === 137 || Deno.readTextFileSync(tracePath).includes("INJECTED");
}

describe("audit rotate", () => {
  for (const fault of ["signal=KILL", "error"]) {
    const id = fault === "error" ? "FLT-01 FLT-04" : "FLT-02";
    it(`${id} A4 ${fault} at each call: the log verifies, and the next check goes on`, async () => {
      const calls = await rehearseCommand();
      let hits = 0;
      const shots = calls.flatMap((call) => {
        const errors = (errorsOf[call.name] ?? []).map((error) => `error=${error}`);
        const effects = fault === "error" ? errors.slice(0, runsAllFaults ? 9 : 1) : [fault];
        return effects.map((effect) => async () => {
          if (await shootCommand(call, effect)) hits++;
        });
      });
      await inParallel(2, shots);
      assert(hits > 0.7 * shots.length, `${hits} of ${shots.length} were hit`);
      assert(shots.length > 20, `${shots.length} calls`);
    });
  }
});
