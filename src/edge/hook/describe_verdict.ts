/**
 * The words of a hook's answer. The reader is mostly a model: short, final, the effect and the rule
 * named, and the one way out, so that it neither retries nor works around.
 *
 * @module
 */
import type { Alarm } from "../../core/audit/alarm.ts";
import type { Decision, Violation } from "../../core/decision/decision.ts";
import { type EngineError, oneLine } from "../../core/errors.ts";
import { maxHookReasonCharacters } from "../../core/limits.ts";
import type { Operation } from "../../core/operation/operation.ts";
import { severities } from "../../core/policy/policy.ts";
import type { HookVerdict } from "./hook_answer.ts";

/** Of a reason, which may quote a path of any length. */
const maxQuotedCharacters = 900;

/**
 * The worst of what every install concerned has to say; at least one.
 *
 * @param approval What a person may do about it, see describeOverride; null for nothing.
 */
export function describeDecisions(
  decisions: readonly [Decision, ...Decision[]],
  operation: Operation,
  approval: string | null = null,
): HookVerdict {
  const worst = worstOf(decisions);
  if (worst.decision === "allow" && worst.allowed) return { kind: "none", decision: worst };
  const isAsk = worst.decision === "ask";
  const what = `${isAsk ? "Sealward asks about" : "Sealward denied"} ${nameOf(operation)}`;
  const main = mainViolation(worst);
  const reason = oneLine(reasonOf(worst, main), maxQuotedCharacters);
  const final = `This is final; do not try it another way. ${
    approval ?? wayOut(worst, main, operation)
  }.`;
  const parts = [
    `${what}: ${reason}${describeRule(main)}.`,
    ...describeRepeat(worst),
    isAsk ? "It needs a human." : final,
    `Decision ${worst.decision_id}, audit #${worst.audit.seq}.`,
  ];
  return { kind: isAsk ? "ask" : "deny", text: bound(parts.join(" ")), decision: worst };
}

function nameOf({ type, tool }: Operation): string {
  return type === "tool_call" && tool !== null ? `${type} ${oneLine(tool.name, 80)}` : type;
}

const order = ["deny", "ask", "allow"] as const;

// SECURITY: an answer that is none of the three is not an allow.
function worstOf(decisions: readonly [Decision, ...Decision[]]): Decision {
  const rank = ({ decision, allowed }: Decision): number =>
    decision === "allow" && !allowed ? 0 : order.indexOf(decision);
  return decisions.reduce((worst, next) => rank(next) < rank(worst) ? next : worst);
}

/** What is not known says the least: whatever else there is to say comes before it. */
function mainViolation({ violations }: Decision): Violation | null {
  return violations.find(({ code }) => code !== "operation_unverified") ?? violations[0] ?? null;
}

function reasonOf({ reason, violations }: Decision, main: Violation | null): string {
  return main === null || main === violations[0]
    ? reason
    : `${main.message} (and ${violations.length - 1} more)`;
}

/** The same reference each time: the reader sees that another road has led to the same answer. */
function describeRepeat({ violations }: Decision): readonly string[] {
  const references = violations.flatMap(({ reference }) => reference ?? []);
  const [first] = references.sort((a, b) => a.seq - b.seq);
  if (first === undefined) return [];
  return [`Denied before: decision ${first.decision_id}, audit #${first.seq}.`];
}

function describeRule(main: Violation | null): string {
  if (main === null) return "";
  const { policy, source } = main;
  const place = source === undefined ? "" : `, ${source.file}:${source.line}`;
  return oneLine(` (${policy}${place})`, 200);
}

function wayOut(
  { violations, overridable }: Decision,
  main: Violation | null,
  { command, tool }: Operation,
): string {
  const codes = new Set(violations.map(({ code }) => code));
  if (codes.has("policy_tampered") || codes.has("policy_unaccepted")) {
    return 'A person has to look at .scalpel/policy.yaml and run "sealward policy accept" or "policy sign"';
  }
  if (!overridable) return "No approval lifts it; go on without it";
  if (main?.code === "operation_unverified" && (command !== null || tool !== null)) {
    return "What can be checked can be allowed: use a file tool, or one plain command";
  }
  return "Tell the user; a person can change .scalpel/policy.yaml and accept it";
}

/** Nothing guards this place, and the install says what that means. */
export function describeUnenrolled(operation: Operation): HookVerdict {
  const text =
    `Sealward denied ${nameOf(operation)}: no project that it guards holds this place, ` +
    'and this install denies everything elsewhere. A person can run "sealward init" there.';
  return { kind: "deny", text, decision: null };
}

/** Nobody could decide. */
export function describeFailure(error: EngineError): HookVerdict {
  const hint = error.hint === null ? "" : ` Hint: ${error.hint}.`;
  const text = `Sealward could not decide, so it denies: ${error.message} (${error.code}).${hint}`;
  return { kind: "failure", text: bound(text), error };
}

/** Nobody could record what came after the fact. */
export function describeUnrecorded(error: EngineError): HookVerdict {
  const hint = error.hint === null ? "" : ` Hint: ${error.hint}.`;
  const text = `Sealward could not record this: ${error.message} (${error.code}).${hint}`;
  return { kind: "failure", text: bound(text), error };
}

/** Alarms for people, the worst first; at least one. */
export function describeAlarms(alarms: readonly Alarm[]): HookVerdict {
  const rank = ({ severity }: Alarm) => severities.indexOf(severity);
  const sorted = [...alarms].sort((a, b) => rank(b) - rank(a));
  const parts = [...Map.groupBy(sorted, ({ message }) => message)].map(([message, same]) => {
    const entries = same.slice(0, 3).map(({ seq }) => `#${seq}`).join(", ");
    const more = same.length > 3 ? ` and ${same.length - 3} more` : "";
    return `${message} (${same[0]?.severity}, audit ${entries}${more})`;
  });
  return { kind: "alarm", text: bound(`Sealward alarm: ${parts.join("; ")}`) };
}

function bound(text: string): string {
  return oneLine(text, maxHookReasonCharacters);
}
