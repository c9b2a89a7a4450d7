/**
 * Plain values to the part of YAML that policies may use: every text in double quotes, so that
 * nothing an agent wrote can be read as anything but text.
 *
 * @module
 */
import { oneLine } from "../errors.ts";
import { unreadableCharacter } from "../operation/fold_for_matching.ts";
import type { Json, JsonObject } from "../operation/operation.ts";

/** A block of lines, each ended by LF; keys must be plain words. */
export function writeYaml(object: JsonObject, indent = 0): string {
  return Object.entries(object).map(([key, value]) => writePair(key, value, indent)).join("");
}

function writePair(key: string, value: Json, indent: number): string {
  const margin = " ".repeat(indent);
  if (!isBlock(value)) return `${margin}${key}: ${writeFlow(value)}\n`;
  if (!Array.isArray(value)) {
    return `${margin}${key}:\n${writeYaml(value as JsonObject, indent + 2)}`;
  }
  const items = value.map((item) => writeItem(item, indent + 2));
  return `${margin}${key}:\n${items.join("")}`;
}

/** One item of a list, its dash at `indent`. */
export function writeItem(item: Json, indent: number): string {
  const margin = " ".repeat(indent);
  if (!isBlock(item) || Array.isArray(item)) return `${margin}- ${writeFlow(item)}\n`;
  const lines = writeYaml(item as JsonObject, indent + 2);
  return `${margin}- ${lines.slice(indent + 2)}`;
}

/** Mappings, and lists of them, get lines of their own. */
function isBlock(value: Json): boolean {
  if (typeof value !== "object" || value === null) return false;
  if (!Array.isArray(value)) return Object.keys(value).length > 0;
  return value.some((item) => typeof item === "object" && item !== null);
}

function writeFlow(value: Json): string {
  if (typeof value === "string") return writeText(value);
  if (typeof value !== "object" || value === null) return String(value);
  if (!Array.isArray(value)) return "{}";
  return `[${value.map(writeFlow).join(", ")}]`;
}

/** JSON's quotes and escapes are YAML's; what no policy may hold is shown, not hidden. */
function writeText(text: string): string {
  return JSON.stringify(showHidden(text));
}

/** Text for a comment: one line, nothing invisible, cut. */
export function writeComment(text: string, maxCharacters = 160): string {
  return showHidden(oneLine(text, maxCharacters));
}

const hidden = new RegExp(unreadableCharacter.source, "gu");

function showHidden(text: string): string {
  return text.replace(hidden, (character) => {
    return `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`;
  });
}
