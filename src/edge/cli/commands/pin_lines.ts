/**
 * The lines of a policy that pin a check, and a policy's text with them. Works on text, so that
 * comments stay; whoever uses it compares what the texts mean.
 *
 * @module
 */

/** Keys in the order they are written; those that are null are left out. */
export interface PinnedKeys {
  readonly id: string;
  /** Relative to `.scalpel/checks/`. */
  readonly file: string;
  readonly sha256: string;
  readonly abi: string;
  readonly entrypoint: string | null;
  readonly result: string | null;
  readonly data: { readonly file: string; readonly sha256: string } | null;
  readonly isolation: string | null;
  /** Flow form, e.g. `{"max": 10}`. */
  readonly settings: string | null;
  readonly limits: readonly (readonly [name: string, value: number])[];
}

/** One item of the list, ended by a line end. */
export function pinLines(keys: PinnedKeys, indent: string): string {
  const limits = keys.limits.map(([name, value]) => `${name}: ${value}`).join(", ");
  const lines = [
    `id: ${keys.id}`,
    `file: ${keys.file}`,
    `sha256: "${keys.sha256}"`,
    `abi: ${keys.abi}`,
    keys.entrypoint === null ? null : `entrypoint: ${keys.entrypoint}`,
    keys.result === null ? null : `result: ${keys.result}`,
    keys.data === null ? null : `data: {file: ${keys.data.file}, sha256: "${keys.data.sha256}"}`,
    keys.isolation === null ? null : `isolation: ${keys.isolation}`,
    keys.settings === null ? null : `settings: ${keys.settings}`,
    limits === "" ? null : `limits: {${limits}}`,
  ].filter((line) => line !== null);
  return lines.map((line, i) => `${indent}${i === 0 ? "- " : "  "}${line}\n`).join("");
}

/**
 * The text with one more item at the end of `checks:`, or with that section at its end.
 *
 * @returns Null where the section is written in a form that this does not edit.
 */
export function appendPin(text: string, keys: PinnedKeys): string | null {
  const lines = splitLines(text);
  const head = lines.findIndex((line) => /^checks[ \t]*:/.test(line));
  if (head < 0) {
    const gap = text === "" || /\n\n$/.test(text) ? "" : text.endsWith("\n") ? "\n" : "\n\n";
    return `${text}${gap}checks:\n${pinLines(keys, "  ")}`;
  }
  if (!/^checks:[ \t]*(?:#.*)?\n$/.test(lines[head] ?? "")) return null;
  const first = lines.slice(head + 1).find((line) => /^[ \t]*-[ ]/.test(line));
  const indent = /^( *)- /.exec(first ?? "")?.[1];
  if (indent === undefined) return null;
  const end = endOfBlock(lines, head, indent);
  const before = lines.slice(0, end).join("");
  const joined = before.endsWith("\n") ? before : `${before}\n`;
  return joined + pinLines(keys, indent) + lines.slice(end).join("");
}

/** The text with another hash in one line. @param line Counts from 1. */
export function replaceHash(
  text: string,
  { line, from, to }: { readonly line: number; readonly from: string; readonly to: string },
): string | null {
  const lines = splitLines(text);
  const old = lines[line - 1];
  if (old === undefined || old.split(from).length !== 2) return null;
  lines[line - 1] = old.replace(from, to);
  return lines.join("");
}

/** After the last line of the block that says something: blank lines and comments below stay below. */
function endOfBlock(lines: readonly string[], head: number, indent: string): number {
  let end = head + 1;
  for (let i = head + 1; i < lines.length; i++) {
    const line = lines[i] ?? "";
    if (/^\s*(?:#.*\s*)?$/.test(line)) continue;
    const isInside = line.startsWith(`${indent}-`) || line.startsWith(`${indent} `);
    if (!isInside) break;
    end = i + 1;
  }
  return end;
}

function splitLines(text: string): string[] {
  return text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
}
