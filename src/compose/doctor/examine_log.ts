/**
 * The log: its secret, its end, what is kept beside it, and whether the clock agrees with it.
 *
 * @module
 */
import type { AuditFile } from "../../adapter/audit/audit_file.ts";
import { nowMicros } from "../../adapter/clock.ts";
import type { Layout } from "../../adapter/layout.ts";
import type { Entry } from "../../core/audit/entry.ts";
import { toEngineError } from "../../core/errors.ts";
import type { Surroundings } from "../environment.ts";
import { findMissingInputs } from "../find_missing_inputs.ts";
import { openLog } from "../open_install.ts";
import type { Finding } from "../../edge/cli/host.ts";

/** Costs a walk of the log and a look at every kept file. */
export async function examineLog(
  surroundings: Surroundings,
  layout: Layout,
): Promise<readonly Finding[]> {
  try {
    const { audit, secret } = await openLog(surroundings, layout);
    await using closing = new AsyncDisposableStack();
    closing.defer(() => audit.close());
    const { result: head } = await audit.transact(({ head }) => ({ events: [], result: head }));
    const source: Finding = {
      level: secret.warning === null ? "OK" : "WARN",
      subject: "audit secret",
      message: secret.warning ?? `from ${secret.source}`,
      ...(secret.warning === null ? {} : { fix: "move it into a 0600 file" }),
    };
    const message = `tail verifies up to entry ${head.seq}`;
    return [
      source,
      { level: "OK", subject: "log tail", message },
      ...await examineEntries(audit, layout),
    ];
  } catch (error) {
    const { exit, message, hint } = toEngineError(error);
    const fix = hint === null ? {} : { fix: hint };
    return [{ level: "FAIL", subject: "log", message, ...fix, exit: exit === 5 ? 5 : 1 }];
  }
}

async function examineEntries(audit: AuditFile, layout: Layout): Promise<readonly Finding[]> {
  const subject = "kept inputs";
  let last: Entry | null = null;
  const walk = async function* () {
    for await (const entry of audit.readVerified()) yield last = entry;
  };
  try {
    const found = await findMissingInputs(walk(), layout);
    return [describeInputs(found), ...examineClock(last)];
  } catch (error) {
    const { message } = toEngineError(error);
    return [{ level: "WARN", subject, message, fix: "run `sealward audit verify`" }];
  }
}

function describeInputs(found: Awaited<ReturnType<typeof findMissingInputs>>): Finding {
  const subject = "kept inputs";
  const lost = [...found.missing, ...found.changed];
  const first = lost.toSorted((a, b) => a.seq - b.seq)[0];
  if (first === undefined) {
    return { level: "OK", subject, message: `${found.total} kept, as the log names them` };
  }
  const counts = `${found.missing.length} missing and ${found.changed.length} changed`;
  const message = `${counts} of ${found.total}; first named by entry ${first.seq}`;
  const fix = "those decisions cannot be replayed: put input/ back from a copy";
  return { level: "WARN", subject, message, fix };
}

const secondMicros = 1_000_000;

/** Expiry and windows are counted by the clock: one that runs backwards makes them longer. */
function examineClock(last: Entry | null): readonly Finding[] {
  if (last === null) return [];
  const subject = "clock";
  const behindMicros = Date.parse(last.at) * 1_000 - nowMicros();
  if (behindMicros <= secondMicros) {
    return [{ level: "OK", subject, message: `not before the log's last entry, ${last.at}` }];
  }
  const seconds = Math.ceil(behindMicros / secondMicros);
  const message = `${seconds} s before the log's last entry, ${last.at}`;
  return [{ level: "FAIL", subject, message, fix: "set the clock, then look for who set it back" }];
}
