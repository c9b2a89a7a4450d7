import { openDisk } from "../../src/adapter/path_resolver.ts";
import { randomBytes } from "../../src/adapter/random.ts";
import type { NewEvent } from "../../src/core/audit/entry.ts";
import { type OverridesKept, overrideTypes } from "../../src/core/audit/override_state.ts";
import { emptyState, foldState } from "../../src/core/audit/state.ts";
import { type Bench, judgeOperations } from "../../src/core/decision/judge_operations.ts";
import { sha256 } from "../../src/core/integrity/sha256.ts";
import type { Operation } from "../../src/core/operation/operation.ts";
import { measureComplexity } from "../../src/core/operation/complexity.ts";
import { parseOperation } from "../../src/core/operation/parse_operation.ts";
import { toolReader } from "../../src/core/decision/tool_reader.ts";
import { Exceptions } from "../../src/core/override/exceptions.ts";
import { defaultTerms } from "../../src/core/override/terms.ts";
import { parsePolicy } from "../../src/core/policy/parse_policy.ts";
import { entryOf } from "../support/outcome_entries.ts";
import { LogFixture } from "./log_fixture.ts";
import { type BenchRow, benchRow, median, quantile } from "./row.ts";

const rounds = 3_000;
const logEntries = 100_000;
const policyDigest = `sha256:${"a".repeat(64)}`;
const start = 1_790_000_000;

/** What approvals cost a decision that none is needed for, one that none helps, and one they lift. */
export async function benchOverrides(): Promise<readonly BenchRow[]> {
  const folder = Deno.makeTempDirSync();
  const allowed = parseOperation({
    type: "file_write",
    affected_files: ["src/a.txt"],
    content: "x",
  });
  const denied = parseOperation({ type: "file_write", affected_files: ["a.env"], content: "x" });
  const kept = (count: number) => stateOf(denied, folder, count);
  const row = (name: string, operation: Operation, state: OverridesKept | null, limit: number) => {
    const ask = (one: OverridesKept | null | "off") => {
      const bench = benchOf(folder, one);
      return () => judgeOperations([operation], "uid:1", bench);
    };
    return more(name, limit, samplePairs(ask("off"), ask(state)));
  };
  const rows = [
    row("override_allowed_more_p50", allowed, null, 5),
    row("override_allowed_32_grants_more_p50", allowed, kept(32), 5),
    row("override_offered_more_p50", denied, null, 200),
    row("override_offered_again_more_p50", denied, pendingOf(denied, folder), 100),
    row("override_lifted_32_grants_more_p50", denied, kept(32), 100),
  ];
  Deno.removeSync(folder, { recursive: true });
  return [...rows, await benchOpen()];
}

function more(
  name: string,
  limit: number,
  [without, with_]: readonly [readonly number[], readonly number[]],
): BenchRow {
  const base = quantile(without, 0.5);
  const value = quantile(with_, 0.5) - base;
  return benchRow({
    name,
    value,
    unit: "us",
    baseline: { name: "the same where nobody may approve", value: base, unit: "us" },
    target: `<= ${limit} us`,
    met: value <= limit,
  });
}

const policy = parsePolicy('version: "1.0"\nprotected: {files: ["*.env"]}\n', "p");

function benchOf(folder: string, state: OverridesKept | null | "off"): Bench {
  const parts = {
    terms: defaultTerms,
    isSigned: false,
    installId: "0".repeat(32),
    nowSeconds: start + 60,
    sha256,
    randomBytes,
  };
  return {
    trust: { status: "trusted", policyDigest, message: "", changed: [] },
    policy,
    createPlanner: null,
    toolReader,
    measureComplexity,
    disk: openDisk(folder),
    written: new Set(),
    denials: [],
    exceptions: state === "off" ? null : () => new Exceptions(state, parts),
    stateDigest: "",
    attestation: "same_uid",
    sha256,
    randomBytes,
  };
}

/** The request of this operation, as its first denial opens it. */
function pendingOf(operation: Operation, folder: string): OverridesKept | null {
  const [judged] = judgeOperations([operation], "uid:1", benchOf(folder, null));
  const { context } = judged ?? {};
  const details = {
    principal: "uid:1",
    policy_digest: policyDigest,
    operation_digest: context?.operationDigest ?? "",
    override: context?.exception?.details ?? {},
  };
  return foldState(emptyState, entryOf(1, "audit.decision", details)).overrides;
}

/** As many grants, the last of which lifts this operation. */
function stateOf(operation: Operation, folder: string, grants: number): OverridesKept | null {
  const own = pendingOf(operation, folder)?.requests[0];
  if (own === undefined) throw new Error("nothing was offered");
  return grantEvents(grants, own).reduce(
    (state, { type, details }, seq) => foldState(state, entryOf(seq, type, details)),
    emptyState,
  ).overrides;
}

function grantEvents(
  count: number,
  last: Readonly<Record<"operation_digest" | "effects_digest", string>> | null,
): readonly NewEvent[] {
  return Array.from({ length: count }, (_, i) => {
    const id = i.toString(16).padStart(32, "0");
    const isLast = last !== null && i === count - 1;
    const digest = `sha256:${i.toString(16).padStart(64, "0")}`;
    const request = {
      principal: "uid:1",
      policy_digest: policyDigest,
      operation_digest: isLast ? last.operation_digest : digest,
      override: {
        at: start,
        request: id,
        document: digest.slice(7),
        effects_digest: isLast ? last.effects_digest : digest,
        expires_at: start + 300,
        session: "00000000",
      },
    };
    const grant = {
      at: start,
      request: id,
      grant: id,
      kind: "once",
      until: start + 1_800,
      approved_by: "ada",
      override_trust: "same_uid",
      justification: "y".repeat(500),
    };
    return [
      { type: "audit.decision", severity: "LOW", details: request },
      { type: overrideTypes.granted, severity: "HIGH", details: grant },
    ] as const;
  }).flat();
}

/** Opening a log whose approvals all stand at its beginning: the snapshot has them. */
async function benchOpen(): Promise<BenchRow> {
  const measure = async (fill: number) => {
    using fixture = new LogFixture();
    const file = await fixture.open();
    await file.transact(() => ({ events: grantEvents(32, null), result: null }));
    await file.close();
    await fixture.fill(fill);
    const opens: number[] = [];
    for (let round = 0; round < 20; round++) {
      const begun = performance.now();
      const again = await fixture.open();
      const { result } = await again.transact(({ state }) => ({ events: [], result: state }));
      opens.push(performance.now() - begun);
      if (result.overrides?.requests.length !== 32) throw new Error("grants were lost");
      await again.close();
    }
    return median(opens);
  };
  const small = await measure(1_000);
  const value = await measure(logEntries);
  return benchRow({
    name: "override_open_100000",
    value,
    unit: "ms",
    baseline: { name: "the same with 1000 entries behind it", value: small, unit: "ms" },
    target: "<= 50 ms",
    met: value <= 50,
  });
}

/** One after the other: what a busy machine does to one it does to both. Microseconds. */
function samplePairs(
  without: () => unknown,
  with_: () => unknown,
): readonly [readonly number[], readonly number[]] {
  const samples: [number[], number[]] = [[], []];
  for (let round = -500; round < rounds; round++) {
    for (const [index, act] of [without, with_].entries()) {
      const begun = performance.now();
      act();
      const us = (performance.now() - begun) * 1_000;
      if (round >= 0) samples[index]?.push(us);
    }
  }
  return samples;
}
