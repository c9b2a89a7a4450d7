/**
 * From waiting callers to durable answers.
 *
 * @module
 */
import type { Receipt } from "../core/audit/entry.ts";
import type { Decision } from "../core/decision/decision.ts";
import { encodeDecision, type PolicyPositions } from "../core/decision/encode_decision.ts";
import {
  type Bench,
  type Judged,
  judgeOperations,
  type JudgeOptions,
  readAsTool,
} from "../core/decision/judge_operations.ts";
import { Memory } from "../core/decision/memory.ts";
import { type JudgedAs, recordDecisions } from "../core/decision/record_decisions.ts";
import { EngineError, toEngineError } from "../core/errors.ts";
import { policyFile } from "../core/integrity/policy_snapshot.ts";
import { maxGroupCommitEntries, maxOperationsPerTurn, turnMicros } from "../core/limits.ts";
import type { Operation, Principal } from "../core/operation/operation.ts";
import { type CheckBench, type Checks } from "./checks_of.ts";
import type { Engine, EngineParts } from "./engine.ts";
import { exceptionsOf } from "./exceptions_of.ts";
import { loadReaders } from "./load_readers.ts";
import { createProof, withProof } from "./proof.ts";
import type { Standings } from "./standings.ts";

/** A caller of `check` in the queue. */
interface Waiting {
  readonly operations: readonly Operation[];
  readonly principal: Principal;
  readonly options: JudgeOptions;
  readonly startedMicros: number;
  readonly resolve: (decisions: readonly Decision[]) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Cuts long batches into turns. SECURITY: what one caller's operations make the disk do must not
 * keep everybody else from being answered, nor the log locked for long.
 */
export function createTurns(check: Engine["check"]): Engine["check"] {
  return async (operations, principal, options) => {
    const decisions: Decision[] = [];
    for (let start = 0; start < operations.length; start += maxOperationsPerTurn) {
      const turn = operations.slice(start, start + maxOperationsPerTurn);
      // One turn at a time: queued all at once they would still stand before everybody else.
      decisions.push(...await check(turn, principal, options));
    }
    return decisions;
  };
}

/**
 * One transaction serves every caller that waits: decisions of a group are made on one state and
 * become durable by one write. Law A3: nobody is answered before.
 */
export function createGroupCommit(
  parts: EngineParts,
  standings: Standings,
  checkBench: CheckBench,
): Engine["check"] {
  const queue: Waiting[] = [];
  let isRunning = false;
  let lastCallers = 0;
  const run = async () => {
    isRunning = true;
    while (queue.length > 0) {
      await parts.waitForCallers?.(Math.max(lastCallers, queue.length) > 1);
      const group = takeGroup(queue);
      lastCallers = group.length;
      const checks = checkBench.startGroup();
      await standings.withReaders(() => commitGroup(group, { parts, standings, checks })).then(
        (served) => queue.unshift(...group.slice(served)),
        (error) => group.forEach((waiting) => waiting.reject(toEngineError(error))),
      );
    }
    isRunning = false;
  };
  return (operations, principal, options = {}) =>
    new Promise((resolve, reject) => {
      const startedMicros = parts.nowMicros();
      queue.push({ operations, principal, options, startedMicros, resolve, reject });
      if (!isRunning) void run();
    });
}

function takeGroup(queue: Waiting[]): readonly Waiting[] {
  let entries = 0;
  const surplus = queue.findIndex(({ operations }, index) => {
    entries += operations.length;
    return index > 0 && entries > maxGroupCommitEntries;
  });
  return queue.splice(0, surplus === -1 ? queue.length : surplus);
}

/** Returns how many of the group were served before its time was up. */
async function commitGroup(
  group: readonly Waiting[],
  { parts, standings, checks }: {
    readonly parts: EngineParts;
    readonly standings: Standings;
    readonly checks: Checks;
  },
): Promise<number> {
  const { readers, withPrograms } = await loadReaders(group.flatMap(readingsOf));
  const transact = () =>
    parts.audit.transact((view) => {
      const { trust, loaded, snapshot, events: before } = standings.read(view.state);
      const { stateDigest, state } = view;
      const { denials, tool_pins } = state;
      const policy = loaded?.policy ?? null;
      const instruments = { ...readers, written: new Set(state.written) };
      const memory = new Memory(state.counted, parts.nowMicros());
      const granted = { ...state, isSigned: trust.isSigned === true };
      const exceptions = exceptionsOf(policy, granted, parts);
      const runCheck = checks.at(policy, snapshot);
      const remembered = { denials, tool_pins, memory };
      const known = { trust, policy, stateDigest, ...remembered, exceptions, runCheck };
      const bench = { ...parts, ...known, ...instruments };
      const judged = judgeGroup(group, bench, parts.nowMicros);
      checks.requireAll();
      const { sha256, keep } = parts;
      const events = recordDecisions(judged.flat(), { sha256, keep, proves: createProof(bench) });
      return { events: [...before, ...events], result: { judged, loaded, skip: before.length } };
    });
  const act = () => checks.withChecks(() => withProof(transact));
  const { result, receipts } = await withPrograms(act);
  const positions = result.loaded?.positions ?? null;
  let next = result.skip;
  for (const [index, judged] of result.judged.entries()) {
    const waiting = group[index];
    const own = receipts.slice(next, next += judged.length);
    const elapsedMicros = Math.max(0, parts.nowMicros() - (waiting?.startedMicros ?? 0));
    waiting?.resolve(answer(judged, own, { elapsedMicros, positions }));
  }
  return result.judged.length;
}

/** In order, as many as fit into one turn, and at least the first. */
function judgeGroup(
  group: readonly Waiting[],
  bench: Bench,
  nowMicros: EngineParts["nowMicros"],
): readonly (readonly JudgedAs[])[] {
  const endMicros = nowMicros() + turnMicros;
  const judged: (readonly JudgedAs[])[] = [];
  for (const { operations, principal, options } of group) {
    if (judged.length > 0 && nowMicros() > endMicros) break;
    const group = judgeOperations(operations, principal, { ...bench, ...options });
    judged.push(group.map((one) => ({ ...one, options })));
  }
  return judged;
}

/** The operations as they may be read. */
function readingsOf({ operations, options }: Waiting): readonly Operation[] {
  if (options.readsUnknownAsTool !== true) return operations;
  return operations.map((operation) => readAsTool(operation, null));
}

function answer(
  judged: readonly Judged[],
  receipts: readonly Receipt[],
  sent: { readonly elapsedMicros: number; readonly positions: PolicyPositions | null },
): readonly Decision[] {
  return judged.map(({ judgement, context }, index) =>
    encodeDecision(judgement, context, {
      ...sent,
      receipt: only(receipts.slice(index, index + 1)),
      file: policyFile,
    })
  );
}

/** The one receipt of one event. */
export function only(receipts: readonly Receipt[]): Receipt {
  const receipt = receipts[0];
  if (receipt === undefined) throw new EngineError("internal", "The log returned no receipt");
  return receipt;
}
