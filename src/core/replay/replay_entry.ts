/**
 * One logged decision, made again from the log and what is kept beside it. Law R1.
 *
 * @module
 */
import { readCounted } from "../audit/counted_entry.ts";
import type { Entry } from "../audit/entry.ts";
import { readHistory } from "../audit/read_history.ts";
import type { EngineState } from "../audit/state.ts";
import { EngineError } from "../errors.ts";
import type { Trust } from "../integrity/trust.ts";
import type { JsonObject } from "../operation/operation.ts";
import type { Policy } from "../policy/policy.ts";
import { version } from "../version.ts";
import { compareVerdicts, type Difference } from "./compare_verdicts.ts";
import { liftRecorded } from "./lift_recorded.ts";
import { InputMissing } from "./input_missing.ts";
import { CannotReplay, type KeptFiles, readInput } from "./kept_input.ts";
import { replayInput, type ReplayJudge } from "./replay_input.ts";
import type { ReplayResult } from "./replay_result.ts";
import type { StateTrail } from "./state_trail.ts";

export interface ReplayParts extends
  Pick<
    ReplayJudge,
    "createPlanner" | "toolReader" | "measureComplexity" | "onCheck" | "onJudged"
  > {
  readonly kept: KeptFiles;
  /** The log up to the entry, without it. */
  readonly trail: StateTrail;
  /** The accepted policy of a state, as kept. @throws {CannotReplay} */
  readonly loadPolicy: (accepted: NonNullable<EngineState["accepted"]>) => Policy;
}

/**
 * Decides once more and compares. What the planner throws to ask for more programs is the caller's.
 *
 * @param entry Verified, of type `audit.decision`.
 */
export function replayEntry(entry: Entry, parts: ReplayParts): ReplayResult {
  const { details, seq } = entry;
  const engine = typeof details["engine"] === "string" ? details["engine"] : null;
  const said = { seq, decision: details["decision"] ?? null, engine };
  try {
    const differences = differencesOf(entry, parts, engine === version);
    if (differences.length === 0) return { ...said, status: "agrees" };
    return { ...said, status: "disagrees", message: describe(differences, engine), differences };
  } catch (error) {
    if (error instanceof CannotReplay) {
      return { ...said, status: "cannot", code: error.code, message: error.message };
    }
    if (!(error instanceof InputMissing)) throw error;
    return { ...said, status: "cannot", code: "input_missing", message: error.message };
  }
}

function differencesOf(
  entry: Entry,
  parts: ReplayParts,
  isSameEngine: boolean,
): readonly Difference[] {
  const { details } = entry;
  const input = readInput(details, parts.kept);
  if (details["replayable"] !== undefined) {
    throw new CannotReplay("not_replayable", "without its secrets the operation is another one");
  }
  const stateDigest = String(details["state_digest"]);
  const found = parts.trail.find(stateDigest);
  const state = found ?? parts.trail.newest;
  if (state === null) {
    throw new CannotReplay("state_missing", "the log does not begin at its beginning");
  }
  // Another version may count other things to its state; its hash is then another one.
  if (found === null && isSameEngine) {
    return [{ field: "state_digest", recorded: stateDigest, replayed: null }];
  }
  const { denials, tool_pins } = state;
  const { trust, policy } = judgeOf(state, details, parts);
  const summary = (details["operation"] ?? {}) as JsonObject;
  const principal = String(details["principal"]);
  const newest = parts.trail.newest ?? state;
  const judgement = replayInput(input, summary, principal, {
    ...parts,
    denials,
    tool_pins,
    trust,
    policy,
    ...historyOf(entry, newest),
  });
  return compareVerdicts(entry, liftRecorded(entry, judgement, newest));
}

/**
 * What was remembered right before the entry, at the moment it names: decisions of one commit share
 * the state they name, and each is made on what the ones before it leave behind.
 */
function historyOf(
  { details }: Entry,
  { counted }: EngineState,
): Pick<ReplayJudge, "history"> {
  const entry = readCounted(details);
  if (entry === null) return {};
  const { at: now, session } = entry;
  return {
    history: readHistory(counted, { principal: String(details["principal"]), session, now }),
  };
}

/** Trust as it was: the digest of the policy on disk stands in the entry, and why none counted. */
function judgeOf(
  { accepted }: EngineState,
  { policy_digest: digest, distrust }: JsonObject,
  { loadPolicy }: ReplayParts,
): { readonly trust: Pick<Trust, "status" | "message">; readonly policy: Policy | null } {
  if (distrust === "tampered" || distrust === "unaccepted") {
    return { trust: { status: distrust, message: "" }, policy: null };
  }
  // Versions that did not say why had no other reasons.
  if (accepted === null) return { trust: { status: "unaccepted", message: "" }, policy: null };
  if (digest !== accepted.policy_digest) {
    return { trust: { status: "tampered", message: "" }, policy: null };
  }
  return { trust: { status: "trusted", message: "" }, policy: loadAccepted(accepted, loadPolicy) };
}

function loadAccepted(
  accepted: NonNullable<EngineState["accepted"]>,
  loadPolicy: ReplayParts["loadPolicy"],
): Policy {
  try {
    return loadPolicy(accepted);
  } catch (error) {
    if (!(error instanceof EngineError)) throw error;
    throw new CannotReplay("policy_missing", `the policy of then cannot be read: ${error.message}`);
  }
}

function describe(differences: readonly Difference[], engine: string | null): string {
  const what = differences.map(({ field, recorded, replayed }) =>
    `${field} was ${JSON.stringify(recorded)}, is now ${JSON.stringify(replayed)}`
  ).join("; ");
  return engine === version ? what : `${what} (version ${engine} decided, this is ${version})`;
}
