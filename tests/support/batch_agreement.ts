/** What a line batch must say, by the walk it stands in for and by plain reading of the lines. */
import { assertEquals } from "@std/assert";
import type { BatchResult, LineBatch } from "../../src/core/audit/batch/line_batch.ts";
import type { Head } from "../../src/core/audit/entry.ts";
import type { EpochKeys } from "../../src/core/audit/keys.ts";
import { verifyLines } from "../../src/core/audit/verifier.ts";
import { nativeHmac } from "./crafted_log.ts";

/** The start of a window that is verified, or a part of what lies in it already. */
export interface Probe {
  readonly bytes: Uint8Array;
  /** Less than all of `bytes` when what lies behind must not count. */
  readonly lengthBytes?: number;
  readonly from: Head;
  readonly keys: EpochKeys;
  readonly atBefore?: string | null;
}

/** A result whose views are copied. */
export type PlainResult = ReturnType<typeof toPlain>;

function toPlain({ offsets, structural, ...rest }: BatchResult) {
  return { ...rest, offsets: [...offsets], structural: [...structural] };
}

export function runBatch(batch: LineBatch, probe: Probe): PlainResult {
  batch.window.set(probe.bytes);
  const lengthBytes = probe.lengthBytes ?? probe.bytes.length;
  return toPlain(batch.verify(lengthBytes, probe.from, probe.keys, probe.atBefore));
}

/** Computed from verifyLines() with the runtime's own HMAC. */
export function expectedOf(probe: Probe): PlainResult {
  const window = probe.bytes.subarray(0, probe.lengthBytes);
  const expected = { keys: probe.keys, hmac: nativeHmac, known: [] };
  const { headers, head, finding } = verifyLines(window, probe.from, expected);
  const offsets = [0];
  for (const { lineBytes } of headers) offsets.push((offsets.at(-1) ?? 0) + lineBytes);
  const times = [probe.atBefore ?? "", ...headers.map(({ at }) => at)];
  const back = headers.filter(({ at }, i) => at < (times[i] ?? ""));
  return {
    lines: headers.length,
    head,
    at: headers.at(-1)?.at ?? probe.atBefore ?? null,
    offsets,
    restBytes: window.length - (offsets.at(-1) ?? 0),
    isFaulty: finding !== null,
    structural: headers.flatMap(({ type }, i) =>
      ["ge", "se", "ke", "pr", "re"].some((two) => type.startsWith(`audit.${two}`)) ? [i] : []
    ),
    clockBack: { count: back.length, firstSeq: back[0]?.seq ?? null },
  };
}

/** Fails when the batch says anything else than the walk. */
export function assertAgrees(batch: LineBatch, probe: Probe, what = ""): PlainResult {
  const expected = expectedOf(probe);
  assertEquals(runBatch(batch, probe), expected, what);
  return expected;
}
