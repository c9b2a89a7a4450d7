/**
 * What a log says of itself at one size: the text of a signed note (C2SP tlog-checkpoint).
 *
 *     sealward/audit/LOG ID LF
 *     entries, decimal LF
 *     root of the tree, base64 LF
 *
 * @module
 */
import { encodeBase64 } from "@std/encoding/base64";
import { EngineError } from "../errors.ts";
import { parseBase64 } from "../integrity/parse_base64.ts";
import { hashBytes } from "./merkle/hash_node.ts";

export interface Checkpoint {
  /** Names the log, and the key that signs for it. */
  readonly origin: string;
  /** Entries, 0 to 2^53 - 1. */
  readonly size: number;
  /** 32 bytes. */
  readonly root: Uint8Array;
  /** Lines that other writers may add; read, never written. */
  readonly extensions: readonly string[];
}

const originPrefix = "sealward/audit/";
const sizePattern = /^(?:0|[1-9][0-9]{0,15})$/;

/** @param logId 32 hex digits. */
export function encodeOrigin(logId: string): string {
  return `${originPrefix}${logId}`;
}

/** The log's ID; null when the origin is no log of ours. */
export function parseOrigin(origin: string): string | null {
  const logId = origin.startsWith(originPrefix) ? origin.slice(originPrefix.length) : "";
  return /^[0-9a-f]{32}$/.test(logId) ? logId : null;
}

/** The text to sign; ends with LF. */
export function encodeCheckpoint(checkpoint: Omit<Checkpoint, "extensions">): string {
  const { origin, size, root } = checkpoint;
  return `${origin}\n${size}\n${encodeBase64(root)}\n`;
}

/** @throws {EngineError} `proof_invalid`. */
export function parseCheckpoint(text: string): Checkpoint {
  if (!text.endsWith("\n")) throw malformed("it does not end with a line end");
  const [origin = "", sizeText = "", base64 = "", ...extensions] = text.slice(0, -1).split("\n");
  if (origin === "") throw malformed("its first line, the origin, is empty");
  const size = parseSize(sizeText);
  if (size === null) throw malformed("its second line is no size");
  const root = parseBase64(base64);
  if (root?.length !== hashBytes) throw malformed("its third line is no root");
  if (extensions.includes("")) throw malformed("it has an empty line");
  return { origin, size, root, extensions };
}

/** A decimal number without leading zeros, at most 2^53 - 1; null for any other text. */
export function parseSize(text: string): number | null {
  const size = sizePattern.test(text) ? Number(text) : NaN;
  return Number.isSafeInteger(size) ? size : null;
}

function malformed(what: string): EngineError {
  return new EngineError("proof_invalid", `Cannot read a checkpoint: ${what}`);
}
