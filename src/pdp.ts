/**
 * The one use case: effects, facts, decide, append, answer. Edges translate and call this; they
 * decide nothing.
 *
 * @module
 */
import type { Principal } from "./core/operation/operation.ts";
import { createCheckBench } from "./pdp/checks_of.ts";
import type { Engine, EngineParts, PolicyStatus } from "./pdp/engine.ts";
import { createGroupCommit, createTurns, only } from "./pdp/group_commit.ts";
import { createOverrideDesk } from "./pdp/create_override_desk.ts";
import { createStandings, type Standings } from "./pdp/standings.ts";

export type {
  BacktestStep,
  BudgetUse,
  Engine,
  EngineParts,
  EventExport,
  EventFollower,
  EventStream,
  Explained,
  ExplainedEntry,
  ExportRequest,
  ManifestFacts,
  ObserveOptions,
  OutcomeAnswer,
  OverrideFacts,
  PolicyStatus,
  StreamFilter,
  WatchAnswer,
} from "./pdp/engine.ts";

/** Builds the engine on its parts. */
export function createEngine(parts: EngineParts): Engine {
  const standings = createStandings(parts);
  const checkBench = createCheckBench(parts);
  return {
    check: createTurns(createGroupCommit(parts, standings, checkBench)),
    verifyPolicy: (principal) => verifyPolicy(parts, standings, principal),
    ...readers(parts),
    ...replayers(parts),
    verifyLog: () => parts.audit.verifyAll(),
    explain: async (operation, principal) => {
      const { explainOperation } = await import("./pdp/explain_operation.ts");
      return await explainOperation(operation, principal, { parts, standings, checkBench });
    },
    explainEntry: async (seq) => (await import("./pdp/explain_entry.ts")).explainEntry(seq, parts),
    recordEvent: async (event, principal) => {
      const { parseCallerEvent } = await import("./core/audit/caller_event.ts");
      const parsed = parseCallerEvent(event);
      // The engine's word on who wrote it, under a name of its own: a caller's stays the caller's.
      const events = [{ ...parsed, details: { ...parsed.details, recorded_by: principal } }];
      const use = { isOptional: parsed.severity === "LOW" };
      const { receipts } = await parts.audit.transact(() => ({ events, result: null }), use);
      return only(receipts);
    },
    // Loaded when they are called: a one-shot that decides pays nothing for them.
    recordOutcome: async (outcome, principal) =>
      (await import("./pdp/outcomes.ts")).recordOutcome(outcome, principal, parts),
    settle: async (settlement, principal) =>
      (await import("./pdp/outcomes.ts")).settleOutcomes(settlement, principal, parts),
    overrides: createOverrideDesk(parts, standings),
    observeProtected: async (principal, options = {}) => {
      const { observeProtected } = await import("./pdp/observe_protected.ts");
      return await observeProtected(principal, options, parts, standings);
    },
  };
}

async function verifyPolicy(
  parts: EngineParts,
  standings: Standings,
  principal?: Principal,
): Promise<PolicyStatus> {
  // A check never asks: it loads neither.
  const { describeBudgets } = await import("./pdp/describe_budgets.ts");
  const { describeTrust } = await import("./pdp/describe_trust.ts");
  return await standings.withReaders(async () => {
    const { result } = await parts.audit.transact(({ state }) => {
      const { trust, loaded, events } = standings.read(state);
      const policy = loaded?.policy ?? null;
      const budgets = describeBudgets(policy, state, { ...parts, principal });
      return { events, result: { ...describeTrust(trust, state, policy), ...budgets } };
    });
    return result;
  });
}

/** What judges logged decisions again. */
function replayers(parts: EngineParts): Pick<Engine, "replay" | "backtest"> {
  const load = () => import("./pdp/replay.ts");
  return {
    replay: async function* (range, options) {
      yield* (await load()).replayLog(range, parts, options);
    },
    backtest: async function* (range, candidate) {
      yield* (await load()).backtestLog(range, candidate, parts);
    },
  };
}

/** Readers of the log; their code is loaded when somebody reads. */
function readers(
  parts: EngineParts,
): Pick<Engine, "readEvents" | "streamEvents" | "followEvents" | "exportEvents"> {
  const load = () => import("./pdp/read_events.ts");
  return {
    readEvents: async (filter) => (await load()).readEvents(filter, parts),
    streamEvents: async (filter) => (await load()).streamEvents(filter, parts),
    followEvents: async (filter) => (await load()).followEvents(filter, parts),
    exportEvents: async (request, principal) =>
      (await import("./pdp/export_events.ts")).exportEvents(request, principal, parts),
  };
}
