/**
 * The one use case: effects, facts, decide, append, answer. Edges translate and call this; they
 * decide nothing.
 *
 * @module
 */
import { parseCallerEvent } from "./core/audit/caller_event.ts";
import type { Entry, Head, NewEvent, Receipt } from "./core/audit/entry.ts";
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
import { EngineError, toEngineError } from "./core/errors.ts";
import { policyFile, type PolicySnapshot } from "./core/integrity/policy_snapshot.ts";
import { compareTrust, type Trust, trustEvents } from "./core/integrity/trust.ts";
import { maxGroupCommitEntries } from "./core/limits.ts";
import type { Operation, Principal } from "./core/operation/operation.ts";
import { type LoadedPolicy, loadPolicy } from "./core/policy/load_policy.ts";
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

/** What a transaction on the log sees: everything other processes appended included. */
export interface AuditView {
  readonly state: EngineState;
  readonly stateDigest: string;
  readonly head: Head;
}

/** The log, as the use case needs it. */
export interface AuditPort {
  /** Runs `build` under the log's lock; resolves only when its events are durable. */
  readonly transact: <T>(
    build: (view: AuditView) => { readonly events: readonly NewEvent[]; readonly result: T },
  ) => Promise<{ readonly result: T; readonly receipts: readonly Receipt[] }>;
  /** Verified entries from genesis; throws at the first finding. */
  readonly readVerified: () => AsyncIterable<Entry>;
  readonly verifyAll: () => Promise<LogReport>;
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
  const readStanding = createStandingReader(parts);
  return {
    check: createGroupCommit(parts, readStanding),
    verifyPolicy: async () => {
      const { result } = await parts.audit.transact(({ state }) => {
        const { trust, loaded } = readStanding(state);
        const result = describeTrust(trust, state, loaded?.policy ?? null);
        return { events: trustEvents(trust, state), result };
      });
      return result;
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

/** Hashes on every call; parses again only when the digest is another one. */
function createStandingReader(
  { readPolicy, readKept }: Pick<EngineParts, "readPolicy" | "readKept">,
): (state: EngineState) => Standing {
  let last: LoadedPolicy | null = null;
  return (state) => {
    const found = readSnapshot(readPolicy);
    const trust = compareTrust(found, state);
    if (!("digest" in found)) {
      // Never accepted and not even readable: there is nothing a human could have meant. And a
      // system that is out of resources says nothing about the policy.
      if (trust.status === "unaccepted" || found.code === "resources_exhausted") throw found;
      return { trust, loaded: null };
    }
    if (trust.status !== "trusted") return { trust, loaded: null };
    if (last?.digest !== found.digest) {
      const values = state.accepted?.values_sha256 ?? null;
      const kept = values === null ? null : readKept(values);
      last = loadPolicy(found, kept === null ? null : new TextDecoder().decode(kept));
    }
    return { trust, loaded: last };
  };
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
function createGroupCommit(
  parts: EngineParts,
  readStanding: (state: EngineState) => Standing,
): Engine["check"] {
  const queue: Waiting[] = [];
  let isRunning = false;
  const run = async () => {
    isRunning = true;
    while (queue.length > 0) {
      await parts.waitForCallers?.();
      await commitGroup(takeGroup(queue), parts, readStanding);
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
  readStanding: (state: EngineState) => Standing,
): Promise<void> {
  try {
    const { result, receipts } = await parts.audit.transact((view) => {
      const { trust, loaded } = readStanding(view.state);
      const { stateDigest } = view;
      const bench = { ...parts, trust, policy: loaded?.policy ?? null, stateDigest };
      const judged = group.map(({ operations, principal, options }) =>
        judgeOperations(operations, principal, { ...bench, ...options })
      );
      const before = trustEvents(trust, view.state);
      const events = judged.flat().map((one) => decisionEvent(one.judgement, one.context));
      return { events: [...before, ...events], result: { judged, loaded, skip: before.length } };
    });
    const positions = await locateFindings(result.judged.flat(), result.loaded);
    let next = result.skip;
    for (const [index, waiting] of group.entries()) {
      const judged = result.judged[index] ?? [];
      const own = receipts.slice(next, next += judged.length);
      const elapsedMicros = Math.max(0, parts.nowMicros() - waiting.startedMicros);
      waiting.resolve(answer(judged, own, { elapsedMicros, positions }));
    }
  } catch (error) {
    for (const waiting of group) waiting.reject(toEngineError(error));
  }
}

/** Lines of the policy, only when a finding points to one: the second parser is not free. */
async function locateFindings(
  judged: readonly Judged[],
  loaded: LoadedPolicy | null,
): Promise<PolicyPositions | null> {
  const isNeeded = judged.some(({ judgement }) =>
    judgement.findings.some(({ sourceKey }) => sourceKey !== null)
  );
  if (!isNeeded || loaded === null) return null;
  const known = positionsOf.get(loaded);
  if (known !== undefined) return known;
  const { policyPositions } = await import("./core/policy/locate.ts");
  const positions = policyPositions(loaded.text);
  positionsOf.set(loaded, positions);
  return positions;
}

const positionsOf = new WeakMap<LoadedPolicy, PolicyPositions>();

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
