/**
 * Names a check may be given here.
 *
 * @module
 */
import { quote, usageError } from "../usage_error.ts";

/** Text to some readers of YAML and no text to others; and what every object of JavaScript has. */
const taken = /^(?:null|true|false|y|n|yes|no|on|off|constructor)$/;

/** @throws {EngineError} `usage` where it could not stand in a policy as a plain word. */
export function requireCheckId(id: string, what: "id" | "name"): void {
  if (taken.test(id)) {
    throw usageError(
      `Cannot use the ${what} ${quote(id)}: it means something else to readers of policies`,
      `add a word to it, such as ${id}-check`,
    );
  }
  if (!/^[a-z][a-z0-9_-]{0,63}$/.test(id)) {
    const hint = "a-z, 0-9, _ and -, a letter first, at most 64";
    throw usageError(
      `Cannot use the ${what} ${quote(id)}`,
      what === "id" ? `give --id: ${hint}` : hint,
    );
  }
}
