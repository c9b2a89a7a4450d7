/**
 * Asks the person at the terminal for a yes.
 *
 * @module
 */
import { EngineError } from "../../../core/errors.ts";
import type { CliContext } from "../host.ts";

/** @throws {EngineError} `override_rejected` for any other answer. */
export async function confirmPerson({ host }: CliContext, question: string): Promise<void> {
  const answer = await host.askPerson(question, "shown") ?? "";
  if (/^y(?:es)?$/i.test(answer.trim())) return;
  throw new EngineError("override_rejected", "You did not agree: nothing was changed", {
    hint: "answer y",
  });
}
