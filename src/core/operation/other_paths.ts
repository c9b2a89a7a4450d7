/**
 * What the input of a tool nobody knows may name where no path can be read as it stands.
 *
 * @module
 */
import { maxToolPaths } from "../limits.ts";
import type { JsonObject } from "./operation.ts";
import { isPath } from "./path.ts";
import { pathReadings } from "./path_readings.ts";
import { isPathKey, looksLikePath, plainPath } from "./tool_paths.ts";
import { findToolTexts } from "./tool_texts.ts";

/** Each once, at most limits.maxToolPaths: what the tool does stays in doubt anyway. */
export function findOtherPaths(input: JsonObject): readonly string[] {
  const found = new Set<string>();
  for (const { argument, text } of findToolTexts(input).texts) {
    const plain = plainPath(text);
    if (plain === null || isPath(plain)) continue;
    if (!isPathKey(argument) && !looksLikePath(text)) continue;
    for (const reading of pathReadings(text, false)) found.add(reading);
    if (found.size >= maxToolPaths) break;
  }
  return [...found].slice(0, maxToolPaths);
}
