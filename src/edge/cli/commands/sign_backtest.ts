/**
 * What a policy would have allowed of the log, before it is signed: shown, and acknowledged kind by
 * kind. SECURITY: --yes speaks for no widening, and what was not shown is not acknowledged.
 *
 * @module
 */
import { encodeHex } from "@std/encoding/hex";
import { EngineError, oneLine } from "../../../core/errors.ts";
import type { ManifestBacktest } from "../../../core/integrity/manifest_backtest.ts";
import { sha256 } from "../../../core/integrity/sha256.ts";
import { findUnacknowledged, refuseUnknownWords } from "../../../core/replay/acknowledge.ts";
import {
  type BacktestReport,
  encodeBacktestReport,
  type FlipGroup,
  isWidening,
  parseBacktestReport,
} from "../../../core/replay/backtest_report.ts";
import { renderFlipGroup, summarise } from "../../render_backtest.ts";
import type { ParsedArguments } from "../command.ts";
import type { CliContext } from "../host.ts";
import { writeOutput } from "../output.ts";
import type { Checkout, PolicySigner } from "../policy_signer.ts";
import { usageError } from "../usage_error.ts";
import { runBacktest } from "./run_backtest.ts";

/** What of a backtest goes into manifest and folder. */
export interface SigningBacktest {
  readonly member: ManifestBacktest | null;
  /** The report's bytes; null without a backtest. */
  readonly report: Uint8Array | null;
  /** One line for whoever signs. */
  readonly note: string;
}

/** What is to be signed. */
interface Signing {
  readonly signer: Pick<PolicySigner, "readReport">;
  readonly checkout: Checkout;
  /** There is no manifest yet. */
  readonly isFirst: boolean;
}

/**
 * Replays, or reads what was replayed elsewhere; returns when everything is acknowledged.
 *
 * @throws {EngineError} `backtest_unacknowledged`; `backtest_invalid` for a report about another
 *   policy; `usage` where there is no log and nothing says what to do about it; every failure to
 *   verify the log.
 */
export async function backtestForSigning(
  context: CliContext,
  parsed: ParsedArguments,
  signing: Signing,
): Promise<SigningBacktest> {
  const report = await findReport(context, parsed, signing);
  if (report === null) {
    refuseWords(parsed);
    return { member: null, report: null, note: withoutNote };
  }
  acknowledge(context, parsed, report);
  const bytes = encodeBacktestReport(report);
  const { entries, decisions, widened, unjudged, log } = report;
  const member = {
    report_sha256: encodeHex(sha256(bytes)),
    log_id: log.log_id,
    entries,
    decisions,
    widened,
    acknowledged: widened,
    unjudged,
  };
  return { member, report: bytes, note: `backtest: ${summarise(report).trimEnd()}` };
}

const withoutNote =
  "WITHOUT BACKTEST: nobody knows what this policy allows that was stopped until now";

async function findReport(
  context: CliContext,
  parsed: ParsedArguments,
  { signer, checkout, isFirst }: Signing,
): Promise<BacktestReport | null> {
  const { host } = context;
  const file = parsed.flags.text("backtest");
  const isWithout = parsed.flags.isSet("without-backtest");
  if (file !== null && isWithout) {
    throw usageError("--backtest and --without-backtest exclude each other", "give one of them");
  }
  if (isWithout) return null;
  if (file !== null) return readReport(signer.readReport(host.absolute(file)), checkout);
  const place = findLog(context, parsed);
  if (place === "engine") throw engineHasLog();
  if (place === "here") return await replay(context, parsed, checkout);
  if (isFirst) return null;
  throw usageError(
    "Nobody knows what this policy changes: there is no log here to replay",
    "give --backtest FILE of the host that has the log, or --without-backtest",
  );
}

/** Whoever signs is not the engine's user, and keeps the key from it. */
function engineHasLog(): EngineError {
  return usageError(
    "Only the engine's user can replay the log of a guarded install",
    "as that user run `sealward replay --candidate .scalpel/policy.yaml --report FILE`, and " +
      "give --backtest FILE here; or --without-backtest",
  );
}

/** Who can read the log of this root: this process, the engine of a guarded install, or nobody. */
function findLog({ host }: CliContext, parsed: ParsedArguments): "here" | "engine" | null {
  const root = parsed.flags.text("root");
  try {
    const road = { root, server: null, tokenPath: null, keyPath: null };
    if (host.isGuarded(root) && host.road(road) !== null) return "engine";
    return host.isInitialized(root) ? "here" : null;
  } catch (error) {
    // Without a home there is no install to find; signing needs none.
    if (error instanceof EngineError && error.code === "not_initialized") return null;
    throw error;
  }
}

function readReport(bytes: Uint8Array, { snapshot }: Checkout): BacktestReport {
  const report = parseBacktestReport(bytes);
  if (report.policy_digest === snapshot.digest) return report;
  throw new EngineError("backtest_invalid", "Cannot use this backtest: it is about other bytes", {
    hint: `wanted the policy ${snapshot.digest}, the report has ${
      oneLine(report.policy_digest, 80)
    }`,
  });
}

async function replay(
  context: CliContext,
  parsed: ParsedArguments,
  { snapshot }: Checkout,
): Promise<BacktestReport> {
  const { loadPolicy } = await import("../../../core/policy/load_policy.ts");
  const { policy, digest } = loadPolicy(snapshot);
  const install = await context.host.openForBacktest(parsed.flags.text("root"));
  try {
    const all = { first: 0, last: Infinity };
    return await runBacktest(context, install, { policy, digest }, all);
  } finally {
    await install.close();
  }
}

function refuseWords({ flags }: ParsedArguments): void {
  if (flags.texts("acknowledge").length === 0) return;
  throw usageError("Nothing can be acknowledged without a backtest", "leave out --acknowledge");
}

function acknowledge(
  context: CliContext,
  parsed: ParsedArguments,
  report: BacktestReport,
): void {
  const given = parsed.flags.texts("acknowledge");
  const options = context.renderErrors("table");
  // Also with --quiet, and those that are named already: a name is no look.
  const shown = report.groups.filter(isWidening).map((group) => renderFlipGroup(group, options));
  writeOutput(context.stderr, shown.join(""));
  refuseUnknownWords(report, given);
  const left = findUnacknowledged(report, given)
    .filter((group) => !isAcknowledged(context, group));
  if (left.length === 0) return;
  const names = left.slice(0, 3).map(({ id }) => `--acknowledge ${id}`).join(" ");
  throw new EngineError(
    "backtest_unacknowledged",
    `The policy was not signed: ${count(left)} would be allowed now, and nobody acknowledged it`,
    { hint: `${names}${left.length > 3 ? ` and ${left.length - 3} more` : ""}; or tighten it` },
  );
}

function isAcknowledged({ host }: CliContext, group: FlipGroup): boolean {
  if (!host.isInteractive) return false;
  const question = `Allow these ${count([group])} (${group.id}) from now on? [y/N]`;
  const answer = host.ask(question);
  return answer !== null && /^y(?:es)?$/i.test(answer.trim());
}

function count(groups: readonly FlipGroup[]): string {
  const total = groups.reduce((sum, group) => sum + group.count, 0);
  return total === 1 ? "1 decision that was stopped" : `${total} decisions that were stopped`;
}
