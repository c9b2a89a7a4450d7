/**
 * What a candidate policy would have answered to a log: the document a human acknowledges and a
 * manifest names by its hash. The same log and the same candidate give the same bytes.
 *
 * @module
 */
import type { Verdict } from "../decision/decision.ts";
import { EngineError } from "../errors.ts";
import { maxBacktestBytes } from "../limits.ts";
import { parseStrictJson } from "../strict_json.ts";
import type { UnjudgedCode } from "./judge_candidate.ts";

/** One decision of a group, for people. */
export interface FlipExample {
  readonly seq: number;
  readonly at: string;
  /** What was asked, one line, cut; secrets were covered before it was logged. */
  readonly asked: string;
}

/** Changes of one kind: the same verdicts, the same policies, the same kind of operation. */
export interface FlipGroup {
  /** Names the group in `--acknowledge`; unique in its report, no blanks. */
  readonly id: string;
  readonly from: Verdict;
  readonly to: Verdict;
  /** Dotted ids: of a loosening what was violated then, of a tightening what would be now. */
  readonly policies: readonly string[];
  /** Type, and program or tool where there is one, e.g. `command/git`. */
  readonly operation: string;
  readonly count: number;
  readonly first_seq: number;
  readonly last_seq: number;
  /** Of every decision when there are at most maxGroupSeqs, else of the first ones. */
  readonly seqs: readonly number[];
  readonly examples: readonly FlipExample[];
}

export interface UnjudgedGroup {
  readonly code: UnjudgedCode;
  readonly count: number;
  readonly first_seq: number;
  /** Why the first one could not be judged. */
  readonly message: string;
}

/** Wire form, keys in this order. */
export interface BacktestReport {
  readonly schema_version: 1;
  readonly kind: "backtest";
  readonly engine: string;
  readonly policy_digest: string;
  readonly log: {
    readonly log_id: string;
    /** Of the verified entries that were looked at; null when there were none. */
    readonly first_seq: number | null;
    readonly last_seq: number | null;
    readonly last_at: string | null;
    readonly last_mac: string | null;
  };
  /** Entries looked at, and the decisions among them: same + changed + unjudged. */
  readonly entries: number;
  readonly decisions: number;
  readonly same: number;
  readonly changed: number;
  /** Of the changed ones: denied or asked about then, allowed now. */
  readonly widened: number;
  readonly unjudged: number;
  readonly groups: readonly FlipGroup[];
  readonly unjudged_groups: readonly UnjudgedGroup[];
}

/** Whether a human has to acknowledge it: something happens that was stopped before. */
export function isWidening({ from, to }: Pick<FlipGroup, "from" | "to">): boolean {
  return to === "allow" && from !== "allow";
}

/** The bytes that are hashed, written and read. */
export function encodeBacktestReport(report: BacktestReport): Uint8Array {
  return new TextEncoder().encode(`${JSON.stringify(report, null, 2)}\n`);
}

/**
 * Reads a report; only what encodeBacktestReport writes is one.
 *
 * @throws {EngineError} `backtest_invalid`.
 */
export function parseBacktestReport(bytes: Uint8Array): BacktestReport {
  if (bytes.length > maxBacktestBytes) throw refusal(`over ${maxBacktestBytes} bytes`);
  const report = readShape(bytes);
  // SECURITY: what a person read and what is counted must be one text.
  const again = encodeBacktestReport(report);
  const isSame = again.length === bytes.length && again.every((byte, at) => byte === bytes[at]);
  if (!isSame) throw refusal("it is not written as `sealward replay --report` writes it");
  checkCounts(report);
  return report;
}

function readShape(bytes: Uint8Array): BacktestReport {
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw refusal("it is not UTF-8");
  }
  const value = parseStrictJson(text, { code: "backtest_invalid" });
  if (!fits(value, reportShape)) throw refusal("a member is missing, or of another kind");
  return value as unknown as BacktestReport;
}

function checkCounts(report: BacktestReport): void {
  const sum = (groups: readonly { readonly count: number }[]) =>
    groups.reduce((total, { count }) => total + count, 0);
  const { groups, unjudged_groups: unjudged, decisions, same, changed, widened } = report;
  const isSound = same + changed + report.unjudged === decisions && decisions <= report.entries &&
    sum(groups) === changed && sum(groups.filter(isWidening)) === widened &&
    sum(unjudged) === report.unjudged &&
    new Set(groups.map(({ id }) => id)).size === groups.length;
  if (!isSound) throw refusal("its counts do not agree");
}

function refusal(why: string): EngineError {
  return new EngineError("backtest_invalid", `Cannot use this backtest report: ${why}`, {
    hint: "make it with `sealward replay --candidate POLICY --report FILE`, and copy it unchanged",
  });
}

/** A count is a whole number from 0; with `?` it may be null. */
type Shape =
  | "count"
  | "text"
  | "count?"
  | "text?"
  | { readonly words: readonly string[] }
  | { readonly each: Shape }
  | { readonly keys: { readonly [key: string]: Shape } };

const verdicts: Shape = { words: ["allow", "ask", "deny"] };
const groupShape: Shape = {
  keys: {
    id: "text",
    from: verdicts,
    to: verdicts,
    policies: { each: "text" },
    operation: "text",
    count: "count",
    first_seq: "count",
    last_seq: "count",
    seqs: { each: "count" },
    examples: { each: { keys: { seq: "count", at: "text", asked: "text" } } },
  },
};
const reportShape: Shape = {
  keys: {
    schema_version: "count",
    kind: { words: ["backtest"] },
    engine: "text",
    policy_digest: "text",
    log: {
      keys: {
        log_id: "text",
        first_seq: "count?",
        last_seq: "count?",
        last_at: "text?",
        last_mac: "text?",
      },
    },
    entries: "count",
    decisions: "count",
    same: "count",
    changed: "count",
    widened: "count",
    unjudged: "count",
    groups: { each: groupShape },
    unjudged_groups: {
      each: { keys: { code: "text", count: "count", first_seq: "count", message: "text" } },
    },
  },
};

function fits(value: unknown, shape: Shape): boolean {
  if (typeof shape === "string") return isScalar(value, shape);
  if ("each" in shape) return Array.isArray(value) && value.every((each) => fits(each, shape.each));
  if ("words" in shape) return shape.words.some((word) => word === value);
  if (typeof value !== "object" || value === null) return false;
  const keys = Object.keys(shape.keys);
  return Object.keys(value).join() === keys.join() &&
    Object.entries(shape.keys).every(([key, child]) => fits(Reflect.get(value, key), child));
}

function isScalar(value: unknown, shape: string): boolean {
  if (shape.endsWith("?") && value === null) return true;
  if (shape.startsWith("text")) return typeof value === "string";
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
}
