/**
 * Edits of a log's files as data: what a suite does to a log can be written down, given to a reader
 * in another language, and told in a failure.
 */
import { concat } from "./audit_log.ts";
import type { LogFiles } from "./log_lab.ts";

export type LogEdit =
  | { readonly op: "flip"; readonly file: string; readonly at: number; readonly mask: number }
  | {
    readonly op: "splice";
    readonly file: string;
    readonly at: number;
    readonly remove: number;
    /** One character for each byte. */
    readonly insert: string;
  }
  | { readonly op: "cut"; readonly file: string; readonly size: number }
  | { readonly op: "remove"; readonly file: string }
  | { readonly op: "copy"; readonly from: string; readonly to: string }
  | { readonly op: "swap"; readonly file: string; readonly with: string }
  /** The file becomes these lines: of which file, and which of its lines. */
  | {
    readonly op: "lines";
    readonly file: string;
    readonly lines: readonly (readonly [string, number])[];
  };

export function applyEdit(files: LogFiles, edit: LogEdit): LogFiles {
  const changed = new Map(files);
  const bytesOf = (name: string) => files.get(name) ?? new Uint8Array();
  switch (edit.op) {
    case "flip":
      changed.set(edit.file, flip(bytesOf(edit.file), edit.at, edit.mask));
      return changed;
    case "splice": {
      const bytes = bytesOf(edit.file);
      const rest = bytes.subarray(edit.at + edit.remove);
      const inserted = Uint8Array.from(edit.insert, (character) => character.charCodeAt(0));
      changed.set(edit.file, concat([bytes.subarray(0, edit.at), inserted, rest]));
      return changed;
    }
    case "cut":
      changed.set(edit.file, bytesOf(edit.file).slice(0, edit.size));
      return changed;
    case "remove":
      changed.delete(edit.file);
      return changed;
    case "copy":
      changed.set(edit.to, bytesOf(edit.from));
      return changed;
    case "swap":
      changed.set(edit.file, bytesOf(edit.with));
      changed.set(edit.with, bytesOf(edit.file));
      return changed;
    case "lines": {
      const lines = edit.lines.map(([name, i]) => linesOf(bytesOf(name))[i] ?? new Uint8Array());
      changed.set(edit.file, concat(lines));
      return changed;
    }
  }
}

export function applyEdits(files: LogFiles, edits: readonly LogEdit[]): LogFiles {
  return edits.reduce(applyEdit, files);
}

function flip(bytes: Uint8Array, at: number, mask: number): Uint8Array {
  const changed = Uint8Array.from(bytes);
  changed[at] = (changed[at] ?? 0) ^ mask;
  return changed;
}

/** Each with its LF. */
export function linesOf(bytes: Uint8Array): readonly Uint8Array[] {
  const lines: Uint8Array[] = [];
  for (let start = 0; start < bytes.length;) {
    const end = bytes.indexOf(0x0a, start);
    lines.push(bytes.subarray(start, end < 0 ? bytes.length : end + 1));
    start = end < 0 ? bytes.length : end + 1;
  }
  return lines;
}

export function isSameFiles(one: LogFiles, other: LogFiles): boolean {
  return one.size === other.size && Array.from(one).every(([name, bytes]) => {
    const others = other.get(name);
    return others === bytes || (others?.length === bytes.length &&
      others.every((byte, i) => byte === bytes[i]));
  });
}
