/**
 * What an entry says of its answer against what a replay came to.
 *
 * @module
 */
import type { Entry } from "../audit/entry.ts";
import type { Judgement } from "../decision/decision.ts";
import { encodeVerdict, loggedSeverity } from "../decision/encode_decision.ts";
import type { Json, JsonObject } from "../operation/operation.ts";

export interface Difference {
  /** Member of the entry. */
  readonly field: string;
  readonly recorded: Json;
  readonly replayed: Json;
}

const members = [
  "decision",
  "codes",
  "overridable",
  "violated",
  "unmeasured",
  "would_deny",
  "warned",
  "reference",
  "observed",
  "mode",
] as const;

/** Every member that differs; the order of codes and policies says nothing. */
export function compareVerdicts(
  { details, severity }: Pick<Entry, "details" | "severity">,
  judgement: Judgement,
): readonly Difference[] {
  const replayed = { ...encodeVerdict(judgement), severity: loggedSeverity(judgement) };
  const recorded: JsonObject = { ...details, severity };
  return [...members, "severity"].flatMap((field): readonly Difference[] => {
    const [before, after] = [valueOf(recorded, field), valueOf(replayed, field)];
    const isSame = JSON.stringify(before) === JSON.stringify(after);
    return isSame ? [] : [{ field, recorded: before, replayed: after }];
  });
}

function valueOf(details: JsonObject, field: string): Json {
  const value = details[field] ?? null;
  return Array.isArray(value) ? value.toSorted() : value;
}
