/**
 * A human's acceptance that acknowledged entries are gone, so that a log that was cut can go on.
 *
 * @module
 */
import { acceptCut, examineCut, type LogCut } from "../adapter/audit/accepted_rollback.ts";
import { AuditLock } from "../adapter/audit/audit_lock.ts";
import type { AuditOptions } from "../adapter/audit/audit_options.ts";
import { verifyAuditFile } from "../adapter/audit/audit_report.ts";
import type { Layout } from "../adapter/layout.ts";
import { EngineError, TamperDetectedError } from "../core/errors.ts";
import { toLogError } from "../core/audit/log_report.ts";
import { lockTimeoutMs } from "../core/limits.ts";
import type { RollbackPlan } from "../edge/cli/audit_keeper.ts";
import type { Surroundings } from "./environment.ts";
import { readInstallRecord } from "./install_record.ts";
import { principalOf, sealForKeeping } from "./keeper_log.ts";
import { readLogKeys } from "./log_keys.ts";
import { auditOptions } from "./open_install.ts";

/**
 * @throws {EngineError} `keeping_refused` for a log that lost nothing; the tamper codes for one that
 *   nobody can accept.
 */
export async function planRollback(
  surroundings: Surroundings,
  layout: Layout,
): Promise<RollbackPlan> {
  const record = readInstallRecord(layout);
  const keys = readLogKeys(surroundings, layout, { logId: record.log_id, hasOlder: true });
  const options = auditOptions(layout, record, keys);
  sealForKeeping(layout, []);
  const segment = await confirmVerdict(options);
  const cut = await hold(options, () => examineCut(options));
  if (cut.seg !== segment) throw elsewhere(segment);
  return {
    lost_from: cut.lost.from,
    lost_to: cut.lost.to.seq,
    lost_mac: cut.lost.to.mac,
    head_seq: cut.head.seq,
    isBegun: cut.isBegun,
    run: async (reason) => {
      const by = { principal: principalOf(surroundings), reason };
      const receipt = await hold(options, () => {
        // SECURITY: what a human agreed to is this very loss.
        const now = examineCut(options);
        if (!isSameCut(now, cut)) throw changed();
        return acceptCut(options, now, by);
      });
      return receipt?.seq ?? null;
    },
  };
}

/** The segment the verdict ROLLBACK is about. */
async function confirmVerdict(options: AuditOptions): Promise<number | null> {
  const report = await verifyAuditFile(options);
  if (report.verdict === "ROLLBACK") return report.segment;
  // Where the root secret is elsewhere, that is what an intact log is called.
  const isUsual = report.verdict === "UNVERIFIABLE" && options.isForwardSecure;
  const error = isUsual ? null : toLogError(report);
  throw error ?? new EngineError("keeping_refused", "No known entry is missing", {
    hint: `the log's verdict is ${report.verdict}`,
  });
}

async function hold<T>(options: AuditOptions, body: () => T): Promise<T> {
  const timeoutMs = options.lockTimeoutMs ?? lockTimeoutMs;
  const lock = new AuditLock(`${options.sidePath}/lock`, { timeoutMs, canWrite: true });
  try {
    return await lock.hold(body);
  } finally {
    await lock.close();
  }
}

function isSameCut(one: LogCut, other: LogCut): boolean {
  return one.seg === other.seg && one.head.mac === other.head.mac && one.turn === other.turn &&
    one.fragmentBytes === other.fragmentBytes && one.lost.to.mac === other.lost.to.mac;
}

function elsewhere(segment: number | null): TamperDetectedError {
  const message = `This is not a log that only ends too early: look at segment ${segment ?? "-"}`;
  return new TamperDetectedError("audit_rollback", message, {
    hint: "nobody can accept that: keep the files as they are, and restore the log from a backup",
  });
}

function changed(): TamperDetectedError {
  return new TamperDetectedError("audit_rollback", "The log changed while you looked at it", {
    hint: "look at it again with `sealward audit accept-rollback`",
  });
}
