import { openSandbox, type SandboxOptions } from "../../src/adapter/sandbox_process.ts";
import { checkCeilings, defaultCheckLimits } from "../../src/core/check/check_limits.ts";
import type { CheckJob } from "../../src/core/check/check_job.ts";
import { loadCheck } from "../../src/sandbox/load_check.ts";
import { checkRequest, nativeWat } from "../support/check_jobs.ts";
import { descendantsOf, residentKib, waitUntilOneIsGone } from "../support/process_tree.ts";
import { binaryPath } from "../support/sealward.ts";
import { assembleWat } from "../support/wat.ts";
import { type BenchRow, benchRow, median, quantile } from "./row.ts";

const rounds = 3_000;
/** Before them: what is compiled late must not count. */
const warmUps = 500;
const starts = 9;
const deadlineMs = 100;

const request = checkRequest({
  operation: {
    type: "file_write",
    affected_files: ["src/a.ts"],
    content: "let x = 1;\n".repeat(125),
  },
});

function jobOf(module: Uint8Array, limits: Partial<CheckJob["limits"]> = {}): CheckJob {
  return {
    module,
    abi: "native-1",
    entrypoint: null,
    result: "violations",
    data: null,
    limits: { ...defaultCheckLimits, ...limits },
  };
}

function open(role: SandboxOptions["role"]) {
  const word = role === "server" ? "__sandbox-broker" : "__sandbox-worker";
  return openSandbox({ role, command: [binaryPath, word] });
}

/** Microseconds of a run in this process. */
function timeInline(job: CheckJob): number {
  const check = loadCheck(job);
  const samples: number[] = [];
  for (let round = -warmUps; round < rounds; round++) {
    const start = performance.now();
    check.run(request);
    if (round >= 0) samples.push((performance.now() - start) * 1_000);
  }
  return median(samples);
}

async function timeRuns(role: SandboxOptions["role"], job: CheckJob) {
  const sandbox = open(role);
  const samples: number[] = [];
  for (let round = -warmUps; round < rounds; round++) {
    const start = performance.now();
    const { status } = await sandbox.run("a", job, request);
    if (status !== "ok") throw new Error("the check failed");
    if (round >= 0) samples.push((performance.now() - start) * 1_000);
  }
  const kib = Math.max(...descendantsOf(Deno.pid).map((pid) => residentKib(pid) ?? 0));
  await sandbox.close();
  return { p50: median(samples), p95: quantile(samples, 0.95), kib };
}

/** Milliseconds from nothing to the first outcome. */
async function timeStart(job: CheckJob): Promise<number> {
  const start = performance.now();
  const sandbox = open("one-shot");
  await sandbox.run("a", job, request);
  const ms = performance.now() - start;
  await sandbox.close();
  return ms;
}

/** Milliseconds beyond the deadline: until the outcome, until the process is gone, until the next. */
async function timeKills(role: SandboxOptions["role"], good: CheckJob, endless: CheckJob) {
  const [late, gone, next]: [number[], number[], number[]] = [[], [], []];
  for (let round = 0; round < starts; round++) {
    const sandbox = open(role);
    await sandbox.run("good", good, request);
    await sandbox.load("endless", endless);
    // The spare one is there.
    await new Promise((resolve) => setTimeout(resolve, 200));
    const pids = descendantsOf(Deno.pid);
    const start = performance.now();
    const ended = waitUntilOneIsGone(pids, 2_000);
    await sandbox.run("endless", endless, request);
    late.push(performance.now() - start - deadlineMs);
    const after = performance.now();
    await sandbox.run("good", good, request);
    next.push(performance.now() - after);
    gone.push(await ended - deadlineMs);
    await sandbox.close();
  }
  return { late: median(late), gone: median(gone), next: median(next) };
}

/** Checks through the sandbox process of the compiled program. */
export async function benchChecksProcess(): Promise<readonly BenchRow[]> {
  const vectors = new URL("../vectors/wasm/c_native/forbidden_word.wasm", import.meta.url);
  const good = jobOf(Deno.readFileSync(vectors));
  const { fuel, fuelPerInputByte } = checkCeilings;
  const loop = await assembleWat(nativeWat("(loop $on (br $on)) (i64.const 0)"));
  const endless = jobOf(loop, { fuel, fuelPerInputByte, deadlineMs });
  const inline = { name: "the same run inline", value: timeInline(good), unit: "us" };
  const rows: BenchRow[] = [];
  const add = (name: string, value: number, most: number, baseline: BenchRow["baseline"]) => {
    const { unit } = baseline;
    rows.push(
      benchRow({ name, value, unit, baseline, target: `<= ${most} ${unit}`, met: value <= most }),
    );
  };
  const allowed = { name: "allowed beyond the deadline", value: 20, unit: "ms" };
  for (const [role, name] of [["library", "direct"], ["server", "broker"]] as const) {
    const { p50, p95, kib } = await timeRuns(role, good);
    add(`check_process_${name}_p50`, p50, 500, inline);
    add(`check_process_${name}_p95`, p95, 1_500, inline);
    const kills = await timeKills(role, good, endless);
    add(`check_kill_${name}_outcome`, kills.late, 20, allowed);
    add(`check_kill_${name}_gone`, kills.gone, 20, allowed);
    add(`check_kill_${name}_next`, kills.next, 100, allowed);
    add(`check_process_${name}_rss`, kib / 1_024, 90, { name: "a server", value: 90, unit: "MiB" });
  }
  const begun: number[] = [];
  for (let i = 0; i < starts; i++) begun.push(await timeStart(good));
  add("check_process_start_to_outcome", median(begun), 120, { ...allowed, name: "20 ms" });
  return rows;
}
