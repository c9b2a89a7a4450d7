/**
 * Reads a frontier back from the details of a seal.
 *
 * @module
 */
import { decodeHex } from "@std/encoding/hex";
import type { Json } from "../../operation/operation.ts";
import { Frontier } from "./frontier.ts";

const hashPattern = /^[0-9a-f]{64}$/;

/**
 * What Frontier.encode wrote. Total.
 *
 * @returns Null for anything else: another member, a size that is none, hashes too many or too few.
 */
export function parseFrontier(value: Json | undefined): Frontier | null {
  if (typeof value !== "object" || value === null || !("size" in value)) return null;
  const { size, hashes, ...others } = value;
  if (typeof size !== "number" || Object.is(size, -0) || !Array.isArray(hashes)) return null;
  if (Object.keys(others).length > 0) return null;
  if (!hashes.every((hash) => typeof hash === "string" && hashPattern.test(hash))) return null;
  return Frontier.restore(size, hashes.map((hash) => decodeHex(String(hash))));
}
