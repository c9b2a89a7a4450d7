/**
 * Judgements → entries, each with what it was made of: in the entry where it is short, else in a
 * file beside the log. SPEC.md, section 9.
 *
 * @module
 */
import type { NewEvent } from "../audit/entry.ts";
import { maxDetailsBytes, maxInlineInputBytes, maxKeptFileBytes } from "../limits.ts";
import type { JsonObject } from "../operation/operation.ts";
import type { Sha256 } from "../ports.ts";
import { asciiBytes } from "./ascii_bytes.ts";
import { type DecisionInput, toJson } from "./decision_input.ts";
import { decisionEvent } from "./encode_decision.ts";
import type { Judged, JudgeOptions } from "./judge_operations.ts";
import { planInput, type PlannedInput } from "./plan_input.ts";
import { redact, type Redacted } from "./redacted.ts";

export interface RecordParts {
  readonly sha256: Sha256;
  /** Keeps bytes durably under their SHA-256, which it returns in hex. */
  readonly keep: (bytes: Uint8Array) => string;
  /**
   * Decides once more, on what would be kept; whether it comes to the same. Called only where that is
   * less than what was decided on.
   */
  readonly proves: (one: JudgedAs, input: DecisionInput, redacted: Redacted) => boolean;
}

/** One judgement and how it was asked for. */
export interface JudgedAs extends Judged {
  readonly options: JudgeOptions;
}

interface Draft {
  readonly event: NewEvent;
  readonly planned: PlannedInput | null;
  readonly members: JsonObject;
}

/**
 * The entries, in order; what they refer to is durable.
 *
 * @throws {EngineError} `audit_unwritable`.
 */
export function recordDecisions(
  judged: readonly JudgedAs[],
  parts: RecordParts,
): readonly NewEvent[] {
  for (const { context: { exception } } of judged) {
    // The entry names it: what a person will be shown is there before it.
    if (exception?.document) parts.keep(exception.document);
  }
  const drafts = judged.map((one) => draft(one, parts));
  const references = keepInputs(drafts, parts.keep);
  return drafts.map(({ event, members, planned }, index) => {
    const input = references[index] ?? (planned === null ? {} : { input: toJson(planned.input) });
    return { ...event, details: { ...event.details, ...members, ...input } };
  });
}

function draft(one: JudgedAs, parts: RecordParts): Draft {
  const { judgement, context, evidence } = one;
  const redacted = redact(context.operation);
  const { redaction } = redacted;
  for (const text of evidence.texts.values()) if (text !== null) redaction.learn(text, "words");
  const { operation } = context;
  const decided = { operation, redacted, evidence, options: one.options };
  const planned = planInput(decided, parts.sha256);
  const event = decisionEvent(judgement, context, redacted);
  if (planned === null) return { event, planned, members: { replayable: "too_large" } };
  const isProven = !planned.isAltered || parts.proves(one, planned.input, redacted);
  return { event, planned, members: isProven ? {} : { replayable: "redacted" } };
}

/** References by index of the draft; drafts whose input stands in the entry have none. */
function keepInputs(
  drafts: readonly Draft[],
  keep: RecordParts["keep"],
): readonly (JsonObject | undefined)[] {
  const references: (JsonObject | undefined)[] = drafts.map(() => undefined);
  let lines: { readonly index: number; readonly text: string }[] = [];
  let length = 0;
  const flush = () => {
    if (lines.length === 0) return;
    const bytes = new TextEncoder().encode(lines.map(({ text }) => `${text}\n`).join(""));
    const input = `sha256:${keep(bytes)}`;
    lines.forEach(({ index }, line) => {
      references[index] = { input, ...(line === 0 ? {} : { input_line: line }) };
    });
    lines = [];
    length = 0;
  };
  for (const [index, { planned, event }] of drafts.entries()) {
    if (planned === null || fitsEntry(planned, event.details)) continue;
    const { text } = planned;
    if (length + text.length * 3 > maxKeptFileBytes) flush();
    lines.push({ index, text });
    length += text.length * 3;
  }
  flush();
  return references;
}

/** Other members and commas around the input. */
const spareBytes = 64;

function fitsEntry({ mayStandInEntry, text }: PlannedInput, details: JsonObject): boolean {
  if (!mayStandInEntry || text.length > maxInlineInputBytes) return false;
  const bytes = asciiBytes(text);
  return bytes <= maxInlineInputBytes &&
    bytes + asciiBytes(JSON.stringify(details)) + spareBytes <= maxDetailsBytes;
}
