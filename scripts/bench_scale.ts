// deno-lint-ignore-file no-console -- a script talks to its terminal
/**
 * How the log's costs grow from a thousand entries to ten million: builds one log, decade by decade,
 * measures it with the compiled program, fits the exponents and fails when one is too large.
 * Takes a quarter of an hour and 3 GB in the folder for temporary files.
 *
 *   task bench:scale [ENTRIES]      default 10000000
 */
import { openAuditFile } from "../src/adapter/audit/audit_file.ts";
import { fitExponent } from "../tests/bench/fit_exponent.ts";
import { median } from "../tests/bench/row.ts";
import { plainEvent, ScaleLog } from "../tests/bench/scale_log.ts";

/** With what a growing segment and its states need beside it. */
const bytesPerEntry = 330;
const maxPeakMb = 150;

/** Milliseconds but for the last; CPU time of the whole process where the program does it. */
interface Costs {
  readonly entries: number;
  readonly mb: number;
  readonly verify_one_thread: number;
  readonly verify_two_threads: number;
  readonly verify_seals: number;
  readonly query_by_type: number;
  readonly open: number;
  readonly append: number;
  /** Not CPU time: what a human waits. */
  readonly verify_wall: number;
  readonly verify_peak_mb: number;
}

/** Bounds of the exponents; what is flat may not even grow with the tenth power. */
const bounds: Readonly<Record<string, number>> = {
  verify_one_thread: 1.1,
  verify_two_threads: 1.1,
  verify_seals: 1.1,
  query_by_type: 1.1,
  open: 0.1,
  append: 0.1,
};

async function measure(log: ScaleLog): Promise<Costs> {
  // Long runs vary little and cost much.
  const rounds = log.entries > 2_000_000 ? 1 : log.entries > 200_000 ? 3 : 7;
  const verify = ["audit", "verify", "--format", "json"];
  const whole = async (args: readonly string[]) => {
    const runs = [];
    for (let round = 0; round < rounds; round++) runs.push(await log.run(args));
    return median(runs.map(({ cpuMs }) => cpuMs));
  };
  const one = await whole([...verify, "--threads", "1"]);
  const two = await whole([...verify, "--threads", "2"]);
  const seals = await whole([...verify, "--threads", "1", "--seals"]);
  const query = await whole(["audit", "query", "--type", "RARE", "--limit", "5", "--json"]);
  return {
    entries: log.entries,
    mb: log.sizeBytes / 1e6,
    verify_one_thread: one,
    verify_two_threads: two,
    verify_seals: seals,
    query_by_type: query,
    ...await measureOpen(log),
    verify_wall: (await log.run(verify)).ms,
    verify_peak_mb: await log.peakMb(verify),
  };
}

/** In rounds of seven entries, so that every distance to the last snapshot is met. */
async function measureOpen(log: ScaleLog): Promise<Pick<Costs, "open" | "append">> {
  const opens: number[] = [];
  const appends: number[] = [];
  for (let round = 0; round < 30; round++) {
    let start = performance.now();
    const file = await openAuditFile(log.options);
    opens.push(performance.now() - start);
    for (let i = 0; i < 7; i++) {
      start = performance.now();
      await file.transact(() => ({ events: [plainEvent], result: null }));
      appends.push(performance.now() - start);
    }
    await file.close();
    // The first one loads code.
    if (round === 0) [opens, appends].forEach((samples) => samples.splice(0));
  }
  return { open: median(opens), append: median(appends) };
}

/** Over the upper decades, where what every process pays no longer counts. */
function judge(rows: readonly Costs[]): readonly string[] {
  const upper = rows.slice(-3);
  const [smallest] = rows;
  const faults: string[] = [];
  for (const [name, bound] of Object.entries(bounds)) {
    const key = name as "open";
    // The smallest log shows what starting a process costs; it hides growth and is taken off.
    const fixed = bound > 1 ? (smallest?.[key] ?? 0) * 0.9 : 0;
    const exponent = fitExponent(
      upper.map((row) => ({ size: row.entries, cost: Math.max(row[key] - fixed, 1e-3) })),
    );
    const isFine = exponent <= bound;
    console.error(
      `  ${name}: exponent ${exponent.toFixed(2)}, at most ${bound} ${isFine ? "ok" : "FAILED"}`,
    );
    if (!isFine) faults.push(name);
  }
  const peak = Math.max(...rows.map((row) => row.verify_peak_mb));
  const isFlat = peak <= maxPeakMb;
  console.error(
    `  verify_peak_mb: ${peak.toFixed(0)}, at most ${maxPeakMb} ${isFlat ? "ok" : "FAILED"}`,
  );
  return isFlat ? faults : [...faults, "verify_peak_mb"];
}

/** As many as were asked for, or a tenth, until the disk has room. */
function chooseEntries(asked: number): number {
  const folder = Deno.makeTempDirSync();
  const { stdout } = new Deno.Command("df", { args: ["-Pk", folder] }).outputSync();
  Deno.removeSync(folder);
  const line = new TextDecoder().decode(stdout).trim().split("\n").at(-1) ?? "";
  const freeBytes = Number(line.split(/\s+/)[3]) * 1_024;
  let entries = asked;
  while (entries > 1_000_000 && entries * bytesPerEntry * 2 > freeBytes) entries /= 10;
  if (entries < asked) {
    const free = (freeBytes / 1e9).toFixed(1);
    console.error(`bench: NOT ${asked} entries: ${free} GB are free; going to ${entries} only`);
  }
  return entries;
}

async function main(): Promise<number> {
  const asked = Number(Deno.args[0] ?? 10_000_000);
  if (!Number.isSafeInteger(asked) || asked < 100_000) {
    console.error("bench: wanted a number of entries, 100000 at least");
    return 64;
  }
  const most = chooseEntries(asked);
  using log = await ScaleLog.create();
  const rows: Costs[] = [];
  for (let entries = 1_000; entries <= most; entries *= 10) {
    const start = performance.now();
    await log.growTo(entries);
    const seconds = (performance.now() - start) / 1_000;
    console.error(`bench: ${entries} entries, built in ${seconds.toFixed(0)} s, load ${load()}`);
    rows.push(await measure(log));
    console.error(`  ${JSON.stringify(rows.at(-1))}`);
  }
  const faults = judge(rows);
  console.log(JSON.stringify({ load: load(), rows, faults }, null, 2));
  return faults.length === 0 ? 0 : 1;
}

function load(): string {
  return Deno.loadavg().map((one) => one.toFixed(1)).join(" ");
}

Deno.exit(await main());
