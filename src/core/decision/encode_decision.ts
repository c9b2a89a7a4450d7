/**
 * Judgement → the envelope every edge sends, and → the log entry that precedes it.
 *
 * @module
 */
import type { NewEvent, Receipt } from "../audit/entry.ts";
import { type CountedEntry, encodeCounted } from "../audit/counted_entry.ts";
import type { OutcomeKey } from "../audit/outcome_key.ts";
import type { Effect } from "../operation/effect.ts";
import type { Redaction } from "../integrity/redaction.ts";
import type { JsonObject, Operation, Principal } from "../operation/operation.ts";
import { maxDetailsBytes } from "../limits.ts";
import type { Exception } from "../override/exception.ts";
import { version } from "../version.ts";
import { asciiBytes } from "./ascii_bytes.ts";
import { cutText } from "./cut_text.ts";
import type { Decision, Finding, Judgement, Reference, Violation } from "./decision.ts";
import { redact, type Redacted } from "./redacted.ts";
import { summariseOperation } from "./summarise_operation.ts";

/** What a decision is about, beside the judgement itself. */
export interface DecisionContext {
  readonly decisionId: string;
  readonly operation: Operation;
  readonly operationDigest: string;
  readonly policyDigest: string;
  readonly stateDigest: string;
  readonly policyTrust: Decision["policy_trust"];
  /** Why no policy was trusted: time and keys, which no replay has, may be the reason. */
  readonly distrust?: "tampered" | "unaccepted";
  readonly attestation: Decision["attestation"];
  readonly principal: Principal;
  /** What the operation would do; none where no trusted policy was there to ask. */
  readonly effects: readonly Effect[];
  /** Set when the caller will report an outcome. */
  readonly outcomeKey?: OutcomeKey;
  /** Keys of the protected paths it may change; see touchedPaths. */
  readonly touches?: readonly string[];
  /** Keys of the files it would write; see writtenPaths. */
  readonly writes?: readonly string[];
  /** What is remembered of a denial; see deniedKeys and sessionKey. */
  readonly denied?: { readonly session: string; readonly keys: readonly string[] } | null;
  /** Where the policy counts or looks back; see countedEntry. */
  readonly counted?: CountedEntry;
  /** What checks came to, one line each; see encodeCheckEntries. */
  readonly checks?: readonly JsonObject[];
  /** Definitions of tools it saw first; see encodePins. */
  readonly pins?: JsonObject | null;
  /** What approvals have to do with it; null or left out: nothing. */
  readonly exception?: Pick<Exception, "details" | "note" | "document"> | null;
}

/** Lines and columns of policy nodes, by source key; null when they are not known. */
export type PolicyPositions = ReadonlyMap<
  string,
  { readonly line: number; readonly column: number; readonly file?: string }
>;

/** Violations shown in an answer; the entry counts the rest. */
const maxViolations = 100;
/** What an entry quotes of each, and bytes of each text: together they must stay within details. */
const maxLoggedEffects = 12;
const maxLoggedPolicies = 12;
const maxLoggedRules = 8;
const maxLoggedObservers = 2;
const maxLoggedUnmeasured = 6;
const maxEffectBytes = 96;
/** Of the reason; with the dots of a cut it takes 160. */
const maxReasonBytes = 157;

/** The answer, once its entry is durable. */
export function encodeDecision(
  judgement: Judgement,
  context: DecisionContext,
  sent: {
    readonly receipt: Receipt;
    readonly elapsedMicros: number;
    readonly positions: PolicyPositions | null;
    readonly file: string;
  },
): Decision {
  const { correlationId } = context.operation;
  return {
    schema_version: 1,
    decision_id: context.decisionId,
    decision: judgement.verdict,
    allowed: judgement.verdict === "allow",
    overridable: judgement.overridable,
    reason: reasonOf(judgement),
    severity: judgement.severity,
    violated_policies: policiesOf(judgement.findings),
    violations: judgement.findings.slice(0, maxViolations).map((finding) =>
      encodeViolation(finding, sent.positions, sent.file)
    ),
    unmeasured: judgement.unmeasured,
    operation_digest: context.operationDigest,
    policy_digest: context.policyDigest,
    state_digest: context.stateDigest,
    policy_trust: context.policyTrust,
    attestation: context.attestation,
    mode: judgement.mode,
    ...(judgement.wouldDeny ? { would_deny: true } : {}),
    ...(judgement.notices.length > 0 ? { notices: judgement.notices } : {}),
    ...(correlationId === null ? {} : { correlation_id: correlationId }),
    ...(context.exception ? { override: context.exception.note } : {}),
    audit: { seq: sent.receipt.seq, mac: sent.receipt.mac },
    elapsed_us: sent.elapsedMicros,
  };
}

/** One sentence: the worst reason, and how many more there are. */
export function reasonOf(judgement: Judgement): string {
  const text = worstReason(judgement);
  if (text === null) return "Nothing in the policy speaks against it";
  if (judgement.isLifted === true) return `A person approved it: ${text}`;
  const isLetGo = judgement.wouldDeny && judgement.verdict === "allow";
  return isLetGo ? `Would not be allowed if enforced: ${text}` : text;
}

/** What rules only observe is the reason where there is no other. */
function worstReason({ findings, observed = [] }: Judgement): string | null {
  const told = findings.length === 0 ? observed : findings;
  const first = told[0];
  if (first === undefined) return null;
  const more = told.length - 1;
  return more === 0 ? first.message : `${first.message} (and ${more} more)`;
}

function policiesOf(findings: readonly Finding[]): readonly string[] {
  return [...new Set(findings.map(({ policy }) => policy))].sort();
}

function encodeViolation(
  finding: Finding,
  positions: PolicyPositions | null,
  file: string,
): Violation {
  const at = finding.sourceKey === null ? undefined : positions?.get(finding.sourceKey);
  return {
    policy: finding.policy,
    code: finding.code,
    severity: finding.severity,
    message: finding.message,
    ...(finding.effect === undefined ? {} : { effect: finding.effect }),
    ...(finding.pattern === undefined ? {} : { pattern: finding.pattern }),
    ...(at === undefined ? {} : {
      source: { file: at.file ?? file, line: at.line, column: at.column },
    }),
    ...(finding.check === undefined ? {} : { check: finding.check }),
    ...(finding.reference === undefined ? {} : { reference: finding.reference }),
  };
}

/**
 * The entry of one decision. File contents never enter the log; secrets are covered, long texts
 * cut.
 *
 * @param input What the decision was made of, or where that is kept; see planInput.
 */
export function decisionEvent(
  judgement: Judgement,
  context: DecisionContext,
  { redaction, operation }: Redacted = redact(context.operation),
  input: JsonObject = {},
): NewEvent {
  const reason = worstReason(judgement);
  const { checks = [] } = context;
  const build = (effects: number, lines: number): NewEvent => ({
    type: "audit.decision",
    severity: loggedSeverity(judgement),
    details: {
      id: context.decisionId,
      ...encodeVerdict(judgement),
      ...(reason === null
        ? {}
        : { reason: cutText(redaction.coverCut(reason, "names"), maxReasonBytes) }),
      principal: context.principal,
      operation: summariseOperation(operation),
      ...summariseEffects(context.effects, redaction, effects),
      ...encodePairing(judgement, context),
      ...encodeChecks(checks, lines),
      ...(context.pins ? { tool_pins: context.pins } : {}),
      ...(context.counted === undefined ? {} : { counted: encodeCounted(context.counted) }),
      ...(context.exception ? { override: context.exception.details } : {}),
      operation_digest: context.operationDigest,
      policy_digest: context.policyDigest,
      state_digest: context.stateDigest,
      policy_trust: context.policyTrust,
      ...(context.distrust === undefined ? {} : { distrust: context.distrust }),
      engine: version,
      ...input,
    },
  });
  const event = build(maxLoggedEffects, checks.length);
  const mayBeFull = context.counted !== undefined || context.exception || checks.length > 0 ||
    Boolean(context.pins);
  if (!mayBeFull || hasRoom(event.details)) return event;
  // INVARIANT: without effects and checks everything has room; what is counted is never cut.
  const lines = Array.from(checks, (_, index) => checks.length - index)
    .find((lines) => hasRoom(build(0, lines).details)) ?? 0;
  return build(0, lines);
}

/** What has no room stands in the input. */
function encodeChecks(checks: readonly JsonObject[], lines: number): JsonObject {
  return {
    ...(lines === 0 ? {} : { checks: checks.slice(0, lines) }),
    ...(lines < checks.length ? { checks_total: checks.length } : {}),
  };
}

/** For what comes later: where the input is kept. */
const spareBytes = 192;

function hasRoom(details: JsonObject): boolean {
  return asciiBytes(JSON.stringify(details)) + spareBytes <= maxDetailsBytes;
}

/** The transition was CRITICAL; what is denied while it lasts is not news each time. */
export function loggedSeverity({ severity, findings }: Judgement): Judgement["severity"] {
  return findings.some(({ code }) => code === "policy_tampered") ? "HIGH" : severity;
}

/** What an entry says of the answer, and what a replay must come to again. */
export function encodeVerdict(judgement: Judgement): JsonObject {
  const reference = referenceOf(judgement);
  return {
    decision: judgement.verdict,
    codes: [...new Set(judgement.findings.map(({ code }) => code))],
    violated: policiesOf(judgement.findings).slice(0, maxLoggedPolicies),
    unmeasured: limitsFirst(judgement.unmeasured).slice(0, maxLoggedUnmeasured),
    ...(judgement.overridable ? { overridable: true } : {}),
    ...(judgement.wouldDeny ? { would_deny: true } : {}),
    ...(reference === undefined ? {} : { reference: { ...reference } }),
    ...(judgement.warned.length === 0 ? {} : { warned: judgement.warned.slice(0, maxLoggedRules) }),
    ...(judgement.observed === undefined
      ? {}
      : { observed: policiesOf(judgement.observed).slice(0, maxLoggedObservers) }),
    mode: judgement.mode,
  };
}

/** The oldest denial it repeats. */
function referenceOf({ findings }: Judgement): Reference | undefined {
  return findings.flatMap(({ reference }) => reference ?? []).sort((a, b) => a.seq - b.seq)[0];
}

/** There are four of them, and any number of budgets. */
function limitsFirst(ids: readonly string[]): readonly string[] {
  const isLimit = (id: string) => id.startsWith("limits.");
  return [...ids.filter(isLimit), ...ids.filter((id) => !isLimit(id))];
}

/** What changes something comes first, what only may happen last. */
function summariseEffects(
  effects: readonly Effect[],
  redaction: Redaction,
  most: number,
): JsonObject {
  if (effects.length === 0) return {};
  const rank = ({ verb, isPossible }: Effect) => isPossible === true ? 2 : verb === "read" ? 1 : 0;
  const texts = [...effects].sort((a, b) => rank(a) - rank(b)).slice(0, most)
    .map(({ verb, resource, isPossible }) =>
      cutText(
        `${isPossible === true ? "?" : ""}${verb} ${redaction.coverCut(resource, "names")}`,
        maxEffectBytes,
      )
    );
  const total = effects.length > most ? { effects_total: effects.length } : {};
  return { effects: texts, ...total };
}

/** What the state pairs this entry with later; audit/SPEC.md, "Outcomes". */
function encodePairing(
  { verdict }: Judgement,
  { outcomeKey, touches = [], writes = [], denied = null }: DecisionContext,
): JsonObject {
  return {
    ...(outcomeKey !== undefined && verdict === "allow" ? { expects_outcome: true } : {}),
    ...(outcomeKey === undefined ? {} : { pair: { ...outcomeKey } }),
    ...(verdict === "deny" || touches.length === 0 ? {} : { touches }),
    ...(verdict === "deny" || writes.length === 0 ? {} : { writes }),
    ...(denied === null ? {} : { denied: { ...denied } }),
  };
}
