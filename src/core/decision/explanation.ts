/**
 * Why a decision is what it is, in the shape `explain` prints (wire form, snake_case). It is no
 * decision: it has no id, no `allowed` and no entry, so that nobody can take it for one.
 *
 * @module
 */
import type { SourceLocation } from "../errors.ts";
import type { Effect } from "../operation/effect.ts";
import type { Doubt, ProgramCall } from "../operation/effect_plan.ts";
import type { FileKind } from "../ports.ts";
import type { Judgement, Violation } from "./decision.ts";
import type { ExplainedRule } from "./explain_rules.ts";

/** A reason, with the policy's line as it was. */
export interface ExplainedFinding extends Omit<Violation, "source"> {
  /** What this reason alone would answer. */
  readonly verdict: "ask" | "deny";
  readonly overridable: boolean;
  readonly source: SourceLocation | null;
}

/** One path and which file it means. */
export interface ExplainedPath {
  readonly written: string;
  readonly lexical: string;
  /** Null when the disk gave no answer: then `failure` says why. */
  readonly real: string | null;
  readonly failure: string | null;
  readonly kind: FileKind;
  readonly inside_root: boolean;
  readonly suspicious: string | null;
  /** Spellings that patterns are compared with. */
  readonly forms: readonly string[];
  /** Entries below a folder that were looked at, and whether these are all. */
  readonly below: number;
  readonly is_below_whole: boolean;
  readonly hard_link_of: string | null;
  readonly own_place: string | null;
}

export interface ExplainedEffect extends Pick<Effect, "verb" | "resource" | "kind"> {
  /** It may happen, and nobody knows: it denies nothing by itself. */
  readonly is_possible: boolean;
}

export interface Explanation {
  readonly verdict: Judgement["verdict"];
  readonly overridable: boolean;
  readonly mode: Judgement["mode"];
  readonly would_deny: boolean;
  readonly findings: readonly ExplainedFinding[];
  readonly notices: readonly string[];
  readonly unmeasured: readonly string[];
  readonly effects: readonly ExplainedEffect[];
  /** Programs a command would start, word by word; null is a word nobody knows. */
  readonly programs: readonly ProgramCall[];
  readonly doubts: readonly Doubt[];
  readonly paths: readonly ExplainedPath[];
  readonly rules: readonly ExplainedRule[];
  /** What of all this there was more of than is listed. */
  readonly left_out: Readonly<Record<"effects" | "programs" | "paths", number>>;
}
