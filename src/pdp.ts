/**
 * The one use case: effects, facts, decide, append, answer. Edges translate and call this; they
 * decide nothing.
 *
 * @module
 */
import { parseCallerEvent } from "./core/audit/caller_event.ts";
import type { AuditPort } from "./core/audit/audit_port.ts";
import type { Entry, Receipt } from "./core/audit/entry.ts";
import type { EventFilter } from "./core/audit/event_filter.ts";
import type { LogReport } from "./core/audit/log_report.ts";
import { EventSelection } from "./core/audit/query.ts";
import type { EngineState } from "./core/audit/state.ts";
import type { Decision } from "./core/decision/decision.ts";
import {
  decisionEvent,
  encodeDecision,
  type PolicyPositions,
} from "./core/decision/encode_decision.ts";
import {
  type Judged,
  judgeOperations,
  type JudgeOptions,
} from "./core/decision/judge_operations.ts";
import { type Instruments, needsComplexity } from "./core/decision/gather_facts.ts";
import { EngineError, toEngineError } from "./core/errors.ts";
import { policyFile, type PolicySnapshot } from "./core/integrity/policy_snapshot.ts";
import { compareTrust, type Trust, trustEvents } from "./core/integrity/trust.ts";
import { maxGroupCommitEntries } from "./core/limits.ts";
import type { Operation, Principal } from "./core/operation/operation.ts";
import { type LoadedPolicy, parseKeptPolicy } from "./core/policy/kept_policy.ts";
import type { Policy, Severity } from "./core/policy/policy.ts";
import type { Disk, NowMicros, RandomBytes, Sha256 } from "./core/ports.ts";

export type { EventFilter } from "./core/audit/event_filter.ts";
export type { LogReport, LogVerdict } from "./core/audit/log_report.ts";

/** What the policy on disk is compared with what a human trusted. */
export interface PolicyStatus {
  readonly status: Trust["status"];
  readonly policy_digest: string;
  readonly accepted_digest: string | null;
  readonly policy_trust: Decision["policy_trust"];
  readonly mode: Decision["mode"];
  /** One sentence for people. */
  readonly message: string;
}

/** A caller's own event, as `record` and the library send it. */
export interface CallerEvent {
  readonly type: string;
  readonly severity: Severity;
  readonly details: unknown;
}

/** The engine as edges see it. Every method fails closed: it throws EngineError or answers deny. */
export interface Engine {
  /** Decides each operation in order; an answer is returned only after its entry is durable. */
  readonly check: (
    operations: readonly Operation[],
    principal: Principal,
    options?: JudgeOptions,
  ) => Promise<readonly Decision[]>;
  /** Reads and hashes the policy inputs and says whether they are the trusted ones. */
  readonly verifyPolicy: () => Promise<PolicyStatus>;
  /** Verified entries only; throws when the chain does not verify. */
  readonly readEvents: (filter: EventFilter) => Promise<readonly Entry[]>;
  readonly verifyLog: () => Promise<LogReport>;
  /** Appends a caller's event; reserved prefixes are refused (`event_invalid`). */
  readonly recordEvent: (event: CallerEvent, principal: Principal) => Promise<Receipt>;
}

/** Everything the use case needs from outside. */
export interface EngineParts {
  readonly audit: AuditPort;
  readonly readPolicy: () => PolicySnapshot;
  /** What was kept under this SHA-256 (hex), checked against it; null when nothing was. */
  readonly readKept: (sha256: string) => Uint8Array | null;
  readonly disk: Disk;
  readonly sha256: Sha256;
  readonly randomBytes: RandomBytes;
  readonly nowMicros: NowMicros;
  readonly attestation: Decision["attestation"];
  /** Lets more callers join a group commit; absent where there is only one. */
  readonly waitForCallers?: () => Promise<void>;
}

/** A caller of `check` in the queue. */
interface Waiting {
  readonly operations: readonly Operation[];
  readonly principal: Principal;
  readonly options: JudgeOptions;
  readonly startedMicros: number;
  readonly resolve: (decisions: readonly Decision[]) => void;
  readonly reject: (error: unknown) => void;
}

/** Trust in the policy at one moment, and the policy itself where it is trusted. */
interface Standing {
  readonly trust: Trust;
  readonly loaded: LoadedPolicy | null;
}

/** Builds the engine on its parts. */
export function createEngine(parts: EngineParts): Engine {
  const standings = createStandings(parts);
  return {
    check: createGroupCommit(parts, standings),
    verifyPolicy: async () => {
      return await standings.withReaders(async () => {
        const { result } = await parts.audit.transact(({ state }) => {
          const { trust, loaded } = standings.read(state);
          const result = describeTrust(trust, state, loaded?.policy ?? null);
          return { events: trustEvents(trust, state), result };
        });
        return result;
      });
    },
    readEvents: async (filter) => {
      const selection = new EventSelection(filter);
      for await (const entry of parts.audit.readVerified()) selection.offer(entry);
      return selection.entries;
    },
    verifyLog: () => parts.audit.verifyAll(),
    recordEvent: async (event, principal) => {
      const parsed = parseCallerEvent(event);
      const events = [{ ...parsed, details: { ...parsed.details, principal } }];
      const { receipts } = await parts.audit.transact(() => ({ events, result: null }));
      return only(receipts);
    },
  };
}

/** Thrown inside a transaction, which then writes nothing: the YAML readers must be loaded first. */
class ReadersNeeded extends Error {}

interface Standings {
  /** Hashes on every call; parses again only when the digest is another one. */
  readonly read: (state: EngineState) => Standing;
  /** Runs `act` again with the YAML readers where it turns out to need them. */
  readonly withReaders: <T>(act: () => Promise<T>) => Promise<T>;
}

function createStandings(
  { readPolicy, readKept }: Pick<EngineParts, "readPolicy" | "readKept">,
): Standings {
  let last: LoadedPolicy | null = null;
  let loadText: ((snapshot: PolicySnapshot) => LoadedPolicy) | null = null;
  const load = (snapshot: PolicySnapshot, state: EngineState): LoadedPolicy => {
    const keptDigest = state.accepted?.values_sha256 ?? null;
    const kept = keptDigest === null ? null : readKept(keptDigest);
    const loaded = kept && parseKeptPolicy(new TextDecoder().decode(kept), snapshot);
    if (loaded !== null) return loaded;
    if (loadText === null) throw new ReadersNeeded();
    return loadText(snapshot);
  };
  const read = (state: EngineState): Standing => {
    const found = readSnapshot(readPolicy);
    const trust = compareTrust(found, state);
    if (!("digest" in found)) {
      // Never accepted and not even readable: there is nothing a human could have meant. And a
      // system that is out of resources says nothing about the policy.
      if (trust.status === "unaccepted" || found.code === "resources_exhausted") throw found;
      return { trust, loaded: null };
    }
    if (trust.status !== "trusted") return { trust, loaded: null };
    if (last?.digest !== found.digest) last = load(found, state);
    return { trust, loaded: last };
  };
  const withReaders = async <T>(act: () => Promise<T>): Promise<T> => {
    try {
      return await act();
    } catch (error) {
      if (!(error instanceof ReadersNeeded)) throw error;
      loadText = (await import("./core/policy/load_policy.ts")).loadPolicy;
      return await act();
    }
  };
  return { read, withReaders };
}

function readSnapshot(read: () => PolicySnapshot): PolicySnapshot | EngineError {
  try {
    return read();
  } catch (error) {
    return toEngineError(error);
  }
}

function describeTrust(trust: Trust, state: EngineState, policy: Policy | null): PolicyStatus {
  const isDisabled = policy?.enforcement.enabled === false;
  return {
    status: trust.status,
    policy_digest: trust.policyDigest,
    accepted_digest: state.accepted?.policy_digest ?? null,
    policy_trust: trust.status === "trusted" ? "accepted" : "none",
    mode: isDisabled ? "disabled" : policy?.enforcement.mode ?? "enforce",
    message: trust.message,
  };
}

function only(receipts: readonly Receipt[]): Receipt {
  const receipt = receipts[0];
  if (receipt === undefined) throw new EngineError("internal", "The log returned no receipt");
  return receipt;
}

/**
 * One transaction serves every caller that waits: decisions of a group are made on one state and
 * become durable by one write. Law A3: nobody is answered before.
 */
function createGroupCommit(parts: EngineParts, standings: Standings): Engine["check"] {
  const queue: Waiting[] = [];
  let isRunning = false;
  const run = async () => {
    isRunning = true;
    while (queue.length > 0) {
      await parts.waitForCallers?.();
      const group = takeGroup(queue);
      await standings.withReaders(() => commitGroup(group, parts, standings)).catch((error) => {
        for (const waiting of group) waiting.reject(toEngineError(error));
      });
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

async function commitGroup(
  group: readonly Waiting[],
  parts: EngineParts,
  standings: Standings,
): Promise<void> {
  const measureComplexity = await loadComplexity(group);
  const { result, receipts } = await parts.audit.transact((view) => {
    const { trust, loaded } = standings.read(view.state);
    const { stateDigest } = view;
    const policy = loaded?.policy ?? null;
    const bench = { ...parts, trust, policy, stateDigest, measureComplexity };
    const judged = group.map(({ operations, principal, options }) =>
      judgeOperations(operations, principal, { ...bench, ...options })
    );
    const before = trustEvents(trust, view.state);
    const events = judged.flat().map((one) => decisionEvent(one.judgement, one.context));
    return { events: [...before, ...events], result: { judged, loaded, skip: before.length } };
  });
  const positions = result.loaded?.positions ?? null;
  let next = result.skip;
  for (const [index, waiting] of group.entries()) {
    const judged = result.judged[index] ?? [];
    const own = receipts.slice(next, next += judged.length);
    const elapsedMicros = Math.max(0, parts.nowMicros() - waiting.startedMicros);
    waiting.resolve(answer(judged, own, { elapsedMicros, positions }));
  }
}

/** The readers of source code, only when an operation brings any. */
async function loadComplexity(
  group: readonly Waiting[],
): Promise<Instruments["measureComplexity"]> {
  const isNeeded = group.some(({ operations }) => operations.some(needsComplexity));
  return isNeeded ? (await import("./core/operation/complexity.ts")).measureComplexity : null;
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
