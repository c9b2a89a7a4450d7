/**
 * What `hook install` and `hook uninstall` answer.
 *
 * @module
 */
import type { HostName } from "../../hook/wiring/hook_line.ts";
import type { HostReport, HostVerdict } from "../../hook/wiring/report_host.ts";
import type { SettingsPlace } from "../../hook/wiring/settings_place.ts";
import { renderJson } from "../../render.ts";
import type { ParsedArguments } from "../command.ts";
import type { CliContext } from "../host.ts";
import { showDiff } from "./agree_to_change.ts";
import type { ChangeOutcome, SettingsChange } from "./change_settings.ts";
import { printAnswer, say } from "./print.ts";
import { renderHostReport } from "./render_host_report.ts";

/** Exit statuses of a look at the wiring: 0 proven, 1 could not be shown, 2 it is not so. */
export const verdictExit: Readonly<Record<HostVerdict, number>> = {
  "PROTECTED": 0,
  "UNPROVEN": 1,
  "NOT INSTALLED": 1,
  "DRIFT": 2,
};

export interface PrintedChange {
  readonly host: HostName;
  readonly place: SettingsPlace;
  readonly change: SettingsChange;
  readonly outcome: ChangeOutcome;
  /** Null when nothing was to be proven. */
  readonly report: HostReport | null;
  /** What to tell beside it. */
  readonly notes: readonly string[];
}

/** Prints and returns the exit status. */
export function printChange(
  context: CliContext,
  parsed: ParsedArguments,
  printed: PrintedChange,
): number {
  const { host, place, outcome, report, notes } = printed;
  for (const note of notes) say(context, parsed, note);
  if (parsed.format !== "table") {
    const { diff, isChanged: changed, backup } = outcome;
    const facts = { host, scope: place.scope, path: place.path, changed, backup, diff, report };
    printAnswer(context, parsed, renderJson({ schema_version: 1, ...facts }, parsed.format));
  } else if (parsed.flags.isSet("dry-run")) {
    // To a program the exact bytes, so that patch can take them.
    const isTerminal = context.render("table").width !== null;
    printAnswer(context, parsed, isTerminal ? showDiff(outcome.diff) : outcome.diff);
    if (outcome.diff === "") say(context, parsed, "nothing would change");
  } else {
    say(context, parsed, summarise(printed));
    if (report !== null) {
      printAnswer(context, parsed, renderHostReport(report, context.render("table")));
    }
  }
  if (outcome.isRefused) return 1;
  return report === null ? 0 : verdictExit[report.verdict];
}

function summarise({ place, change, outcome }: PrintedChange): string {
  if (outcome.isRefused) return "nothing was written";
  if (!outcome.isChanged) return `${place.path}: nothing to change`;
  if (change.after === null) return `${place.path}: removed, as before install`;
  if (change.restored !== null) return `${place.path}: restored byte by byte`;
  const kept = outcome.backup === null ? "" : `, the former one is ${outcome.backup}`;
  return `${place.path}: written${kept}`;
}
