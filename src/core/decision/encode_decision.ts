/**
 * Judgement → the envelope every edge sends, and → the log entry that precedes it.
 *
 * @module
 */
import type { NewEvent, Receipt } from "../audit/entry.ts";
import type { OutcomeKey } from "../audit/outcome_key.ts";
import type { Effect } from "../operation/effect.ts";
import type { JsonObject, Operation, Principal } from "../operation/operation.ts";
import { cutText } from "./cut_text.ts";
import type { Decision, Finding, Judgement, Violation } from "./decision.ts";

/** What a decision is about, beside the judgement itself. */
export interface DecisionContext {
  readonly decisionId: string;
  readonly operation: Operation;
  readonly operationDigest: string;
  readonly policyDigest: string;
  readonly stateDigest: string;
  readonly policyTrust: Decision["policy_trust"];
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
}

/** Lines and columns of policy nodes, by source key; null when they are not known. */
export type PolicyPositions = ReadonlyMap<
  string,
  { readonly line: number; readonly column: number }
>;

/** Violations shown in an answer; the entry counts the rest. */
const maxViolations = 100;
/** What an entry quotes of each, and bytes of each text: together they must stay within details. */
const maxLoggedFiles = 12;
const maxLoggedEffects = 12;
const maxLoggedPolicies = 12;
const maxLoggedRules = 8;
const maxFileBytes = 160;
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
    audit: { seq: sent.receipt.seq, mac: sent.receipt.mac },
    elapsed_us: sent.elapsedMicros,
  };
}

/** One sentence: the worst reason, and how many more there are. */
export function reasonOf(judgement: Judgement): string {
  const text = worstReason(judgement.findings);
  if (text === null) return "Nothing in the policy speaks against it";
  return judgement.wouldDeny ? `Would not be allowed if enforced: ${text}` : text;
}

function worstReason(findings: readonly Finding[]): string | null {
  const first = findings[0];
  if (first === undefined) return null;
  const more = findings.length - 1;
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
    ...(at === undefined ? {} : { source: { file, line: at.line, column: at.column } }),
  };
}

/** The entry of one decision. File contents never enter the log; long texts are cut. */
export function decisionEvent(judgement: Judgement, context: DecisionContext): NewEvent {
  const isTampered = judgement.findings.some(({ code }) => code === "policy_tampered");
  const reason = worstReason(judgement.findings);
  return {
    type: "audit.decision",
    // The transition was CRITICAL; what is denied while it lasts is not news each time.
    severity: isTampered ? "HIGH" : judgement.severity,
    details: {
      id: context.decisionId,
      decision: judgement.verdict,
      codes: [...new Set(judgement.findings.map(({ code }) => code))],
      violated: policiesOf(judgement.findings).slice(0, maxLoggedPolicies),
      ...(reason === null ? {} : { reason: cutText(reason, maxReasonBytes) }),
      unmeasured: judgement.unmeasured,
      ...(judgement.wouldDeny ? { would_deny: true } : {}),
      ...(judgement.warned.length === 0
        ? {}
        : { warned: judgement.warned.slice(0, maxLoggedRules) }),
      mode: judgement.mode,
      principal: context.principal,
      operation: summarise(context.operation),
      ...summariseEffects(context.effects),
      ...encodePairing(judgement, context),
      operation_digest: context.operationDigest,
      policy_digest: context.policyDigest,
      state_digest: context.stateDigest,
      policy_trust: context.policyTrust,
    },
  };
}

/** What changes something comes first, what only may happen last. */
function summariseEffects(effects: readonly Effect[]): JsonObject {
  if (effects.length === 0) return {};
  const rank = ({ verb, isPossible }: Effect) => isPossible === true ? 2 : verb === "read" ? 1 : 0;
  const texts = [...effects].sort((a, b) => rank(a) - rank(b)).slice(0, maxLoggedEffects)
    .map(({ verb, resource, isPossible }) =>
      cutText(`${isPossible === true ? "?" : ""}${verb} ${resource}`, maxEffectBytes)
    );
  const total = effects.length > maxLoggedEffects ? { effects_total: effects.length } : {};
  return { effects: texts, ...total };
}

/** What the state pairs this entry with later; audit/SPEC.md, "Outcomes". */
function encodePairing(
  { verdict }: Judgement,
  { outcomeKey, touches = [], writes = [] }: DecisionContext,
): JsonObject {
  return {
    ...(outcomeKey !== undefined && verdict === "allow" ? { expects_outcome: true } : {}),
    ...(outcomeKey === undefined ? {} : { pair: { ...outcomeKey } }),
    ...(verdict === "deny" || touches.length === 0 ? {} : { touches }),
    ...(verdict === "deny" || writes.length === 0 ? {} : { writes }),
  };
}

function summarise(operation: Operation): JsonObject {
  const { affectedFiles: files, command, cwd, tool, agent, correlationId } = operation;
  return {
    type: operation.type,
    files: files.slice(0, maxLoggedFiles).map((file) => cutText(file, maxFileBytes)),
    ...(files.length > maxLoggedFiles ? { files_total: files.length } : {}),
    ...(command === null ? {} : { command: cutText(command) }),
    ...(cwd === null ? {} : { cwd: cutText(cwd) }),
    ...(tool === null ? {} : { tool: cutText(tool.name) }),
    ...(typeof agent?.name === "string" ? { agent: cutText(agent.name) } : {}),
    ...(typeof agent?.session === "string" ? { session: cutText(agent.session) } : {}),
    ...(correlationId === null ? {} : { correlation_id: cutText(correlationId) }),
  };
}
