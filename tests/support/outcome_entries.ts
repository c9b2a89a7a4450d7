/** Entries as the fold sees them, and a generator of any sequence of them. */
import fc from "./fast_check.ts";
import type { Entry } from "../../src/core/audit/entry.ts";
import type { JsonObject } from "../../src/core/operation/operation.ts";

export function entryOf(seq: number, type: string, details: JsonObject): Entry {
  return {
    version: 1,
    seq,
    key: "00000000.0",
    at: "2026-11-22T18:00:00.000000Z",
    type,
    severity: "LOW",
    details,
    prev: "0".repeat(64),
    mac: "0".repeat(64),
  };
}

const correlation = fc.constantFrom("aaaaaaaaaaaaaaaa", "bbbbbbbbbbbbbbbb", "cccccccccccccccc");
const pair = fc.record({ correlation, session: fc.constantFrom("11111111", "22222222") });
const seq = fc.option(fc.nat(400), { nil: null });

const decision = fc.record({
  decision: fc.constantFrom("allow", "allow", "allow", "ask", "deny"),
  expects_outcome: fc.boolean(),
  pair,
  touches: fc.array(fc.constantFrom("p", "q", "r"), { maxLength: 3 }),
}, { requiredKeys: ["decision"] }).map((details) => ["audit.decision", details] as const);
const outcome = fc.record({ decision_seq: seq, asked: fc.boolean() })
  .map((details) => ["audit.outcome", details] as const);
const alarm = fc.record({
  kind: fc.constantFrom("allow_without_outcome", "outcomes_lost", "protected_file_changed"),
  decision_seq: seq,
}).map((details) => ["audit.alarm", details] as const);
const record = fc.record({ digest: fc.constant("0".repeat(64)), is_whole: fc.boolean() })
  .map((details) => ["audit.protected", details] as const);

/** Any order of entries, most of them decisions. */
export const anyEntries: fc.Arbitrary<readonly Entry[]> = fc.array(
  fc.oneof(
    { weight: 8, arbitrary: decision },
    { weight: 2, arbitrary: outcome },
    { weight: 1, arbitrary: alarm },
    { weight: 1, arbitrary: record },
  ),
  { maxLength: 400, size: "max" },
).map((list) => list.map(([type, details], at) => entryOf(at, type, details as JsonObject)));
