/** Every call by which a segment is closed fails, or kills the process; what is left is opened again. */
import { assert, assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { openAuditFile } from "../../src/adapter/audit_file.ts";
import { verifyAuditFile } from "../../src/adapter/audit_report.ts";
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
      // What other keys change are few calls: their errors are left to `task test:faults`.
      if (fault === "error" && kind !== "plain" && !runsAllFaults) continue;
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
