/**
 * What would be decided about an operation, and why. Judges as `check` does, on the same state and
 * disk, and appends nothing: a question is not a request.
 *
 * SECURITY: what comes of it is no decision. It has no id and no entry, so that nothing that wants
 * an allow can be content with it; and it sets no memory that a request would set.
 *
 * @module
 */
import { explainJudgement, type PolicySource } from "../core/decision/explain_judgement.ts";
import { judgeOperations } from "../core/decision/judge_operations.ts";
import { Memory } from "../core/decision/memory.ts";
import { EngineError } from "../core/errors.ts";
import type { Operation, Principal } from "../core/operation/operation.ts";
import { textFiles } from "../core/integrity/policy_snapshot.ts";
import type { LoadedPolicy } from "../core/policy/kept_policy.ts";
import type { CheckBench } from "./checks_of.ts";
import type { EngineParts, Explained } from "./engine.ts";
import { loadReaders } from "./load_readers.ts";
import type { Standings } from "./standings.ts";

/** Explains one operation. */
export async function explainOperation(
  operation: Operation,
  principal: Principal,
  { parts, standings, checkBench }: {
    readonly parts: EngineParts;
    readonly standings: Standings;
    readonly checkBench: CheckBench;
  },
): Promise<Explained> {
  const { readers, withPrograms } = await loadReaders([operation]);
  const checks = checkBench.startGroup();
  const look = () =>
    parts.audit.transact(({ state, stateDigest }) => {
      const { trust, loaded, snapshot } = standings.read(state);
      const [judged] = judgeOperations([operation], principal, {
        ...parts,
        trust,
        policy: loaded?.policy ?? null,
        stateDigest,
        ...readers,
        written: new Set(state.written),
        denials: state.denials,
        tool_pins: state.tool_pins,
        memory: new Memory(state.counted, parts.nowMicros()),
        runCheck: checks.at(loaded?.policy ?? null, snapshot),
      });
      checks.requireAll();
      if (judged === undefined) throw new EngineError("internal", "Nothing was judged");
      const source = loaded === null ? null : sourceOf(loaded, parts);
      const result: Explained = {
        operation,
        policyStatus: trust.status,
        policyDigest: trust.policyDigest,
        explanation: explainJudgement(judged.judgement, judged.question, source),
      };
      return { events: [], result };
    });
  const asked = () => checks.withChecks(look);
  return (await standings.withReaders(() => withPrograms(asked))).result;
}

/** The texts that were judged by; none where a file has changed in this very moment. */
function sourceOf({ positions, digest }: LoadedPolicy, { readPolicy }: EngineParts): PolicySource {
  const snapshot = readPolicy("inputs");
  const isSame = snapshot.digest === digest;
  const files = isSame ? [...snapshot.files].filter(([path]) => textFiles.includes(path)) : [];
  const decoder = new TextDecoder();
  return {
    positions,
    texts: new Map(files.map(([path, bytes]) => [path, decoder.decode(bytes)])),
  };
}
