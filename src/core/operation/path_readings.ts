/**
 * What else a text may name to whoever trims it, cuts it into pieces or takes a scheme off. Such
 * readings only add: whether the file is meant nobody can tell.
 *
 * @module
 */
import { isPath } from "./path.ts";

/** Pieces of a list in one text that are looked at. */
const maxPieces = 64;

/** Whether the text has an inner end of a line: then it is no name. */
export function isLines(text: string): boolean {
  return /[\n\r]/.test(text.trim());
}

/**
 * Whether a reading may lead out of the project whatever folder it is taken from: that must be asked
 * about, and not only whether it names what is protected. Behind a host nobody means this machine.
 */
export function isFarReading(reading: string, text: string): boolean {
  const hasHost = /^\s*(?!file:)[a-z][a-z0-9+.-]*:\/\/[^/]/i.test(text);
  return (!hasHost && /^[/~]/.test(reading)) || climbs.test(reading);
}

/** A step up in any spelling. */
const climbs = /(?:^|[\\/]|%2f|%5c)(?:\.|%2e){2}(?:[\\/]|%2f|%5c|$)/i;

/**
 * Each once, without the text itself.
 *
 * @param isList Whether it may also be a list of names.
 */
export function pathReadings(text: string, isList: boolean): readonly string[] {
  const found = new Set<string>();
  const add = (reading: string | null) => {
    if (reading !== null && reading !== text && isPath(reading)) found.add(reading);
  };
  const name = text.trim();
  add(name);
  // SECURITY: what comes before a NUL is the whole name to a program in C.
  const whole = name.split("\0")[0] ?? "";
  add(whole);
  add(whole.replace(/^[\\/]{2,}/, "/"));
  // A URL's parser drops blanks at the ends, and tabs and line ends anywhere.
  const address = whole.replace(/[\t\n\r]/g, "");
  const scheme = /^([a-z][a-z0-9+.-]*):(.*)$/is.exec(address);
  for (const reading of isWeb(scheme?.[1]) ? [] : placesIn(scheme?.[2] ?? "")) add(reading);
  const separators = scheme === null ? /[\s,;|:\0]+/ : /[\s,;|\0]+/;
  if (isList) { for (const piece of name.split(separators).slice(0, maxPieces)) add(piece); }
  return [...found];
}

/** Of web addresses nobody takes the scheme off; what stands there is a path as a whole. */
function isWeb(scheme: string | undefined): boolean {
  return scheme !== undefined && /^https?$/i.test(scheme);
}

/** What stands behind a scheme, with a host and without. */
function placesIn(rest: string): readonly string[] {
  return [rest, decode(rest) ?? rest].flatMap((each) => {
    const path = each.replaceAll("\\", "/");
    const local = path.replace(/^\/\/[^/]*/, "");
    return [path, local, path.replace(/^\/+/, ""), path.replace(/^\/+/, "/")];
  });
}

function decode(text: string): string | null {
  try {
    return decodeURIComponent(text);
  } catch {
    return null;
  }
}
