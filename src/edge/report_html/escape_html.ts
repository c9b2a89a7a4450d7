/**
 * Text from outside to text in a page: the one gate of everything the page shows.
 *
 * @module
 */
import { renderText } from "../cli/colour.ts";

const style = { colour: false, unicode: true } as const;

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/**
 * Safe between tags and in quoted attributes, on one line, cut. Control, direction and invisible
 * characters show as escapes: a name must not reorder what stands beside it.
 */
export function escapeHtml(text: string, maxCharacters = 200): string {
  return renderText(style, text, maxCharacters).replace(/[&<>"']/g, (c) => entities[c] ?? "");
}
