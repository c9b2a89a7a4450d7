/**
 * `sealward hook uninstall`: takes this program's hooks out of a host's settings, and nothing else.
 *
 * @module
 */
import { toEngineError } from "../../../core/errors.ts";
import { isManagedOnly } from "../../hook/wiring/compare_settings.ts";
import { managedOnlyKey } from "../../hook/wiring/edit_settings.ts";
import { hostNames } from "../../hook/wiring/hook_line.ts";
import { planRemoval } from "../../hook/wiring/plan_change.ts";
import { isExclusive, placeOf } from "../../hook/wiring/settings_place.ts";
import type { Command, ParsedArguments } from "../command.ts";
import type { CliContext } from "../host.ts";
import { usageError } from "../usage_error.ts";
import { changeSettings } from "./change_settings.ts";
import { changeFlags, hostPositional, readHost, readScope, scopeFlag } from "./hook_flags.ts";
import { printChange } from "./print_change.ts";
import { recordWiring, type WiringChange } from "./record_wiring.ts";

export const hookUninstallCommand: Command<CliContext> = {
  path: ["hook", "uninstall"],
  summary: "Take Sealward out of an agent's host",
  description: "Removes exactly the hooks of this program. Where nothing else changed since " +
    "install, the file is afterwards what it was, byte by byte, or gone if there was none.",
  examples: [{ command: "sealward hook uninstall claude-code --dry-run", what: "look first" }],
  flags: [scopeFlag, ...changeFlags],
  positionals: [hostPositional([], true)],
  exits: [
    [0, "removed, or not there"],
    [1, "not written, or not recorded"],
    [3, "the settings cannot be edited safely"],
  ],
  run: runHookUninstall,
};

async function runHookUninstall(context: CliContext, parsed: ParsedArguments): Promise<number> {
  const files = await context.host.agentFiles();
  const host = readHost(parsed);
  if (host === null) throw usageError("No host was named", `name one of ${hostNames.join(", ")}`);
  const { root } = context.host.paths(parsed.flags.text("root"));
  const place = placeOf(host, readScope(parsed, host), { root, userFolder: files.userFolder });
  if (place.form === "toml") {
    throw usageError(
      `Cannot edit ${place.path}: it is TOML, which only a human edits here`,
      "remove the lines that `sealward hook install codex --scope managed` prints",
    );
  }
  const before = files.read(place.path);
  const isManaged = isExclusive(host, place.scope);
  const removal = planRemoval(before, isManaged, files.readBackups(place.path));
  const change = { path: place.path, before, after: removal.text, restored: removal.restored };
  const outcome = changeSettings(context, parsed, { files, change });
  const notes = outcome.isChanged && change.after !== null && isManagedOnly(change.after)
    ? [`${managedOnlyKey} is left as it is: remove it yourself if it came with the install`]
    : [];
  const unwired = { type: "HOOK_UNINSTALLED", host, place, change, outcome } as const;
  const { isRecorded, said } = await record(context, parsed, unwired);
  const printed = { host, place, change, outcome, report: null, notes: [...notes, ...said] };
  const exit = printChange(context, parsed, printed);
  return isRecorded ? exit : 1;
}

/** The settings are out of our hands by now: a log that takes no entry is said, and changes nothing. */
async function record(
  context: CliContext,
  parsed: ParsedArguments,
  unwired: WiringChange,
): Promise<{ readonly isRecorded: boolean; readonly said: readonly string[] }> {
  const root = parsed.flags.text("root");
  if (!unwired.outcome.isChanged || !context.host.isInitialized(root)) {
    return { isRecorded: true, said: [] };
  }
  try {
    const install = await context.host.open({ root, role: "one-shot", runsChecks: false });
    try {
      return { isRecorded: true, said: await recordWiring(install, unwired) };
    } finally {
      await install.close();
    }
  } catch (error) {
    const said = `it was not recorded: ${toEngineError(error).message}`;
    return { isRecorded: false, said: [said] };
  }
}
