import { createHash, createHmac } from "node:crypto";
import { openLineBatch } from "../../src/core/audit/batch/open_line_batch.ts";
import { emptyHead, linkEntry } from "../../src/core/audit/chain.ts";
import type { NewEvent } from "../../src/core/audit/entry.ts";
import { deriveEpochKeys, type EpochKeys } from "../../src/core/audit/keys.ts";
import { hmacSha256 } from "../../src/core/integrity/sha256.ts";
import { type BenchRow, benchRow, median } from "./row.ts";

/** Two milliseconds of work: shorter than the turn another process takes on a busy machine. */
const lines = 4_000;
const rounds = 60;

/** About 288 bytes a line with its LF. */
const event: NewEvent = {
  type: "POLICY_CHECK",
  severity: "LOW",
  details: { operation: "file_replace" },
};
const genesis: NewEvent = { type: "audit.genesis", severity: "LOW", details: {} };

interface Sample {
  readonly bytes: Uint8Array;
  /** What the MAC of each line covers. */
  readonly bodies: readonly Uint8Array[];
}

function linkLines(keys: EpochKeys): Sample {
  const parts: Uint8Array[] = [];
  let head = emptyHead;
  for (let i = 0; i < lines; i++) {
    const atMicros = 1_795_370_400_000_000 + i;
    const link = linkEntry(head, i === 0 ? genesis : event, atMicros, keys, hmacSha256);
    head = link.head;
    parts.push(link.line);
  }
  const bytes = new Uint8Array(head.sizeBytes);
  let filled = 0;
  const bodies = parts.map((line) => {
    bytes.set(line, filled);
    filled += line.length;
    return bytes.subarray(filled - line.length, filled - 75);
  });
  return { bytes, bodies };
}

/** Lines in a second, of each act; the acts take turns, so that a busy moment hits them all. */
function measure(acts: readonly (() => void)[]): readonly number[] {
  const samples = acts.map((): number[] => []);
  for (let round = -3; round < rounds; round++) {
    for (const [i, act] of acts.entries()) {
      const start = performance.now();
      act();
      if (round >= 0) samples[i]?.push(lines / (performance.now() - start) * 1_000);
    }
  }
  return samples.map(median);
}

/** The batch on one window in memory, against what the runtime's native code does in this process. */
export function benchLineBatch(): Promise<readonly BenchRow[]> {
  const secret = crypto.getRandomValues(new Uint8Array(32));
  const keys = deriveEpochKeys(secret, "a0a1a2a3a4a5a6a7a8a9aaabacadaeaf", 0, hmacSha256);
  const { bytes, bodies } = linkLines(keys);
  const opened = performance.now();
  const batch = openLineBatch();
  const openMs = performance.now() - opened;
  if (batch.engine !== "simd") throw new Error("the module is not there: nothing to measure");
  batch.window.set(bytes);
  const [verified = 0, hashed = 0, perLine = 0, whole = 0] = measure([
    () => {
      const found = batch.verify(bytes.length, emptyHead, keys);
      if (found.lines !== lines) throw new Error(`verified ${found.lines} of ${lines} lines`);
    },
    () => void batch.hashLeaves(),
    () => {
      for (const body of bodies) createHmac("sha256", keys.entryKey).update(body).digest();
    },
    () => createHash("sha256").update(bytes).digest(),
  ]);
  const each = { name: "node:crypto createHmac per line", value: perLine, unit: "lines/s" };
  const all = { name: "node:crypto createHash, the same bytes", value: whole, unit: "lines/s" };
  const row = (name: string, value: number, baseline: typeof each, target: number) =>
    benchRow({
      name,
      value,
      unit: "lines/s",
      baseline,
      target: target === 0 ? "none: for comparison" : `>= ${target} lines/s`,
      met: value >= target,
    });
  return Promise.resolve([
    row("line_batch_verify", verified, each, 800_000),
    row("line_batch_verify_bytes", verified, all, 0),
    row("line_batch_leaves", hashed, all, 0),
    benchRow({
      name: "line_batch_open",
      value: openMs,
      unit: "ms",
      baseline: { name: "the same lines verified", value: lines / verified * 1_000, unit: "ms" },
      target: "<= 50 ms",
      met: openMs <= 50,
    }),
  ]);
}
