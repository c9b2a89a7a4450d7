/**
 * What a file holds after an edit by search and replacement.
 *
 * @module
 */
import { EngineError } from "../../core/errors.ts";
import { maxEditedCharacters, maxEdits, maxEditWork } from "../../core/limits.ts";

export interface TextEdit {
  readonly oldText: string;
  readonly newText: string;
  readonly all: boolean;
}

/**
 * Applies edits in order.
 *
 * SECURITY: edits that double the text, or thousands of them, must end in a denial here: the
 * runtime would end the process without one, and a deadline cannot interrupt this loop.
 *
 * @param text Null when there is no file, or none that can be read.
 * @returns Null when an edit does not apply; an empty search fits only an empty or missing file.
 * @throws {EngineError} `operation_too_large` - past limits.maxEdits, maxEditedCharacters at any
 *   step, or maxEditWork in all.
 */
export function applyEdits(text: string | null, edits: readonly TextEdit[]): string | null {
  if (edits.length > maxEdits) throw tooLarge(`${edits.length} edits`, `at most ${maxEdits}`);
  let current = text ?? "";
  let work = 0;
  for (const edit of edits) {
    work += current.length + edit.oldText.length;
    if (work > maxEditWork) throw tooLarge("edits of too much text", "fewer of them");
    const next = applyEdit(current, edit);
    if (next === null) return null;
    current = next;
  }
  return current;
}

function applyEdit(text: string, { oldText, newText, all }: TextEdit): string | null {
  if (oldText === "") return text === "" ? newText : null;
  const at = text.indexOf(oldText);
  if (at === -1) return null;
  const count = all ? countOf(text, oldText) : 1;
  const length = text.length + count * (newText.length - oldText.length);
  if (length > maxEditedCharacters) {
    throw tooLarge(`a text of ${length} characters`, `at most ${maxEditedCharacters}`);
  }
  if (all) return text.replaceAll(oldText, () => newText);
  return text.slice(0, at) + newText + text.slice(at + oldText.length);
}

function countOf(text: string, part: string): number {
  let count = 0;
  for (let at = text.indexOf(part); at !== -1; at = text.indexOf(part, at + part.length)) count++;
  return count;
}

function tooLarge(got: string, wanted: string): EngineError {
  return new EngineError("operation_too_large", `Cannot follow the edit: got ${got}`, {
    hint: `${wanted}; split it`,
  });
}
