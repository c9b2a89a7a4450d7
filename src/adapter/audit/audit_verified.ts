/**
 * Which closed segments were verified line by line before, and what their files' hashes were: a
 * cache. Where it is missing, damaged or does not agree, segments are walked; it is never a finding.
 *
 * @module
 */
import { timingSafeEqual } from "@std/crypto/timing-safe-equal";
import { decodeHex, encodeHex } from "@std/encoding/hex";
import type { EpochKeys } from "../../core/audit/keys.ts";
import type { HmacSha256 } from "../../core/ports.ts";
import { writeDurable } from "./audit_disk.ts";
import type { AuditOptions } from "./audit_options.ts";
import { openPlainFile, readLimited } from "../plain_file.ts";

/** SHA-256 (hex) of a segment's file by its number. */
export type VerifiedSegments = ReadonlyMap<number, string>;

const name = "verified";
const maxBytes = 16_777_216;
const encoder = new TextEncoder();

/** What was verified; empty when nothing can be relied on. */
export function readVerified(options: AuditOptions): VerifiedSegments {
  try {
    const { file } = openPlainFile(`${options.sidePath}/${name}`, { read: true });
    try {
      const text = new TextDecoder().decode(readLimited(file, maxBytes) ?? new Uint8Array());
      return parse(text, options);
    } finally {
      file.close();
    }
  } catch {
    // A cache: without it more is walked.
    return new Map();
  }
}

function parse(text: string, { ring, hmac, logId }: AuditOptions): VerifiedSegments {
  const match =
    /^(log ([0-9a-f]{32}) ([0-9a-f]{8})\.([0-9]{1,6})\n(?:[0-9]+ [0-9a-f]{64}\n)*)([0-9a-f]{64})\n$/
      .exec(text);
  const [, body = "", log, kid = "", epoch, mac = ""] = match ?? [];
  const keys = match !== null && log === logId ? ring.find(kid, Number(epoch)) : null;
  if (keys === null || !timingSafeEqual(macOf(body, keys, hmac), decodeHex(mac))) return new Map();
  const lines = body.split("\n").slice(1, -1).map((line) => line.split(" "));
  return new Map(lines.map(([seg, sha256 = ""]) => [Number(seg), sha256]));
}

/** @throws {EngineError} `audit_unwritable`. */
export function writeVerified(
  { sidePath, logId, hmac }: AuditOptions,
  keys: EpochKeys,
  verified: VerifiedSegments,
): void {
  const lines = [...verified].map(([seg, sha256]) => `${seg} ${sha256}\n`).join("");
  const body = `log ${logId} ${keys.kid}.${keys.epoch}\n${lines}`;
  const text = `${body}${encodeHex(macOf(body, keys, hmac))}\n`;
  writeDurable(sidePath, name, encoder.encode(text));
}

/** SECURITY: its own label: a head slot's MAC must not pass for this one's. */
function macOf(body: string, { headKey }: EpochKeys, hmac: HmacSha256): Uint8Array {
  return hmac(headKey, encoder.encode(`audit/v1/verified\n${body}`));
}
