/**
 * What a file holds after an edit by search and replacement.
 *
 * @module
 */

export interface TextEdit {
  readonly oldText: string;
  readonly newText: string;
  readonly all: boolean;
}

/**
 * Applies edits in order.
 *
 * @param text Null when there is no file, or none that can be read.
 * @returns Null when an edit does not apply; an empty search fits only an empty or missing file.
 */
export function applyEdits(text: string | null, edits: readonly TextEdit[]): string | null {
  let current = text ?? "";
  for (const { oldText, newText, all } of edits) {
    if (oldText === "") {
      if (current !== "") return null;
      current = newText;
      continue;
    }
    const at = current.indexOf(oldText);
    if (at === -1) return null;
    current = all
      ? current.split(oldText).join(newText)
      : current.slice(0, at) + newText + current.slice(at + oldText.length);
  }
  return current;
}
