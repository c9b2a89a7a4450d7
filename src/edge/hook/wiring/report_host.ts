/**
 * One verdict on a host's wiring, from all its places, its switches and the canary.
 *
 * @module
 */
import { hasHooksDisabled, isManagedOnly } from "./compare_settings.ts";
import type { HostName } from "./hook_line.ts";
import { hostWirings } from "./host_wirings.ts";
import { hasHooksDisabledToml, hasManagedOnlyToml } from "./managed_toml.ts";
import type { PlaceReading, PlaceReport } from "./report_place.ts";

/** `PROTECTED` needs all three: wired as this version would, the canary denied, its entry found. */
export type HostVerdict = "PROTECTED" | "DRIFT" | "UNPROVEN" | "NOT INSTALLED";

/** What became of a canary. */
export interface CanaryReport {
  readonly scope: string;
  readonly denied: boolean;
  /** Sequence number of its entry; null when there is none. */
  readonly seq: number | null;
  /** The policy's mode as the entry has it; null when there is none. */
  readonly mode: string | null;
  /** What was seen instead of a proof, one line; null when proven. */
  readonly fault: string | null;
}

export interface HostReport {
  readonly host: HostName;
  readonly verdict: HostVerdict;
  readonly places: readonly PlaceReport[];
  readonly switches: readonly string[];
  readonly canaries: readonly CanaryReport[];
  /** What no look from outside can prove. */
  readonly unproven: string;
}

/** A file that may switch hooks off. */
export interface SwitchReading {
  readonly path: string;
  readonly text: string | null;
}

/**
 * Settings that keep the host from running what is wired, each as one line.
 *
 * @param switchedOff What switches them off at this host beside what does at all.
 */
export function findSwitches(
  readings: readonly PlaceReading[],
  others: readonly SwitchReading[],
  places: readonly PlaceReport[],
  switchedOff?: RegExp,
): readonly string[] {
  const all: SwitchReading[] = [
    ...readings.map(({ place, text }) => ({ path: place.path, text })),
    ...others,
  ];
  const reasons = all.filter((each) => isOff(each, switchedOff)).map(({ path }) =>
    `${path} switches every hook off`
  );
  const managed = readings.find(({ place }) => place.scope === "managed");
  const wired = places.filter(({ state }) => state !== "not_installed");
  const isHidden = wired.length > 0 && wired.every(({ scope }) => scope !== "managed");
  if (managed !== undefined && isExclusive(managed) && isHidden) {
    reasons.push(`${managed.place.path} lets only managed hooks run: this one is not among them`);
  }
  return reasons;
}

function isOff({ path, text }: SwitchReading, switchedOff?: RegExp): boolean {
  if (text === null) return false;
  if (switchedOff?.test(unescape(text)) === true) return true;
  if (path.endsWith(".toml")) return hasHooksDisabledToml(text);
  return isTrueIn(text, hasHooksDisabled);
}

/** A name may be written with escapes, which the host reads as the same. */
function unescape(text: string): string {
  return text.replace(
    /\\u00([2-7][0-9a-f])/gi,
    (_escape, hex: string) => String.fromCharCode(parseInt(hex, 16)),
  );
}

function isExclusive({ place, text }: PlaceReading): boolean {
  if (text === null) return false;
  return place.form === "toml" ? hasManagedOnlyToml(text) : isTrueIn(text, isManagedOnly);
}

/** A file that is no JSON is reported elsewhere. */
function isTrueIn(text: string, look: (text: string) => boolean): boolean {
  try {
    return look(text);
  } catch {
    return false;
  }
}

/** The worst that holds: one drifted copy of the wiring is a reason to look. */
export function judgeHost(
  places: readonly PlaceReport[],
  switches: readonly string[],
  canaries: readonly CanaryReport[],
): HostVerdict {
  const wired = places.filter(({ state }) => state === "as_written" || state === "drift");
  if (wired.length === 0) {
    const isUnknown = places.some(({ state }) => state === "unreadable");
    return isUnknown ? "UNPROVEN" : "NOT INSTALLED";
  }
  if (switches.length > 0 || places.some(({ state }) => state === "drift")) return "DRIFT";
  if (places.some(({ state }) => state === "unreadable")) return "UNPROVEN";
  const isProven = canaries.length > 0 && canaries.every(({ fault }) => fault === null);
  return isProven ? "PROTECTED" : "UNPROVEN";
}

export function unprovenOf(host: HostName): string {
  return hostWirings[host].unproven;
}
