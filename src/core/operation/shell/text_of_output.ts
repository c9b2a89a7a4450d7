/**
 * What a command substitution becomes of what its commands print.
 *
 * @module
 */
import type { Input } from "./program_use.ts";

/** The text, without the line ends that the shell takes off; null when nobody knows. */
export function textOfOutput(output: Input): string | null {
  if (output.kind === "none") return "";
  return output.kind === "text" ? output.text.replace(/\n+$/, "") : null;
}
