/**
 * A person retypes the phrase of what they saw: another request would have another one.
 *
 * @module
 */
import { EngineError } from "../../../core/errors.ts";
import { isPhrase } from "../../../core/override/code_phrase.ts";
import type { CliContext } from "../host.ts";
import { askAgain } from "./ask_again.ts";

/** @throws {EngineError} `override_rejected` when what was typed is another phrase. */
export async function retypePhrase(context: CliContext, wanted: string): Promise<string> {
  const question = "Retype its phrase:";
  return await askAgain(
    context,
    { question, echo: "shown" },
    (line) =>
      isPhrase(line, wanted) ? { value: line.trim() } : {
        complaint:
          "that is not its phrase, ten letters and digits as XXXXX-XXXXX: look at the request again",
      },
  );
}

/** The same of a phrase that was typed beforehand. */
export function requirePhrase(given: string, wanted: string): string {
  if (isPhrase(given, wanted)) return given.trim();
  throw new EngineError("override_rejected", "The phrase is not that of this request", {
    hint: "look at the request above: it is not the one you read before",
  });
}
