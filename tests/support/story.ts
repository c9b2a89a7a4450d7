/** A log in small, for decisions that depend on earlier ones. */
import type { Entry } from "../../src/core/audit/entry.ts";
import type { Verdict } from "../../src/core/decision/decision.ts";
import { createPlanner, loadPrograms } from "../../src/core/decision/command_planner.ts";
import { decisionEvent } from "../../src/core/decision/encode_decision.ts";
import { type Judged, judgeOperations } from "../../src/core/decision/judge_operations.ts";
import { Memory } from "../../src/core/decision/memory.ts";
import { emptyState, type EngineState, foldState } from "../../src/core/audit/state.ts";
import { toolReader } from "../../src/core/decision/tool_reader.ts";
import { sha256 } from "../../src/core/integrity/sha256.ts";
import { measureComplexity } from "../../src/core/operation/complexity.ts";
import type { JsonObject } from "../../src/core/operation/operation.ts";
import { parseOperation } from "../../src/core/operation/parse_operation.ts";
import { parsePolicy } from "../../src/core/policy/parse_policy.ts";
import { createFakeDisk } from "./fake_disk.ts";

await loadPrograms();

const disk = createFakeDisk("/p", {
  "/p/secrets/a": { kind: "file", bytes: 1 },
  "/p/many/1": { kind: "file", bytes: 1 },
  "/p/many/2": { kind: "file", bytes: 1 },
  "/p/many/3": { kind: "file", bytes: 1 },
  "/p/many/deep/4.sql": { kind: "file", bytes: 1 },
});

/** Each decision is folded as its entry. */
export class Story {
  state: EngineState = emptyState;
  seconds = 1_790_000_000;
  readonly verdicts: Verdict[] = [];
  readonly #entries: Entry[] = [];
  policy: ReturnType<typeof parsePolicy>;

  constructor(settings: string) {
    this.policy = parsePolicy(`version: "1.0"\n${settings}`, "policy.yaml");
  }

  /** Judges in one commit. */
  judge(
    given: readonly JsonObject[],
    { principal = "uid:1", session = null as string | null, ...options } = {},
  ): readonly Judged[] {
    const named = session === null ? {} : { agent: { session } };
    const bench = {
      trust: { status: "trusted", policyDigest: "sha256:0", message: "", changed: [] },
      policy: this.policy,
      stateDigest: "sha256:0",
      attestation: "same_uid",
      disk,
      findStamps: () => ({ stamps: [], isWhole: true }),
      sha256,
      randomBytes: (length: number) => new Uint8Array(length),
      measureComplexity,
      createPlanner,
      toolReader,
      written: new Set<string>(),
      denials: this.state.denials,
      memory: new Memory(this.state.counted, this.seconds * 1_000_000),
      ...options,
      // deno-lint-ignore no-explicit-any -- parts that no operation here asks for are left out
    } as any;
    const operations = given.map((each) => parseOperation({ ...named, ...each }));
    const judged = judgeOperations(operations, principal, bench);
    for (const { judgement, context } of judged) {
      this.verdicts.push(judgement.verdict);
      const { type, severity, details } = decisionEvent(judgement, context);
      this.#fold(type, severity, details);
    }
    return judged;
  }

  #fold(type: string, severity: "LOW" | "MEDIUM" | "HIGH" | "CRITICAL", details: JsonObject) {
    const place = { version: 1, seq: this.#entries.length, key: "", at: "", prev: "", mac: "" };
    const entry = { ...place, version: 1, type, severity, details } as const;
    this.#entries.push(entry);
    this.state = foldState(this.state, entry);
  }

  /** From the entries alone. */
  foldAgain(): EngineState {
    return this.#entries.reduce(foldState, emptyState);
  }

  outcome(seq: number, hasAgreed: boolean): void {
    this.#fold("audit.outcome", "LOW", {
      decision_seq: seq,
      ...(hasAgreed ? { asked: true } : {}),
    });
  }

  /** The verdict, and what was found. */
  ask(given: JsonObject, options: Parameters<Story["judge"]>[1] = {}): string {
    return this.judge([given], options).map(said).join();
  }
}

/** Verdict, violated policies, and what is unmeasured. */
export function said({ judgement: { verdict, findings, unmeasured } }: Judged): string {
  return [verdict, ...findings.map(({ policy }) => policy), ...unmeasured.map((id) => `?${id}`)]
    .join(" ");
}
