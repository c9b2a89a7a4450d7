/**
 * A judgement and what it was made on → an explanation.
 *
 * @module
 */
import type { SourceLocation } from "../errors.ts";
import { findSecrets } from "../integrity/find_secrets.ts";
import { policyFile } from "../integrity/policy_snapshot.ts";
import { shownLine } from "../policy/location_at.ts";
import type { Finding, Judgement } from "./decision.ts";
import type { PolicyPositions } from "./encode_decision.ts";
import { explainRules } from "./explain_rules.ts";
import type { ExplainedFinding, ExplainedPath, Explanation } from "./explanation.ts";
import type { PathFact } from "./facts.ts";
import type { Question } from "./question.ts";

/** Of each list; a batch of ten thousand files is explained by the first of them. */
const maxListed = 200;

/** The policy as it was, for its lines. */
export interface PolicySource {
  readonly positions: PolicyPositions;
  /** Text by file, e.g. `.scalpel/policy.yaml`; a file that is not here has no lines to show. */
  readonly texts: ReadonlyMap<string, string>;
}

/** @param question Null where no policy was there to decide by. */
export function explainJudgement(
  judgement: Judgement,
  question: Question | null,
  source: PolicySource | null,
): Explanation {
  const effects = question?.plan.effects ?? [];
  const programs = question?.plan.calls ?? [];
  const paths = [...question?.facts.paths.values() ?? []];
  const left = (list: readonly unknown[]) => Math.max(0, list.length - maxListed);
  return {
    verdict: judgement.verdict,
    overridable: judgement.overridable,
    mode: judgement.mode,
    would_deny: judgement.wouldDeny,
    findings: judgement.findings.map((finding) => explainFinding(finding, source)),
    notices: judgement.notices,
    unmeasured: judgement.unmeasured,
    effects: effects.slice(0, maxListed).map(({ verb, resource, kind, isPossible }) => ({
      verb,
      resource,
      kind,
      is_possible: isPossible === true,
    })),
    programs: programs.slice(0, maxListed),
    doubts: question?.plan.doubts ?? [],
    paths: paths.slice(0, maxListed).map(explainPath),
    rules: question === null ? [] : explainRules(question, judgement),
    left_out: { effects: left(effects), programs: left(programs), paths: left(paths) },
  };
}

function explainFinding(finding: Finding, source: PolicySource | null): ExplainedFinding {
  const { sourceKey, ...said } = finding;
  return { ...said, source: sourceKey === null ? null : locate(sourceKey, source) };
}

/** The line of a policy's node; null where it is a default, which no line sets. */
export function locate(key: string, source: PolicySource | null): SourceLocation | null {
  const position = source?.positions.get(key);
  if (source === null || position === undefined) return null;
  const { line, column, file = policyFile } = position;
  const shown = source.texts.get(file)?.split("\n")[line - 1];
  // SECURITY: a secret in the policy is not repeated in answers.
  const isShown = shown !== undefined && findSecrets(shown, "words").length === 0;
  return { file, line, column, ...isShown ? shownLine(shown) : {} };
}

function explainPath({ view, below, isBelowWhole, hardLinkOf, ownPlace }: PathFact): ExplainedPath {
  return {
    written: view.written,
    lexical: view.lexical,
    real: view.real,
    failure: view.failure,
    kind: view.kind,
    inside_root: view.insideRoot,
    suspicious: view.suspicious,
    forms: view.forms,
    below: below.length,
    is_below_whole: isBelowWhole,
    hard_link_of: hardLinkOf,
    own_place: ownPlace?.path ?? null,
  };
}
