/**
 * The canary: what a host would send before the agent overwrites the policy, and whether the
 * answer would have stopped it. Denied by every policy, also in observe mode.
 *
 * @module
 */
import type { Entry } from "../../../core/audit/entry.ts";
import type { JsonObject } from "../../../core/operation/operation.ts";
import { isJsonObject } from "../../../core/operation/parse_field.ts";
import { parseStrictJson } from "../../../core/strict_json.ts";
import type { HostName } from "./hook_line.ts";
import type { CanaryRequest } from "./host_wiring.ts";
import { hostWirings } from "./host_wirings.ts";

/** What a command line did. */
export interface LineOutcome {
  /** Null when it was ended for taking too long. */
  readonly exit: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** The host's JSON, as it stands on the hook's standard input. */
export function encodeCanary(host: HostName, request: CanaryRequest): string {
  return `${JSON.stringify(hostWirings[host].canaryOf(request))}\n`;
}

/**
 * Whether the host would stop the tool after this.
 *
 * @returns Null when it would; else what is missing, one line.
 */
export function findLeak(host: HostName, { exit, stdout, stderr }: LineOutcome): string | null {
  const { title, needsReason, findFault } = hostWirings[host];
  if (exit === null) return "it did not answer in time: the host would run the tool";
  if (exit === 2) {
    return needsReason === true && stderr.trim() === ""
      ? `exit 2 with an empty standard error: ${title} would run the tool`
      : null;
  }
  // Also where the host stops on every status but 0: the line never ends with another.
  if (exit !== 0) return `exit ${exit}: the host would run the tool`;
  const answer = parseAnswer(stdout);
  return answer === null
    ? "exit 0 without a denial: the host would run the tool"
    : findFault(answer);
}

function parseAnswer(stdout: string): JsonObject | null {
  try {
    // A key given twice may mean to the host what it does not mean to us.
    const value = parseStrictJson(stdout);
    return isJsonObject(value) ? value : null;
  } catch {
    return null;
  }
}

/** What the log has of a canary. */
export interface CanaryEntry {
  readonly seq: number;
  /** Of the policy that denied it. */
  readonly mode: string | null;
}

/** The canary's own entry: a denial that names its id. */
export function findCanaryEntry(entries: readonly Entry[], toolUseId: string): CanaryEntry | null {
  const found = entries.find(({ details }) => {
    const operation = isJsonObject(details) ? details["operation"] ?? null : null;
    return isJsonObject(details) && details["decision"] === "deny" &&
      isJsonObject(operation) && operation["correlation_id"] === toolUseId;
  });
  if (found === undefined) return null;
  const mode = isJsonObject(found.details) ? found.details["mode"] ?? null : null;
  return { seq: found.seq, mode: typeof mode === "string" ? mode : null };
}
