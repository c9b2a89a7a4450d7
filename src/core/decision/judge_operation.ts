/**
 * One operation under one policy, on evidence: the same function when it is asked and when it is
 * replayed.
 *
 * @module
 */
import { type DenialState, findDenials } from "../audit/denial_state.ts";
import type { ToolPin, ToolPinState } from "../audit/tool_pin_state.ts";
import type { CheckRun } from "../check/check_run.ts";
import { nameByDisk } from "../check/name_file.ts";
import { operationRequest } from "../check/operation_request.ts";
import { EngineError } from "../errors.ts";
import type { Trust } from "../integrity/trust.ts";
import type { Effect } from "../operation/effect.ts";
import type { Operation, Principal } from "../operation/operation.ts";
import { needsTool, type PlanCommand, planEffects } from "../operation/plan_effects.ts";
import type { Policy } from "../policy/policy.ts";
import { decide, decideUntrusted } from "./decide.ts";
import type { Judgement } from "./decision.ts";
import { deniedKeys } from "./denied_things.ts";
import type { Evidence } from "./evidence.ts";
import type { Facts } from "./facts.ts";
import { gatherFacts, type Instruments } from "./gather_facts.ts";
import type { History } from "./history.ts";
import { matchingChecks } from "./match_checks.ts";
import { createConcerns } from "./match_condition.ts";
import type { MatchedDefinitions } from "./match_definitions.ts";
import type { Guard } from "./other_names.ts";
import type { Question } from "./question.ts";
import type { ShellView } from "./shell_view.ts";
import type { ToolReader } from "./tool_reader.ts";
import type { Unmeasured } from "./unmeasured_header.ts";

/** What an operation is judged by. */
export interface Judge
  extends Pick<Instruments, "measureComplexity">, DenialState, Partial<ToolPinState> {
  readonly trust: Pick<Trust, "status" | "message">;
  /** Null unless `trust.status` is `trusted`. */
  readonly policy: Policy | null;
  /** Reads command lines; null where no operation at hand has one (see needsShell). */
  readonly createPlanner: ((view: ShellView) => PlanCommand) | null;
  /** Reads calls of tools; null where no operation at hand is one (see needsTool). */
  readonly toolReader: ToolReader | null;
  readonly evidence: Evidence;
  /** Whether the file at this absolute real path was written through the engine lately. */
  readonly wasWritten: (realPath: string) => boolean;
  readonly scope?: "policy" | "protected_files";
  readonly unmeasured?: Unmeasured;
  /** See Question. */
  readonly history?: History;
}

/** The judgement, and what it is about; nothing is planned under a policy nobody trusts. */
export interface Judging {
  readonly judgement: Judgement;
  readonly effects: readonly Effect[];
  readonly facts: Facts | null;
  /** What was decided on; null where there is no policy to decide by. */
  readonly question: Question | null;
  /** Keys of what it denies; see deniedKeys. */
  readonly denied: readonly string[];
  /** Definitions of tools that nobody had seen before. */
  readonly fresh: readonly ToolPin[];
}

/** Judges one operation. */
export function judgeOperation(
  operation: Operation,
  principal: Principal,
  judge: Judge,
): Judging {
  const { trust, policy, evidence } = judge;
  if (policy === null) {
    const judgement = decideUntrusted(distrustOf(trust), trust.message);
    return { judgement, effects: [], facts: null, question: null, denied: [], fresh: [] };
  }
  const { disk, watchShell: watch } = evidence;
  const { measureComplexity, wasWritten, tool_pins = [] } = judge;
  const planCommand = judge.createPlanner?.({ disk, policy, wasWritten, watch }) ?? null;
  const reader = requireReader(operation, judge);
  const planTool = reader?.createPlanner(policy.tools) ?? null;
  const plan = planEffects(operation, policy.customOperations, planCommand, planTool);
  const facts = gatherFacts(
    operation,
    plan,
    { disk, measureComplexity, evidence },
    guardOf(policy),
  );
  const definitions = reader?.matchDefinitions(operation, policy, { tool_pins }) ?? noDefinitions;
  const question: Question = {
    operation,
    plan,
    policy,
    principal,
    facts,
    denials: findDenials(judge, principal),
    definitions,
    scope: judge.scope ?? "policy",
    unmeasured: judge.unmeasured ?? "listed",
    ...(judge.history === undefined ? {} : { history: judge.history }),
  };
  const asked = policy.checks.length === 0 ? question : withChecks(question, evidence);
  const judgement = decide(asked);
  const denied = deniedKeys(judgement, asked);
  const { fresh } = definitions;
  return { judgement, effects: plan.effects, facts, question: asked, denied, fresh };
}

const noDefinitions: MatchedDefinitions = { findings: [], fresh: [] };

/** SECURITY: of what nobody has read a rule that speaks of the tool could release too much. */
function requireReader(operation: Operation, { toolReader }: Judge): ToolReader | null {
  if (toolReader !== null || !needsTool(operation)) return toolReader;
  throw new EngineError("internal", "Nobody is here to read what the tool is asked to do");
}

/** Asks the checks that judge it. */
function withChecks(question: Question, { runCheck }: Evidence): Question {
  if (question.scope === "protected_files") return question;
  const { operation, plan: { effects }, facts } = question;
  const nameFile = nameByDisk(facts, operation.cwd);
  const checks = new Map<string, CheckRun>();
  for (const check of matchingChecks(question, createConcerns(question.policy))) {
    const request = () => operationRequest(check, operation, effects, nameFile);
    checks.set(check.id, runCheck(check, request));
  }
  return { ...question, checks };
}

/** Why no policy counts. */
export function distrustOf({ status }: Pick<Trust, "status">): "tampered" | "unaccepted" {
  return status === "tampered" ? "tampered" : "unaccepted";
}

function guardOf(policy: Policy): Guard {
  const { protectedFiles, secretFiles } = policy;
  return {
    reads: policy.guardsReads,
    names: ({ forms }) =>
      protectedFiles.set.match(forms).length > 0 || secretFiles.set.match(forms).length > 0,
  };
}
