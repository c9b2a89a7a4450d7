/**
 * The input of a logged decision, from the entry or from the file it names.
 *
 * @module
 */
import type { DecisionInput } from "../decision/decision_input.ts";
import type { JsonObject } from "../operation/operation.ts";
import type { CannotCode } from "./replay_result.ts";

/** What is kept beside the log. */
export interface KeptFiles {
  /** Bytes with this SHA-256 (hex); null when none are there, or others. */
  readonly readKept: (sha256: string) => Uint8Array | null;
  readonly keptStatus: (sha256: string) => KeptStatus;
}

export type KeptStatus = "kept" | "missing" | "changed";

/** Thrown where a decision cannot be made again. */
export class CannotReplay extends Error {
  readonly code: CannotCode;

  constructor(code: CannotCode, message: string) {
    super(message);
    this.code = code;
  }
}

/** SHA-256 (hex) of the file that holds the input; null when none does. */
export function inputDigest({ input }: JsonObject): string | null {
  return typeof input === "string" && /^sha256:[0-9a-f]{64}$/.test(input) ? input.slice(7) : null;
}

/** @throws {CannotReplay} */
export function readInput(details: JsonObject, kept: KeptFiles): DecisionInput {
  const { input, replayable, engine } = details;
  if (replayable === "too_large") {
    throw new CannotReplay("not_replayable", "what it was made of was too large to keep");
  }
  if (input === undefined) {
    const why = engine === undefined ? "its version kept no inputs" : "the entry names none";
    throw new CannotReplay("input_missing", why);
  }
  const digest = inputDigest(details);
  if (digest === null) return asInput(input);
  const bytes = readFile(digest, kept);
  const line = new TextDecoder().decode(bytes).split("\n")[Number(details["input_line"] ?? 0)];
  try {
    return asInput(JSON.parse(line ?? ""));
  } catch (error) {
    if (error instanceof CannotReplay) throw error;
    throw new CannotReplay("input_missing", `the kept input ${digest} cannot be read`);
  }
}

/** @throws {CannotReplay} `input_missing`, `input_changed`. */
function readFile(digest: string, { readKept, keptStatus }: KeptFiles): Uint8Array {
  const bytes = readKept(digest);
  if (bytes !== null) return bytes;
  throw keptStatus(digest) === "changed"
    ? new CannotReplay("input_changed", `the kept input ${digest} was changed, and is not used`)
    : new CannotReplay("input_missing", `the kept input ${digest} is missing`);
}

function asInput(value: unknown): DecisionInput {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value;
  throw new CannotReplay("input_missing", "what was kept is no input");
}
