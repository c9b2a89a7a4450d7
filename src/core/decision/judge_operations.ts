/**
 * Judges a caller's operations under one trusted policy, or denies them all for want of one.
 *
 * @module
 */
import { encodeHex } from "@std/encoding/hex";
import { type DenialState, findDenials, newKeys } from "../audit/denial_state.ts";
import { outcomeKey, sessionKey } from "../audit/outcome_key.ts";
import { encodePins, type ToolPinState } from "../audit/tool_pin_state.ts";
import type { Trust } from "../integrity/trust.ts";
import { operationDigest } from "../operation/operation_digest.ts";
import {
  type JsonObject,
  type Operation,
  operationTypes,
  type Principal,
} from "../operation/operation.ts";
import type { PlanCommand } from "../operation/plan_effects.ts";
import type { Policy } from "../policy/policy.ts";
import type { RandomBytes, Sha256 } from "../ports.ts";
import { encodeCheckEntries } from "./check_input.ts";
import type { Decision, Judgement } from "./decision.ts";
import type { DecisionContext } from "./encode_decision.ts";
import type { RunCheck } from "./evidence.ts";
import { redact } from "./redacted.ts";
import { EvidenceRecord } from "./evidence_record.ts";
import type { Instruments } from "./gather_facts.ts";
import type { Exception } from "../override/exception.ts";
import type { Exceptions } from "../override/exceptions.ts";
import { distrustOf, type Judge, judgeOperation, type Judging } from "./judge_operation.ts";
import { limitListings } from "./limit_listings.ts";
import type { Memory } from "./memory.ts";
import type { ShellView } from "./shell_view.ts";
import type { Question } from "./question.ts";
import { touchedPaths } from "./touched_paths.ts";
import type { Unmeasured } from "./unmeasured_header.ts";
import { isWritten, writtenPaths } from "./written_paths.ts";

/** One operation with its judgement, before it is durable. */
export interface Judged {
  readonly judgement: Judgement;
  readonly context: DecisionContext;
  /** What it was judged on. */
  readonly evidence: EvidenceRecord;
  /** As in Judging. */
  readonly question: Question | null;
}

/** How a caller wants to be judged; can only ask for less than the whole policy in the library. */
export interface JudgeOptions {
  /** `protected_files` answers one question: would this change a protected file? */
  readonly scope?: "policy" | "protected_files";
  /** Reads a type nobody knows as the name of a tool, as the guide's MCP example does. */
  readonly readsUnknownAsTool?: boolean;
  /** What limits that cannot be measured are; left out: `listed`. */
  readonly unmeasured?: Unmeasured;
  /** The caller will report what came of the operation, under its correlation id. */
  readonly expectsOutcome?: true;
}

/** What every operation of one transaction is judged by. */
export interface Bench
  extends
    Omit<Instruments, "evidence">,
    Pick<Judge, "toolReader">,
    DenialState,
    Partial<ToolPinState> {
  readonly trust: Trust;
  /** Null unless `trust.status` is `trusted`. */
  readonly policy: Policy | null;
  /** Reads command lines; null where no operation at hand has one (see needsShell). */
  readonly createPlanner: ((view: ShellView) => PlanCommand) | null;
  /**
   * Keys of files written through the engine lately (writtenPaths). What is judged is added: of two
   * operations asked for at once the second may run what the first writes.
   */
  readonly written: Set<string>;
  /** What the log remembers; what is judged is added. Left out, nobody knows (see Question). */
  readonly memory?: Memory;
  /**
   * What people approved; what is judged is added. Null where nobody may approve anything; called only
   * for what may be.
   */
  readonly exceptions?: (() => Exceptions) | null;
  /** Left out, nobody runs checks: one that is asked has failed. */
  readonly runCheck?: RunCheck | null;
  readonly stateDigest: string;
  readonly attestation: Decision["attestation"];
  readonly sha256: Sha256;
  readonly randomBytes: RandomBytes;
}

/** Judges in order; every operation gets an answer of its own. */
export function judgeOperations(
  operations: readonly Operation[],
  principal: Principal,
  bench: Bench & JudgeOptions,
): readonly Judged[] {
  const wasWritten = (path: string) => isWritten(path, bench.written, bench.sha256);
  return operations.map((given) => {
    const evidence = new EvidenceRecord(limitListings(bench.disk), bench.runCheck);
    const operation = bench.readsUnknownAsTool === true ? readAsTool(given, bench.policy) : given;
    const recalled = bench.memory?.recall(operation, principal, bench) ?? null;
    const judging = judgeOperation(operation, principal, {
      ...bench,
      evidence,
      wasWritten,
      ...(recalled === null ? {} : { history: recalled.history }),
    });
    const { effects, facts, question } = judging;
    const digest = operationDigest(operation, bench.sha256);
    const exception = exceptionOf(judging, { operation, principal, evidence, digest }, bench);
    const judgement = exception?.judgement ?? judging.judgement;
    const touches = facts === null ? [] : touchedPaths(judgement, facts, bench);
    const writes = facts === null ? [] : writtenPaths(judgement, effects, facts, bench.sha256);
    for (const key of writes) bench.written.add(key);
    const keys = judgement.verdict === "deny" ? judging.denied : [];
    const denied = recordedDenial(keys, operation, principal, bench);
    const checks = encodeCheckEntries(evidence.checks);
    const pins = pinsOf(judgement, judging);
    const asked = {
      operation,
      principal,
      effects,
      touches,
      writes,
      denied,
      exception,
      checks,
      pins,
    };
    const context = contextOf({ ...asked, operationDigest: digest }, bench);
    const expects = context.outcomeKey !== undefined;
    const counted = recalled === null ? null : bench.memory?.note(judgement, recalled, expects);
    const noted = counted ? { ...context, counted } : context;
    return { judgement, context: noted, evidence, question };
  });
}

/** What an operation that goes through is remembered by. */
function pinsOf({ verdict }: Judgement, { fresh }: Judging): JsonObject | null {
  const [first] = fresh;
  return verdict !== "allow" || first === undefined ? null : encodePins(first.server, fresh);
}

/** What this session was not denied before. */
function recordedDenial(
  keys: readonly string[],
  { agent }: Operation,
  principal: Principal,
  bench: Bench,
): NonNullable<DecisionContext["denied"]> | null {
  if (keys.length === 0) return null;
  const session = sessionKey(agent?.session ?? null, bench.sha256);
  const fresh = newKeys(findDenials(bench, principal), session, keys);
  return fresh.length === 0 ? null : { session, keys: fresh };
}

/** What approvals make of it; null for what is allowed, or nobody may approve. */
function exceptionOf(
  { judgement, effects, facts, question, denied }: Judging,
  { operation, principal, evidence, digest }: {
    readonly operation: Operation;
    readonly principal: Principal;
    readonly evidence: EvidenceRecord;
    readonly digest: string;
  },
  { exceptions = null, sha256, trust }: Bench,
): Exception | null {
  const isOpen = judgement.verdict !== "allow" && judgement.overridable &&
    question?.scope === "policy";
  if (exceptions === null || !isOpen || facts === null) return null;
  return exceptions().weigh({
    judgement,
    effects,
    facts,
    texts: evidence.texts,
    operation,
    redact: () => {
      const redacted = redact(operation);
      for (const text of evidence.texts.values()) {
        if (text !== null) redacted.redaction.learn(text, "words");
      }
      return redacted;
    },
    principal,
    session: sessionKey(operation.agent?.session ?? null, sha256),
    operationDigest: digest,
    policyDigest: trust.policyDigest,
    deniedKeys: denied,
  });
}

type Asked =
  | "operation"
  | "principal"
  | "effects"
  | "touches"
  | "writes"
  | "denied"
  | "exception"
  | "checks"
  | "pins"
  | "operationDigest";

function contextOf(
  asked: Pick<DecisionContext, Asked>,
  bench: Bench & JudgeOptions,
): DecisionContext {
  const { operation } = asked;
  const { correlationId, agent } = operation;
  return {
    ...asked,
    decisionId: encodeHex(bench.randomBytes(16)),
    policyDigest: bench.trust.policyDigest,
    stateDigest: bench.stateDigest,
    policyTrust: bench.policy === null ? "none" : bench.trust.isSigned ? "signed" : "accepted",
    ...(bench.policy === null ? { distrust: distrustOf(bench.trust) } : {}),
    attestation: bench.attestation,
    ...(bench.expectsOutcome === true && correlationId !== null
      ? { outcomeKey: outcomeKey(correlationId, agent?.session ?? null, bench.sha256) }
      : {}),
  };
}

/** An unknown type as the name of a tool; without a policy every other type is unknown. */
export function readAsTool(operation: Operation, policy: Policy | null): Operation {
  const isKnown = operationTypes.some((type) => type === operation.type) ||
    policy?.customOperations.has(operation.type) === true;
  if (isKnown) return operation;
  const tool = operation.tool ?? { name: operation.type, input: {} };
  return { ...operation, type: "tool_call", tool };
}
