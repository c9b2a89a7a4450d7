/**
 * How the next line of a chain must begin.
 *
 * @module
 */
import { EngineError } from "../../errors.ts";
import type { EpochKeys } from "../keys.ts";

const keyGrammar = /^[0-9a-f]{8}\.(?:0|[1-9][0-9]{0,9})$/;

/**
 * The bytes before the time of the line with number `seq`: at most 64 characters.
 *
 * @returns Null when no line can have that number or key.
 */
export function encodeOpening(seq: number, { kid, epoch }: EpochKeys): string | null {
  const key = `${kid}.${epoch}`;
  if (!Number.isSafeInteger(seq) || seq < 0 || !keyGrammar.test(key)) return null;
  return `{"v":1,"seq":${seq},"key":"${key}","ts":"`;
}

/** @throws {EngineError} `internal` when what verify() was given is out of bounds. */
export function checkBounds(lengthBytes: number, windowBytes: number, at: string | null): void {
  if (!Number.isInteger(lengthBytes) || lengthBytes < 0 || lengthBytes > windowBytes) {
    const wanted = `wanted 0 to ${windowBytes}`;
    throw new EngineError("internal", `Cannot verify ${lengthBytes} bytes: ${wanted}`);
  }
  if (at !== null && at.length !== 27) {
    const got = `got ${at.length} characters`;
    throw new EngineError("internal", `Cannot compare with the time before: ${got}, wanted 27`);
  }
}
