/**
 * Facts for people, one to a line.
 *
 * @module
 */
import { paint, renderText } from "../colour.ts";
import type { CliContext } from "../host.ts";

/** Longer than any path, message or digest. */
const maxFactCharacters = 8_192;

/** One line for each fact. */
export function renderFacts(context: CliContext, facts: Record<string, unknown>): string {
  const { style } = context.render("table");
  const width = Math.max(...Object.keys(facts).map((name) => name.length));
  return Object.entries(facts).map(([name, value]) => {
    const label = paint(style, "dim", name.replaceAll("_", " ").padEnd(width));
    // SECURITY: a folder's name may forge lines and colours.
    return `${label}  ${renderText(style, String(value ?? "-"), maxFactCharacters)}\n`;
  }).join("");
}
