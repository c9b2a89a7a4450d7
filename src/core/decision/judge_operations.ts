/**
 * Judges a caller's operations under one trusted policy, or denies them all for want of one.
 *
 * @module
 */
import { encodeHex } from "@std/encoding/hex";
import { outcomeKey } from "../audit/outcome_key.ts";
import type { Trust } from "../integrity/trust.ts";
import type { Effect } from "../operation/effect.ts";
import { operationDigest } from "../operation/operation_digest.ts";
import { type Operation, operationTypes, type Principal } from "../operation/operation.ts";
import { type PlanCommand, planEffects } from "../operation/plan_effects.ts";
import type { Policy } from "../policy/policy.ts";
import type { RandomBytes, Sha256 } from "../ports.ts";
import { decide, decideUntrusted } from "./decide.ts";
import type { Decision, Judgement } from "./decision.ts";
import type { DecisionContext } from "./encode_decision.ts";
import { gatherFacts, type Instruments } from "./gather_facts.ts";
import { limitListings } from "./limit_listings.ts";
import type { Guard } from "./other_names.ts";
import type { ShellView } from "./shell_view.ts";
import { touchedPaths } from "./touched_paths.ts";
import type { Unmeasured } from "./unmeasured_header.ts";
import { isWritten, writtenPaths } from "./written_paths.ts";

/** One operation with its judgement, before it is durable. */
export interface Judged {
  readonly judgement: Judgement;
  readonly context: DecisionContext;
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
export interface Bench extends Instruments {
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
  return operations.map((given) => {
    const limited = { ...bench, disk: limitListings(bench.disk) };
    const operation = bench.readsUnknownAsTool === true ? readAsTool(given, bench.policy) : given;
    const { judgement, effects, touches, writes } = judge(operation, principal, limited);
    for (const key of writes) bench.written.add(key);
    const asked = { operation, principal, effects, touches, writes };
    return { judgement, context: contextOf(asked, bench) };
  });
}

function contextOf(
  asked: Pick<DecisionContext, "operation" | "principal" | "effects" | "touches" | "writes">,
  bench: Bench & JudgeOptions,
): DecisionContext {
  const { operation } = asked;
  const { correlationId, agent } = operation;
  return {
    ...asked,
    decisionId: encodeHex(bench.randomBytes(16)),
    operationDigest: operationDigest(operation, bench.sha256),
    policyDigest: bench.trust.policyDigest,
    stateDigest: bench.stateDigest,
    policyTrust: bench.policy === null ? "none" : "accepted",
    attestation: bench.attestation,
    ...(bench.expectsOutcome === true && correlationId !== null
      ? { outcomeKey: outcomeKey(correlationId, agent?.session ?? null, bench.sha256) }
      : {}),
  };
}

function readAsTool(operation: Operation, policy: Policy | null): Operation {
  const isKnown = operationTypes.some((type) => type === operation.type) ||
    policy?.customOperations.has(operation.type) === true;
  if (isKnown) return operation;
  const tool = operation.tool ?? { name: operation.type, input: {} };
  return { ...operation, type: "tool_call", tool };
}

/** The judgement, and the effects it is about; none are planned under a policy nobody trusts. */
interface Judging {
  readonly judgement: Judgement;
  readonly effects: readonly Effect[];
  readonly touches: readonly string[];
  readonly writes: readonly string[];
}

function judge(
  operation: Operation,
  principal: Principal,
  bench: Bench & JudgeOptions,
): Judging {
  const { trust, policy } = bench;
  if (policy === null) {
    const status = trust.status === "tampered" ? "tampered" : "unaccepted";
    return {
      judgement: decideUntrusted(status, trust.message),
      effects: [],
      touches: [],
      writes: [],
    };
  }
  const wasWritten = (path: string) => isWritten(path, bench.written, bench.sha256);
  const planCommand = bench.createPlanner?.({ disk: bench.disk, policy, wasWritten }) ?? null;
  const plan = planEffects(operation, policy.customOperations, planCommand);
  const facts = gatherFacts(operation, plan, bench, guardOf(policy));
  const judgement = decide({
    operation,
    plan,
    policy,
    principal,
    facts,
    scope: bench.scope ?? "policy",
    unmeasured: bench.unmeasured ?? "listed",
  });
  const { effects } = plan;
  const touches = touchedPaths(judgement, facts, bench);
  return {
    judgement,
    effects,
    touches,
    writes: writtenPaths(judgement, effects, facts, bench.sha256),
  };
}

function guardOf(policy: Policy): Guard {
  const { protectedFiles, secretFiles } = policy;
  return {
    reads: policy.guardsReads,
    names: ({ forms }) =>
      protectedFiles.set.match(forms).length > 0 || secretFiles.set.match(forms).length > 0,
  };
}
