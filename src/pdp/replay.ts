/**
 * Walks the verified log and makes its decisions again. Asks the disk for nothing but the log and
 * what is kept beside it, and writes nothing.
 *
 * @module
 */
import type { Entry } from "../core/audit/entry.ts";
import type { EngineState } from "../core/audit/state.ts";
import { createPlanner, loadPrograms } from "../core/decision/command_planner.ts";
import { toolReader } from "../core/decision/tool_reader.ts";
import { type PolicySnapshot, textFiles } from "../core/integrity/policy_snapshot.ts";
import { measureComplexity } from "../core/operation/complexity.ts";
import { parseKeptPolicy } from "../core/policy/kept_policy.ts";
import { loadPolicy } from "../core/policy/load_policy.ts";
import type { Policy } from "../core/policy/policy.ts";
import { EngineError } from "../core/errors.ts";
import { type Candidate, judgeCandidate, knownNames } from "../core/replay/judge_candidate.ts";
import { CandidateMemory } from "../core/replay/candidate_memory.ts";
import { CannotReplay, type KeptFiles } from "../core/replay/kept_input.ts";
import { replayEntry, type ReplayParts } from "../core/replay/replay_entry.ts";
import type { ReplayResult } from "../core/replay/replay_result.ts";
import type { KnownNames } from "../core/replay/strict_evidence.ts";
import type { SeqRange } from "../core/replay/seq_range.ts";
import { StateTrail } from "../core/replay/state_trail.ts";
import type { BacktestStep, EngineParts, ReplayOptions } from "./engine.ts";
import type { AskedAgain } from "./rerun_checks.ts";

const instruments = { createPlanner, toolReader, measureComplexity };

/** Replays the decisions in a range, in order; other entries are passed over. */
export async function* replayLog(
  { first, last }: SeqRange,
  parts: EngineParts,
  { runsChecks = false }: ReplayOptions = {},
): AsyncGenerator<ReplayResult> {
  await loadPrograms();
  const trail = new StateTrail(parts.sha256);
  const load = createPolicyLoader(parts);
  const replayParts = { kept: parts, trail, loadPolicy: load, ...instruments };
  const rerun = runsChecks ? await createRerun(parts) : null;
  for await (const entry of parts.audit.readVerified()) {
    if (entry.seq > last) return;
    if (trail.newest === null) beginTrail(trail, entry, parts);
    if (entry.seq >= first && isDecision(entry)) {
      yield rerun === null ? replayEntry(entry, replayParts) : await rerun(entry, replayParts);
    }
    trail.follow(entry);
  }
}

/** Replays, and then runs the checks that were asked. */
async function createRerun(parts: EngineParts) {
  const { CheckRunner } = await import("./check_runner.ts");
  const { rerunChecks } = await import("./rerun_checks.ts");
  const runner = new CheckRunner(parts.loadSandbox);
  return async (entry: Entry, replayParts: ReplayParts): Promise<ReplayResult> => {
    const asked: AskedAgain[] = [];
    let policy: Policy | null = null;
    const result = replayEntry(entry, {
      ...replayParts,
      onCheck: (check, request) => asked.push({ check, request }),
      onJudged: ({ question }) => policy = question?.policy ?? null,
    });
    if (policy === null || asked.length === 0) return result;
    const inputs = stateOf(entry, replayParts.trail)?.accepted?.inputs ?? [];
    return await rerunChecks(result, { entry, policy, inputs, asked, runner }, parts);
  };
}

/** Judges the decisions in a range under a candidate; every entry is told, in order. */
export async function* backtestLog(
  { first, last }: SeqRange,
  candidate: Candidate,
  parts: EngineParts,
): AsyncGenerator<BacktestStep> {
  await loadPrograms();
  const trail = new StateTrail(parts.sha256);
  const knownAt = createKnown(candidate, parts);
  const memory = new CandidateMemory(parts.sha256);
  for await (const entry of parts.audit.readVerified()) {
    if (entry.seq > last) return;
    if (trail.newest === null) beginTrail(trail, entry, parts);
    if (entry.seq >= first) {
      const known = () => knownAt(entry, trail.newest);
      // Entries of one commit are decided on the state before its first.
      const denials = () => stateOf(entry, trail)?.denials ?? [];
      const toolPins = () => stateOf(entry, trail)?.tool_pins ?? [];
      const own = { known, denials, toolPins, memory };
      const judging = { kept: parts, ...own, ...instruments };
      const result = isDecision(entry) ? judgeCandidate(entry, candidate, judging) : null;
      yield { entry, result };
    }
    trail.follow(entry);
  }
}

function stateOf({ details }: Entry, trail: StateTrail): EngineState | null {
  return trail.find(String(details["state_digest"])) ?? trail.newest;
}

/** What of an entry's evidence holds for the candidate; looked up once for each policy of then. */
function createKnown({ policy }: Candidate, parts: EngineParts) {
  const load = createPolicyLoader(parts);
  const found = new Map<string, KnownNames>();
  return ({ details }: Entry, state: EngineState | null): KnownNames => {
    const digest = String(details["policy_digest"]);
    const accepted = state?.accepted ?? null;
    if (accepted?.policy_digest !== digest) return knownNames(policy, null);
    const known = found.get(digest) ?? knownNames(policy, loadOrNull(() => load(accepted)));
    found.set(digest, known);
    return known;
  };
}

/** Null where it cannot be read any more. */
function loadOrNull(load: () => Policy): Policy | null {
  try {
    return load();
  } catch (error) {
    if (error instanceof CannotReplay || error instanceof EngineError) return null;
    throw error;
  }
}

/** Where the front is gone: with the state that a segment begins with, or a snapshot. */
export function beginTrail(
  trail: StateTrail,
  { type, details }: Entry,
  { readState }: EngineParts,
): void {
  const named = { "audit.segment": details["state"], "audit.state": details["digest"] }[type];
  if (typeof named !== "string" || !named.startsWith("sha256:")) return;
  const state = readState(named.slice(7));
  if (state !== null) trail.begin(state);
}

function isDecision({ type }: Entry): boolean {
  return type === "audit.decision";
}

type Accepted = NonNullable<EngineState["accepted"]>;

/** Loads each accepted policy once. */
export function createPolicyLoader(kept: KeptFiles): (accepted: Accepted) => Policy {
  const loaded = new Map<string, Policy>();
  return (accepted) => {
    const known = loaded.get(accepted.policy_digest);
    if (known !== undefined) return known;
    const policy = loadAccepted(accepted, kept);
    loaded.set(accepted.policy_digest, policy);
    return policy;
  };
}

/** From its values as they were read then, or else from its text. */
function loadAccepted(
  { policy_digest: digest, inputs, values_sha256: values }: Accepted,
  kept: KeptFiles,
): Policy {
  const bytes = values === null ? null : kept.readKept(values);
  const snapshot: PolicySnapshot = { digest, inputs, files: new Map() };
  const read = bytes === null ? null : parseKeptPolicy(new TextDecoder().decode(bytes), snapshot);
  if (read !== null) return read.policy;
  const texts = inputs.filter(({ path }) => textFiles.includes(path));
  const files = new Map(texts.map(({ path, sha256 }) => [path, readText(sha256, kept)]));
  return loadPolicy({ ...snapshot, files }).policy;
}

function readText(sha256: string, { readKept, keptStatus }: KeptFiles): Uint8Array {
  const bytes = readKept(sha256);
  if (bytes !== null) return bytes;
  throw new CannotReplay(
    "policy_missing",
    `the accepted policy ${sha256} is ${keptStatus(sha256)}`,
  );
}
