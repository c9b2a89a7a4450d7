/**
 * A person retypes the phrase of what they saw: another request would have another one.
 *
 * @module
 */
import { EngineError } from "../../../core/errors.ts";
import type { CliContext } from "../host.ts";
import { askAgain } from "./ask_again.ts";

/** @throws {EngineError} `override_rejected` when what was typed is another phrase. */
export async function retypePhrase(context: CliContext, wanted: string): Promise<string> {
  const question = "Retype the phrase of the request above:";
  return await askAgain(
    context,
    { question, echo: "shown" },
    (line) =>
      normalize(line) === normalize(wanted)
        ? { value: line.trim() }
        : { complaint: "that is not its phrase: look at the request again" },
  );
}

/** The same of a phrase that was typed beforehand. */
export function requirePhrase(given: string, wanted: string): string {
  if (normalize(given) === normalize(wanted)) return given.trim();
  throw new EngineError("override_rejected", "The phrase is not that of this request", {
    hint: "look at the request above: it is not the one you read before",
  });
}

/** Crockford's base32 as people type it. */
function normalize(phrase: string): string {
  return phrase.trim().toUpperCase().replace("-", "").replace(/[IL]/g, "1").replaceAll("O", "0");
}
