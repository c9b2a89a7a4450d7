/**
 * Facts for people, one to a line.
 *
 * @module
 */
import { paint } from "../colour.ts";
import type { CliContext } from "../host.ts";

/** One line for each fact. */
export function renderFacts(context: CliContext, facts: Record<string, unknown>): string {
  const { style } = context.render("table");
  const width = Math.max(...Object.keys(facts).map((name) => name.length));
  return Object.entries(facts).map(([name, value]) => {
    const label = paint(style, "dim", name.replaceAll("_", " ").padEnd(width));
    return `${label}  ${value ?? "-"}\n`;
  }).join("");
}
