/**
 * Codex' managed wiring. Its file is TOML, which this program does not rewrite: it prints the text
 * to add, and later looks whether exactly this text is there.
 *
 * @module
 */
import { encodeHookLine, type HookLine, parseHookLine } from "./hook_line.ts";
import { hookTimeoutSeconds } from "./hook_timeout.ts";
import { eventsOf } from "./wired_event.ts";

const managedOnlyLine = "allow_managed_hooks_only = true";

/** The line that must stand above the first table, and the tables. */
export interface ManagedToml {
  readonly top: string;
  readonly tables: string;
}

export function encodeManagedToml(line: HookLine): ManagedToml {
  const tables = eventsOf(line.host).map(({ event, purpose }) =>
    [
      `[[hooks.${event}]]`,
      `[[hooks.${event}.hooks]]`,
      'type = "command"',
      `command = ${basicString(encodeHookLine(line, purpose))}`,
      `timeout = ${hookTimeoutSeconds}`,
      "",
    ].join("\n")
  );
  return { top: `${managedOnlyLine}\n`, tables: tables.join("\n") };
}

/** TOML's basic string takes JSON's escapes; DEL alone is written otherwise. */
function basicString(text: string): string {
  return JSON.stringify(text).replaceAll("\x7f", "\\u007f");
}

/** The gate's command in a requirements file; null when there is none of this program. */
export function findManagedGate(text: string): string | null {
  const commands = text.matchAll(/^command = ("(?:[^"\\\n]|\\.)*")\s*$/gm);
  for (const [, quoted = '""'] of commands) {
    const command = parseBasic(quoted);
    if (command !== null && parseHookLine(command, "gate") !== null) return command;
  }
  return null;
}

function parseBasic(quoted: string): string | null {
  try {
    return JSON.parse(quoted);
  } catch {
    return null;
  }
}

/** Differences from the text that was printed; empty when it is all there, to the byte. */
export function compareManagedToml(text: string, line: HookLine): readonly string[] {
  const wanted = encodeManagedToml(line);
  const unix = text.replaceAll("\r\n", "\n");
  const firstTable = unix.search(/^\s*\[/m);
  const top = unix.slice(0, firstTable === -1 ? undefined : firstTable);
  const reasons: string[] = [];
  if (!top.split("\n").includes(managedOnlyLine)) {
    reasons.push(`"${managedOnlyLine}" does not stand above the first table`);
  }
  for (const table of wanted.tables.split("\n\n")) {
    const name = /hooks\.(\w+)/.exec(table)?.[1] ?? "hooks";
    if (!`${unix}\n`.includes(table.trimEnd() + "\n")) reasons.push(`${name}: not as printed`);
  }
  return reasons;
}

/** Whether a TOML text lets only managed hooks run; a plain look, not a parser. */
export function hasManagedOnlyToml(text: string): boolean {
  return /^\s*allow_managed_hooks_only\s*=\s*true\b/m.test(text);
}

/** Whether a TOML text switches hooks off, in any of the spellings Codex takes. */
export function hasHooksDisabledToml(text: string): boolean {
  if (/^\s*features\s*\.\s*(?:codex_)?hooks\s*=\s*false\b/m.test(text)) return true;
  if (/^\s*features\s*=\s*\{[^}\n]*\b(?:codex_)?hooks\s*=\s*false\b/m.test(text)) return true;
  return text.split(/^\s*(?=\[)/m).some((table) =>
    /^\[\s*features\s*\]/.test(table) && /^\s*(?:codex_)?hooks\s*=\s*false\b/m.test(table)
  );
}
