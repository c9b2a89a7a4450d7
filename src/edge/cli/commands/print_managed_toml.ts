/**
 * Codex' managed wiring as text: this program does not rewrite TOML.
 *
 * @module
 */
import type { Wiring } from "../../hook/wiring/edit_settings.ts";
import { encodeManagedToml } from "../../hook/wiring/managed_toml.ts";
import type { SettingsPlace } from "../../hook/wiring/settings_place.ts";
import { renderJson } from "../../render.ts";
import type { ParsedArguments } from "../command.ts";
import type { CliContext } from "../host.ts";
import { printAnswer, say } from "./print.ts";

/** Prints what to add; 1, because nothing was written. */
export function printManagedToml(
  context: CliContext,
  parsed: ParsedArguments,
  { place, wiring }: { readonly place: SettingsPlace; readonly wiring: Wiring },
): number {
  const { top, tables } = encodeManagedToml(wiring.line);
  if (parsed.format !== "table") {
    const facts = { host: wiring.line.host, scope: place.scope, path: place.path, changed: false };
    printAnswer(
      context,
      parsed,
      renderJson({ schema_version: 1, ...facts, top, tables }, parsed.format),
    );
    return parsed.flags.isSet("dry-run") ? 0 : 1;
  }
  say(context, parsed, `nothing was written: ${place.path} is TOML, which only a human edits here`);
  say(context, parsed, "put the first line above every table, the rest at the end, then run");
  say(context, parsed, "`sealward hook status codex`");
  printAnswer(context, parsed, `${top}\n${tables}`);
  return parsed.flags.isSet("dry-run") ? 0 : 1;
}
