/**
 * A change as a patch envelope whose one hunk is the whole file, so that what is counted is the lines
 * that change and not all the file has.
 *
 * @module
 */
import { parsePatchEnvelope } from "../../core/operation/parse_patch_envelope.ts";

/**
 * Everything between the first and the last line that differ counts as changed: never less than is.
 *
 * @returns Null where the envelope cannot say it, e.g. for lines that end with CRLF.
 */
export function showChange(path: string, before: string, after: string): string | null {
  const [old, now] = [before.split("\n"), after.split("\n")];
  const most = Math.min(old.length, now.length);
  let top = 0;
  while (top < most && old[top] === now[top]) top++;
  let bottom = 0;
  while (bottom < most - top && old.at(-1 - bottom) === now.at(-1 - bottom)) bottom++;
  const envelope = [
    "*** Begin Patch",
    `*** Update File: ${path}`,
    "@@",
    ...now.slice(0, top).map((line) => ` ${line}`),
    ...old.slice(top, old.length - bottom).map((line) => `-${line}`),
    ...now.slice(top, now.length - bottom).map((line) => `+${line}`),
    ...now.slice(now.length - bottom).map((line) => ` ${line}`),
    "*** End Patch",
    "",
  ].join("\n");
  const [hunk] = parsePatchEnvelope(envelope)?.hunks ?? [];
  return hunk?.newText === after ? envelope : null;
}
