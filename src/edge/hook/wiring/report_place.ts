/**
 * What one settings file of a host says about the wiring.
 *
 * @module
 */
import { toEngineError } from "../../../core/errors.ts";
import { compareSettings, findWiring } from "./compare_settings.ts";
import { findHostErrors } from "./find_host_errors.ts";
import { type HookLine, type HostName, parseHookLine } from "./hook_line.ts";
import { compareManagedToml, findManagedGate } from "./managed_toml.ts";
import type { Scope } from "./scope.ts";
import { isExclusive, isInCheckout, type SettingsPlace } from "./settings_place.ts";

/** A settings file as read: `text` null when there is none, `fault` when it could not be used. */
export interface PlaceReading {
  readonly place: SettingsPlace;
  readonly text: string | null;
  readonly fault: string | null;
}

export type PlaceState = "not_installed" | "as_written" | "drift" | "unreadable";

export interface PlaceReport {
  readonly scope: Scope;
  readonly path: string;
  readonly state: PlaceState;
  /** Why it is not as written. */
  readonly reasons: readonly string[];
  /** The gate's command line, to the byte; null unless it is as install writes it. */
  readonly gate: string | null;
  /** Who decides, in words; null unless it is as install writes it. */
  readonly road: string | null;
}

export interface ReportOptions {
  readonly host: HostName;
  readonly root: string;
  /** The program hosts are meant to start; absolute path. */
  readonly program: string;
  /** Whether a path is another name of the program. */
  readonly isProgram: (path: string) => boolean;
}

/** Total: a file that cannot be understood is a report too. */
export function reportPlace(reading: PlaceReading, options: ReportOptions): PlaceReport {
  const { scope, path } = reading.place;
  const report = (state: PlaceState, reasons: readonly string[]): PlaceReport => {
    return { scope, path, state, reasons, gate: null, road: null };
  };
  if (reading.fault !== null) return report("unreadable", [reading.fault]);
  if (reading.text === null) return report("not_installed", []);
  try {
    const found = findIn(reading.text, reading.place);
    if (!found.isInstalled) return report("not_installed", []);
    const reasons = compare(reading.text, reading.place, { found: found.line, options });
    if (reasons.length > 0) return report("drift", reasons);
    const road = found.line === null ? null : describeRoad(found.line);
    return { ...report("as_written", []), gate: found.gate, road };
  } catch (error) {
    return report("unreadable", [toEngineError(error).message]);
  }
}

function findIn(text: string, { form }: SettingsPlace): ReturnType<typeof findWiring> {
  if (form === "json") return findWiring(text);
  const gate = findManagedGate(text);
  const line = gate === null ? null : parseHookLine(gate, "gate");
  return { gate, line, isInstalled: gate !== null || /\bsealward\b/.test(text) };
}

function compare(
  text: string,
  place: SettingsPlace,
  { found, options }: { readonly found: HookLine | null; readonly options: ReportOptions },
): readonly string[] {
  const line = wantedLine(found, place.scope, options);
  if (place.form === "toml") return compareManagedToml(text, line);
  const isManagedOnly = isExclusive(options.host, place.scope);
  return [
    ...compareSettings(text, { line, isManagedOnly }),
    ...findHostErrors(text, options.host),
  ];
}

/** Flags are the human's choice and taken as found; program, host and a project's root are not. */
function wantedLine(found: HookLine | null, scope: Scope, options: ReportOptions): HookLine {
  const { host, root, isProgram } = options;
  const choices = found ?? { server: null, tokenFile: null, serverKey: null, onUnenrolled: null };
  return {
    ...choices,
    program: found !== null && isProgram(found.program) ? found.program : options.program,
    host,
    root: isInCheckout(scope) ? root : found?.root ?? null,
  };
}

/** SECURITY: flags are nobody's to check but a human's, so they are shown. */
function describeRoad({ root, server, onUnenrolled }: HookLine): string {
  const who = server === null ? "decides here" : `asks ${server}`;
  const whose = root === null ? "" : ` for ${root}`;
  const elsewhere = onUnenrolled === "deny" ? "deny" : "no opinion";
  return `${who}${whose}; where no install guards: ${elsewhere}`;
}
