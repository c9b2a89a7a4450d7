/**
 * Why a person approves or denies.
 *
 * @module
 */
import { EngineError } from "../../core/errors.ts";
import { maxJustificationCharacters, minJustificationCharacters } from "../../core/limits.ts";

/**
 * The text without blanks around it.
 *
 * @throws {EngineError} `operation_invalid` outside its bounds, or with half a character.
 */
export function parseJustification(text: string): string {
  const trimmed = text.trim();
  const isWhole = trimmed.isWellFormed();
  const { length } = trimmed;
  if (isWhole && length >= minJustificationCharacters && length <= maxJustificationCharacters) {
    return trimmed;
  }
  const wanted = `wanted ${minJustificationCharacters} to ${maxJustificationCharacters}`;
  throw new EngineError(
    "operation_invalid",
    `Got a justification of ${length} characters, ${wanted}`,
    {
      hint: "say in a sentence why it is right this time: the log keeps it",
    },
  );
}
