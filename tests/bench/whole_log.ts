import { createHash, createHmac } from "node:crypto";
import process from "node:process";
import { openAuditFile } from "../../src/adapter/audit/audit_file.ts";
import { verifyLogFiles, type VerifyRequest } from "../../src/adapter/audit/audit_verify.ts";
import { type BenchRow, benchRow, median } from "./row.ts";
import { ScaleLog } from "./scale_log.ts";

const entries = 1_000_000;
const segmentEntries = 200_000;
const rounds = 3;
/** What the MAC of a line covers: all but its own 74 bytes and LF. */
const macSuffixBytes = 75;

/** A log of a million entries, whole: in this process and by the compiled program. */
export async function benchWholeLog(): Promise<readonly BenchRow[]> {
  using log = await ScaleLog.create();
  await log.growTo(entries, segmentEntries);
  const lineBytes = log.sizeBytes / log.entries;
  const acts: Readonly<Record<string, () => Promise<number>>> = {
    one: () => verifyMs(log, "full", 1),
    oneCpu: () => cpuMs(() => verifyMs(log, "full", 1)),
    two: () => verifyMs(log, "full", 2),
    seals: () => verifyMs(log, "seals", 1),
    binary: () => runMs(log, ["audit", "verify", "--threads", "1"]),
    binaryTwo: () => runMs(log, ["audit", "verify", "--threads", "2"]),
    binaryCpu: async () => (await log.run(["audit", "verify", "--threads", "1"])).cpuMs,
    binarySeals: () => runMs(log, ["audit", "verify", "--seals"]),
    start: () => runMs(log, ["version"]),
    hmac: () => hmacMs(log.entries, lineBytes),
    hmacCpu: () => cpuMs(() => hmacMs(log.entries / 10, lineBytes)),
    hash: () => hashMs(log.sizeBytes),
    openssl: () => opensslMs(log.entries, lineBytes),
    open: () => openMs(log),
    checkpoint: () => runMs(log, ["audit", "checkpoint"]),
    prove: () => runMs(log, ["audit", "prove", "618033"]),
  };
  const ms = await measure(acts);
  return rowsOf((name) => ms.get(name) ?? NaN, log.entries);
}

/** Medians; the acts take turns, so that a busy moment hits them all. */
async function measure(
  acts: Readonly<Record<string, () => Promise<number>>>,
): Promise<ReadonlyMap<string, number>> {
  const samples = new Map(Object.keys(acts).map((name) => [name, [] as number[]]));
  for (let round = 0; round < rounds; round++) {
    for (const [name, act] of Object.entries(acts)) samples.get(name)?.push(await act());
  }
  return new Map([...samples].map(([name, taken]) => [name, median(taken)]));
}

function rowsOf(ms: (name: string) => number, count: number): readonly BenchRow[] {
  const perSecond = (name: string) => count / ms(name) * 1_000;
  const rate = (name: string, act: string, baseline: BenchRow["baseline"], target: number) =>
    benchRow({
      name,
      value: perSecond(act),
      unit: "entries/s",
      baseline,
      target: `>= ${target} entries/s`,
      met: perSecond(act) >= target,
    });
  const time = (name: string, act: string, baseline: readonly [string, string], limit: number) =>
    benchRow({
      name,
      value: ms(act),
      unit: "ms",
      baseline: { name: baseline[0], value: ms(baseline[1]), unit: "ms" },
      target: limit === Infinity ? "none: for comparison" : `< ${limit} ms`,
      met: ms(act) < limit,
    });
  const native = (act: string, share = 1) => ({
    name: "node:crypto createHmac per line",
    value: share * perSecond(act),
    unit: "per s",
  });
  const one = { name: "one thread", value: perSecond("one"), unit: "entries/s" };
  return [
    rate("verify_strict", "one", native("hmac"), 800_000),
    // What a core of its own would do: a shared machine gives the walk a part of one.
    rate("verify_strict_per_cpu_second", "oneCpu", native("hmacCpu", 0.01), 800_000),
    rate("verify_two_threads", "two", one, 1_200_000),
    ...Number.isNaN(ms("openssl")) ? [] : [opensslRow(ms)],
    time("verify_seals_1m", "seals", ["SHA-256 of the same bytes", "hash"], 500),
    time("program_verify_1m", "binary", ["in a process that runs", "one"], Infinity),
    time("program_verify_1m_cpu", "binaryCpu", ["by the clock", "binary"], Infinity),
    time("program_verify_two_threads_1m", "binaryTwo", ["one thread", "binary"], Infinity),
    time(
      "program_verify_seals_1m",
      "binarySeals",
      ["a program that says its version", "start"],
      500,
    ),
    time("open_log_of_1m_p50", "open", ["verify by its seals", "seals"], 50),
    time("program_checkpoint_1m", "checkpoint", ["verify, whole process", "binary"], Infinity),
    time("program_prove_1m", "prove", ["verify, whole process", "binary"], Infinity),
  ];
}

/** Both as speeds over the same messages. */
function opensslRow(ms: (name: string) => number): BenchRow {
  // It counts CPU time, and so do we.
  const share = 100 * ms("openssl") / ms("oneCpu");
  return benchRow({
    name: "verify_share_of_openssl",
    value: share,
    unit: "%",
    baseline: { name: "openssl speed -hmac sha256, the same bytes", value: 100, unit: "%" },
    target: ">= 25 %",
    met: share >= 25,
  });
}

async function verifyMs(
  { options, entries: wanted }: ScaleLog,
  mode: VerifyRequest["mode"],
  threads: number,
): Promise<number> {
  const start = performance.now();
  const report = await verifyLogFiles(options, { mode, macs: [], trees: [], threads });
  const tookMs = performance.now() - start;
  if (report.verdict !== "OK-UNANCHORED" || report.entries < wanted) {
    throw new Error(report.message);
  }
  return tookMs;
}

/** CPU time of this process, all its threads. */
async function cpuMs(act: () => Promise<unknown>): Promise<number> {
  const before = process.cpuUsage();
  await act();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1_000;
}

async function runMs(log: ScaleLog, args: readonly string[]): Promise<number> {
  return (await log.run(args)).ms;
}

async function openMs({ options }: ScaleLog): Promise<number> {
  const samples: number[] = [];
  for (let i = 0; i < 20; i++) {
    const start = performance.now();
    const file = await openAuditFile(options);
    samples.push(performance.now() - start);
    await file.close();
  }
  return median(samples);
}

/** A tenth of the lines: it is slow. */
function hmacMs(count: number, lineBytes: number): Promise<number> {
  const body = new Uint8Array(Math.round(lineBytes) - macSuffixBytes);
  const key = new Uint8Array(32);
  const start = performance.now();
  for (let i = 0; i < count / 10; i++) createHmac("sha256", key).update(body).digest();
  return Promise.resolve(10 * (performance.now() - start));
}

function hashMs(bytes: number): Promise<number> {
  const piece = new Uint8Array(1_048_576);
  const hash = createHash("sha256");
  const start = performance.now();
  for (let done = 0; done < bytes; done += piece.length) hash.update(piece);
  hash.digest();
  return Promise.resolve(performance.now() - start);
}

/** What the MACs of all lines would take openssl; NaN where it is not installed. */
async function opensslMs(count: number, lineBytes: number): Promise<number> {
  const bytes = Math.round(lineBytes) - macSuffixBytes;
  const args = ["speed", "-hmac", "sha256", "-bytes", `${bytes}`, "-seconds", "1"];
  try {
    const { stdout } = await new Deno.Command("openssl", { args, stderr: "null" }).output();
    const kilobytes = /^hmac\(sha256\)\s+([\d.]+)k/m.exec(new TextDecoder().decode(stdout))?.[1];
    return count * bytes / Number(kilobytes);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return NaN;
    throw error;
  }
}
