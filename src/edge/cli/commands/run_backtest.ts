/**
 * The verified log under a policy that is not in force: the report of what would change.
 *
 * @module
 */
import type { PolicyInput } from "../../../core/audit/state.ts";
import { toPolicyError } from "./policy_refusal.ts";
import { policyFile } from "../../../core/integrity/policy_snapshot.ts";
import { policyDigest } from "../../../core/integrity/policy_digest.ts";
import { sha256 } from "../../../core/integrity/sha256.ts";
import { encodeHex } from "@std/encoding/hex";
import { BacktestBuilder } from "../../../core/replay/backtest_builder.ts";
import type { BacktestReport } from "../../../core/replay/backtest_report.ts";
import type { Candidate } from "../../../core/replay/judge_candidate.ts";
import type { SeqRange } from "../../../core/replay/seq_range.ts";
import type { CliContext, OpenInstall } from "../host.ts";
import { ProgressLine } from "./progress_line.ts";

/**
 * Reads a candidate as strictly as a policy that is to be accepted; it comes into force nowhere.
 *
 * @param name For messages.
 * @throws {EngineError} Every refusal of lintPolicy.
 */
export async function readCandidate(bytes: Uint8Array, name: string): Promise<Candidate> {
  const { lintPolicy } = await import("../../../core/policy/lint_policy.ts");
  const { policy, findings } = lintPolicy(bytes, name);
  if (policy === null) throw toPolicyError(findings);
  const inputs: readonly PolicyInput[] = [{ path: policyFile, sha256: encodeHex(sha256(bytes)) }];
  return { policy, digest: policyDigest(inputs, sha256) };
}

/** Judges every decision of the range; the log is verified while it is read. */
export async function runBacktest(
  context: CliContext,
  { engine, record, log }: OpenInstall,
  candidate: Candidate,
  range: SeqRange,
): Promise<BacktestReport> {
  const { seq: head } = await log.head();
  const progress = new ProgressLine(context, "judged");
  progress.begin(Math.min(head, range.last) - range.first + 1);
  const builder = new BacktestBuilder(record.log_id, candidate.digest);
  try {
    for await (const { entry, result } of engine.backtest(range, candidate)) {
      builder.add(entry, result);
      progress.advance(1, 1);
    }
  } finally {
    progress.end();
  }
  return builder.finish();
}
