/**
 * The power goes at every call that a writer makes: only what was synced is sure to be there. Recorded
 * with strace, replayed into a folder, opened and verified.
 */
import { createHash } from "node:crypto";
import { assert, assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { openAuditFile } from "../../src/adapter/audit/audit_file.ts";
import { verifyAuditFile } from "../../src/adapter/audit/audit_report.ts";
import { append, inFolder, note } from "../support/audit_folder.ts";
import { CutDisk, type Files, losses, readFolder } from "../support/cut_disk.ts";
import { denoScript } from "../support/deno_script.ts";
import { type DiskCall, parseTrace, recorder } from "../support/disk_trace.ts";
import {
  auditorOptions,
  makeRotationLog,
  type Rotation,
  rotationOptions,
  rotations,
} from "../support/rotation_log.ts";

/** Notes before: with genesis one less than a snapshot is due after. */
const noteCount = 13;

/** Runs the worker on the log in `folder`. */
async function record(folder: string, kind: Rotation): Promise<readonly DiskCall[]> {
  const tracePath = `${folder}.trace`;
  const [program = "", ...args] = [...recorder(tracePath), ...denoScript("audit_rotate_worker.ts")];
  const command = new Deno.Command(program, { args: [...args, folder, kind] });
  const { success, stdout, stderr } = await command.output();
  const said = new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr);
  assert(success, said);
  const trace = Deno.readTextFileSync(tracePath);
  Deno.removeSync(tracePath);
  return parseTrace(trace, folder);
}

/** The reserves stay: they are large, and no call of these runs touches them. */
function put(folder: string, files: Files, from: string): void {
  for (const path of readFolder(folder).keys()) Deno.removeSync(path);
  for (const [path, bytes] of files) {
    Deno.writeFileSync(folder + path.slice(from.length), bytes, { mode: 0o600 });
  }
}

function digestOf(files: Files): string {
  const hash = createHash("sha256");
  for (const [path, bytes] of [...files].sort()) {
    hash.update(`${path} ${bytes.length}\n`).update(bytes);
  }
  return hash.digest("hex");
}

async function copyFolder(from: string, to: string): Promise<void> {
  const { success } = await new Deno.Command("cp", { args: ["-a", from, to] }).output();
  assert(success);
}

/** The next opening goes on, nothing acknowledged is missing, and nobody speaks of tampering. */
async function assertSound(
  folder: string,
  { kind, acknowledged, what }: {
    readonly kind: Rotation;
    readonly acknowledged: readonly number[];
    readonly what: string;
  },
): Promise<void> {
  const { verdict, message } = await verifyAuditFile(auditorOptions(folder, kind));
  assert(["OK-UNANCHORED", "UNCLEAN-END"].includes(verdict), `${what}: ${verdict}: ${message}`);
  const file = await openAuditFile(rotationOptions(folder, kind)).catch((error) => {
    throw new Error(`${what}: ${error.message}`, { cause: error });
  });
  await append(file, note);
  await file.close();
  const whole = await verifyAuditFile(auditorOptions(folder, kind));
  assertEquals(whole.verdict, "OK-UNANCHORED", `${what}: ${whole.message}`);
  const types = typesIn(folder);
  for (const seq of acknowledged) assertEquals(types.get(seq), "NOTE", `${what}: entry ${seq}`);
}

/** Types of all entries by number, of a log that was verified. */
function typesIn(folder: string): ReadonlyMap<number, string> {
  const logs = [...readFolder(`${folder}/work`)].filter(([path]) => /\.(?:log|jsonl)$/.test(path));
  const lines = logs.flatMap(([, bytes]) => new TextDecoder().decode(bytes).trimEnd().split("\n"));
  return new Map(lines.map((line) => JSON.parse(line)).map(({ seq, type }) => [seq, type]));
}

describe("a power cut", () => {
  const scenes = [
    ...rotations.map((kind) => ({ kind, torn: "" })),
    { kind: "plain", torn: '{"v":1,"seq":' },
  ] as const;
  for (const { kind, torn } of scenes) {
    const before = torn === "" ? "" : "a recovery, ";
    it(`FLT-09 A3 A4 at every call of ${before}appends and a rotation (${kind}) loses nothing`, () =>
      inFolder(async (folder) => {
        await makeRotationLog(folder, kind, noteCount);
        Deno.writeTextFileSync(`${folder}/work/audit.log`, torn, { append: true });
        const disk = new CutDisk(readFolder(folder));
        const calls = await record(folder, kind);
        const replayed = `${folder}.cut`;
        await copyFolder(folder, replayed);
        const seen = new Set<string>();
        const acknowledged: number[] = [];
        try {
          for (const [index, call] of calls.entries()) {
            disk.apply(call);
            if (call.kind === "say") acknowledged.push(Number(/ack (\d+)/.exec(call.text)?.[1]));
            for (const loss of losses) {
              const files = disk.cut(loss);
              const digest = digestOf(files) + acknowledged.length;
              if (seen.has(digest)) continue;
              seen.add(digest);
              put(replayed, files, folder);
              const { kind: name, ...rest } = call;
              const path = "path" in rest ? rest.path : "to" in rest ? rest.to : "";
              const what = `call ${index}, ${name} ${path.slice(folder.length)}, lost ${loss}`;
              await assertSound(replayed, { kind, acknowledged, what });
            }
          }
        } finally {
          Deno.removeSync(replayed, { recursive: true });
        }
        assertEquals(acknowledged.length, 4);
        const syncs = calls.filter((call) => call.kind === "sync").length;
        assert(syncs > 10 && seen.size > syncs, `${seen.size} disks, ${syncs} syncs`);
      }));
  }
});
