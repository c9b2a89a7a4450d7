/**
 * Why a logged decision is what it is: verified, made again from what is kept, with the lines of the
 * policy as they were then. Asks the disk for nothing else, and writes nothing.
 *
 * @module
 */
import type { Entry } from "../core/audit/entry.ts";
import type { EngineState } from "../core/audit/state.ts";
import { createPlanner, loadPrograms } from "../core/decision/command_planner.ts";
import { toolReader } from "../core/decision/tool_reader.ts";
import { explainJudgement, type PolicySource } from "../core/decision/explain_judgement.ts";
import type { Judging } from "../core/decision/judge_operation.ts";
import { EngineError } from "../core/errors.ts";
import { policyFile, type PolicySnapshot, textFiles } from "../core/integrity/policy_snapshot.ts";
import { measureComplexity } from "../core/operation/complexity.ts";
import { parseKeptPolicy } from "../core/policy/kept_policy.ts";
import { policyPositions } from "../core/policy/locate.ts";
import { replayEntry } from "../core/replay/replay_entry.ts";
import { StateTrail } from "../core/replay/state_trail.ts";
import type { EngineParts, ExplainedEntry } from "./engine.ts";
import { beginTrail, createPolicyLoader } from "./replay.ts";

/** Explains the decision with this sequence number. */
export async function explainEntry(seq: number, parts: EngineParts): Promise<ExplainedEntry> {
  await loadPrograms();
  const trail = new StateTrail(parts.sha256);
  for await (const entry of parts.audit.readVerified()) {
    if (trail.newest === null) beginTrail(trail, entry, parts);
    if (entry.seq === seq) return explain(entry, trail, parts);
    if (entry.seq > seq) break;
    trail.follow(entry);
  }
  throw missing(seq, "it is not in the log");
}

function explain(entry: Entry, trail: StateTrail, parts: EngineParts): ExplainedEntry {
  if (entry.type !== "audit.decision") throw missing(entry.seq, `it is an entry ${entry.type}`);
  let judging: Judging | null = null;
  const replay = replayEntry(entry, {
    kept: parts,
    trail,
    loadPolicy: createPolicyLoader(parts),
    createPlanner,
    toolReader,
    measureComplexity,
    onJudged: (one) => judging = one,
  });
  // Assigned in a callback, which the compiler does not follow.
  const judged = judging as Judging | null;
  const state = trail.find(String(entry.details["state_digest"])) ?? trail.newest;
  const source = judged === null ? null : sourceOf(state?.accepted ?? null, parts);
  return {
    entry,
    replay,
    explanation: judged === null
      ? null
      : explainJudgement(judged.judgement, judged.question, source),
  };
}

function missing(seq: number, why: string): EngineError {
  return new EngineError("decision_missing", `Cannot explain entry ${seq}: ${why}`, {
    hint: "see `sealward audit query --type audit.decision`",
  });
}

/** From the copies that were kept when the policy was accepted, each checked against its hash. */
function sourceOf(
  accepted: EngineState["accepted"],
  { readKept }: EngineParts,
): PolicySource | null {
  if (accepted === null) return null;
  const decode = (sha256: string) => {
    const bytes = readKept(sha256);
    return bytes === null ? null : new TextDecoder().decode(bytes);
  };
  const { policy_digest: digest, inputs, values_sha256: values } = accepted;
  const texts = new Map(inputs.flatMap(({ path, sha256 }) => {
    // What is no text has no lines; a module may have megabytes.
    const text = textFiles.includes(path) ? decode(sha256) : null;
    return text === null ? [] : [[path, text] as const];
  }));
  const kept = values === null ? null : decode(values);
  const snapshot: PolicySnapshot = { digest, inputs, files: new Map() };
  const read = kept === null ? null : parseKeptPolicy(kept, snapshot);
  return { positions: read?.positions ?? policyPositions(texts.get(policyFile) ?? ""), texts };
}
