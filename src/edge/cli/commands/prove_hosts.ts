/**
 * Looks at every settings file of a host, sends a canary through each command line that is wired,
 * and looks for its entry in the log.
 *
 * @module
 */
import type { Entry } from "../../../core/audit/entry.ts";
import { toEngineError } from "../../../core/errors.ts";
import { encodeCanary, findCanaryEntry, findLeak } from "../../hook/wiring/canary.ts";
import type { HostName } from "../../hook/wiring/hook_line.ts";
import {
  type CanaryReport,
  type HostReport,
  judgeHost,
  unprovenOf,
} from "../../hook/wiring/report_host.ts";
import type { CliContext, OpenInstall } from "../host.ts";
import { type HostSurvey, surveyHost, type SurveyOptions } from "./survey_host.ts";

export interface ProofOptions extends SurveyOptions {
  /** Writes to the log what was done before the proof; it says what could not be. */
  readonly record?: (install: OpenInstall) => Promise<void>;
}

/** A canary that was sent; its entry is looked for later. */
interface Flight {
  readonly host: HostName;
  readonly scope: string;
  readonly toolUseId: string;
  /** Why the host would have let it pass; null when it would not. */
  readonly leak: string | null;
  /** First line the program said on standard error. */
  readonly said: string;
}

/** One report per host, in order. Opens the install once, at the end: from then on it is sealed. */
export async function proveHosts(
  context: CliContext,
  hosts: readonly HostName[],
  options: ProofOptions,
): Promise<readonly HostReport[]> {
  const surveys = hosts.map((host) => surveyHost(context, host, options));
  const isInitialized = context.host.isInitialized(options.root);
  const flights: Flight[] = [];
  for (const each of surveys) {
    if (isInitialized) flights.push(...await sendCanaries(context, each, options));
  }
  const isWanted = flights.length > 0 || options.record !== undefined;
  const log = isInitialized && isWanted
    ? await readDecisions(context, options)
    : { entries: [], fault: "there is no install here: run `sealward init`" };
  return surveys.map(({ host, places, switches }) => {
    const own = flights.filter((flight) => flight.host === host);
    const canaries = own.map((flight) => judgeFlight(flight, log));
    const verdict = judgeHost(places, switches, canaries);
    return { host, verdict, places, switches, canaries, unproven: unprovenOf(host) };
  });
}

/**
 * SECURITY: settings may have been written by an agent, and this runs as a human. Only a line that
 * is to the byte what install writes for this very program is ever started.
 */
async function sendCanaries(
  context: CliContext,
  { host, places }: HostSurvey,
  { files, root }: ProofOptions,
): Promise<readonly Flight[]> {
  const folder = context.host.paths(root).root || "/";
  const flights: Flight[] = [];
  for (const { scope, state, gate } of places) {
    if (state !== "as_written" || gate === null) continue;
    const toolUseId = `sealward-canary-${files.newId()}`;
    const outcome = await files.runLine(
      gate,
      encodeCanary(host, { root: folder, toolUseId }),
      folder,
    );
    const said = outcome.stderr.trim().split("\n")[0] ?? "";
    flights.push({ host, scope, toolUseId, leak: findLeak(host, outcome), said });
  }
  return flights;
}

/** The canaries have just flown; entries under keys that are not here any more need not be read. */
const recentEntries = 200;

interface Decisions {
  readonly entries: readonly Entry[];
  readonly fault: string | null;
}

async function readDecisions(
  context: CliContext,
  { root, record }: ProofOptions,
): Promise<Decisions> {
  try {
    const install = await context.host.open({ root, role: "one-shot", runsChecks: false });
    try {
      await record?.(install);
      const { seq } = await install.log.head();
      const afterSeq = Math.max(-1, seq - recentEntries);
      const entries = await install.engine.readEvents({ type: "audit.decision", afterSeq });
      return { entries, fault: null };
    } finally {
      await install.close();
    }
  } catch (error) {
    return { entries: [], fault: `the log cannot be read: ${toEngineError(error).message}` };
  }
}

function judgeFlight(flight: Flight, log: Decisions): CanaryReport {
  const { scope, toolUseId, leak, said } = flight;
  const { seq, mode } = findCanaryEntry(log.entries, toolUseId) ?? { seq: null, mode: null };
  const missing = seq === null ? log.fault ?? "it left no denial in the log" : null;
  const faults = [leak, missing].filter((fault) => fault !== null);
  const fault = faults.length === 0 ? null : [...faults, said].filter(Boolean).join("; ");
  return { scope, denied: leak === null, seq, mode, fault };
}
