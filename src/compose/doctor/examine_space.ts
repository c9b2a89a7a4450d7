/**
 * Room for the log.
 *
 * @module
 */
import { readRoom } from "../../adapter/audit/audit_reserve.ts";
import { readFreePercent } from "../../adapter/free_space.ts";
import type { Layout } from "../../adapter/layout.ts";
import { toEngineError } from "../../core/errors.ts";
import { lowSpacePercent } from "../../core/limits.ts";
import type { Finding } from "../../edge/cli/host.ts";

/** After the log was opened, which makes a reserve anew where there is room. */
export async function examineSpace({ sidePath }: Layout): Promise<readonly Finding[]> {
  const percent = await readFreePercent(sidePath);
  const subject = "log's disk";
  const fix = "free some space, for instance with `sealward audit prune`";
  try {
    const room = readRoom(sidePath);
    if (room !== "enough") {
      const what = room === "low" ? "events of low severity are refused" : "everything is denied";
      return [{ level: "WARN", subject, message: `full, a reserve is in use: ${what}`, fix }];
    }
  } catch (error) {
    return [{ level: "FAIL", subject, message: toEngineError(error).message }];
  }
  if (percent === null) return [];
  const message = `${percent} % free, both reserves stand`;
  return [
    percent < lowSpacePercent
      ? { level: "WARN", subject, message, fix }
      : { level: "OK", subject, message },
  ];
}
