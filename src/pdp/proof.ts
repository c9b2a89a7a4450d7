/**
 * Proves that what is kept of a decision leads to it again, where that is less than what was decided
 * on. Rare: what it takes is loaded when it is needed first.
 *
 * @module
 */
import { InputMissing } from "../core/replay/input_missing.ts";
import type { RecordParts } from "../core/decision/record_decisions.ts";
import { encodeVerdict, loggedSeverity } from "../core/decision/encode_decision.ts";
import { liftedVerdict } from "../core/replay/lift_recorded.ts";
import type { ReplayJudge } from "../core/replay/replay_input.ts";
import { summariseOperation } from "../core/decision/summarise_operation.ts";

/** Thrown inside a transaction, which then writes nothing: the replay must be loaded first. */
class ProofNeeded extends Error {}

interface Replay {
  readonly replayInput: typeof import("../core/replay/replay_input.ts").replayInput;
  readonly compareVerdicts: typeof import("../core/replay/compare_verdicts.ts").compareVerdicts;
}

let replay: Replay | null = null;

/** Runs `act`, and again with what proves it where it turns out to be needed. */
export async function withProof<T>(act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    if (!(error instanceof ProofNeeded)) throw error;
    const { replayInput } = await import("../core/replay/replay_input.ts");
    const { compareVerdicts } = await import("../core/replay/compare_verdicts.ts");
    replay = { replayInput, compareVerdicts };
    return await act();
  }
}

/** The proof for decisions made on this bench. */
export function createProof(bench: ReplayJudge): RecordParts["proves"] {
  return ({ judgement, context, question }, input, { operation }) => {
    if (replay === null) throw new ProofNeeded();
    const summary = summariseOperation(operation);
    try {
      const history = question?.history;
      const judge = history === undefined ? bench : { ...bench, history };
      const again = replay.replayInput(input, summary, context.principal, judge);
      // Approvals are weighed on the result, not on what it is made of.
      const lifted = liftedVerdict({ override: context.exception?.details ?? null });
      const decided = lifted === null
        ? judgement
        : { ...judgement, verdict: lifted, overridable: true };
      const event = { details: encodeVerdict(decided), severity: loggedSeverity(decided) };
      return replay.compareVerdicts(event, again).length === 0;
    } catch (error) {
      if (error instanceof InputMissing) return false;
      throw error;
    }
  };
}
