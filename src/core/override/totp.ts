/**
 * One-time codes: HOTP (RFC 4226) and TOTP (RFC 6238). The clock, the steps that were used and how
 * often somebody may guess are the caller's.
 *
 * @module
 */
import { timingSafeEqual } from "@std/crypto/timing-safe-equal";
import { codeDigits, periodSeconds, type TotpAlgorithm } from "./totp_parameters.ts";

/** HMAC of `data` under `key` (RFC 2104): 20, 32 or 64 bytes by algorithm. */
export type Hmac = (algorithm: TotpAlgorithm, key: Uint8Array, data: Uint8Array) => Uint8Array;

export interface FindStepOptions {
  /** Raw bytes of the secret, at least 20. */
  readonly key: Uint8Array;
  readonly algorithm: TotpAlgorithm;
  readonly atUnixSeconds: number;
  /** The highest step accepted before; -1 when there was none. */
  readonly lastStep: number;
  readonly hmac: Hmac;
}

export type FoundStep =
  /** The caller makes `step` durable before it acts on it. Law O1. */
  | { readonly status: "accepted"; readonly step: number }
  /** Fits a step that is not later than the last one accepted. */
  | { readonly status: "reused" }
  | { readonly status: "wrong" };

const encoder = new TextEncoder();
const codePattern = /^[0-9]{6}$/;

/** Steps to either side of the clock's that count too (RFC 6238 §5.2). */
const windowSteps = [-1, 0, 1] as const;

/**
 * Finds the time step a code belongs to. The three codes of the window are always computed and
 * compared, each in constant time: how long it takes says nothing of how near a guess was.
 *
 * @param code Exactly six ASCII digits as text; whatever else it is, it is wrong. A code that fits a
 *   used step is reused even where it fits a later one too: nobody can tell which was seen.
 */
export function findStep(code: unknown, options: FindStepOptions): FoundStep {
  const now = stepAt(options.atUnixSeconds);
  // SECURITY: test() makes text of numbers and lists; only text is looked at.
  if (typeof code !== "string" || !codePattern.test(code) || !Number.isSafeInteger(now)) {
    return { status: "wrong" };
  }
  const given = encoder.encode(code);
  let step = -1;
  let isReused = false;
  for (const offset of windowSteps) {
    const at = now + offset;
    const fits = isCodeOf(given, Math.max(at, 0), options) && at >= 0;
    if (fits && at > options.lastStep) step = at;
    if (fits && at <= options.lastStep) isReused = true;
  }
  if (isReused) return { status: "reused" };
  return step < 0 ? { status: "wrong" } : { status: "accepted", step };
}

function isCodeOf(given: Uint8Array, step: number, options: FindStepOptions): boolean {
  const code = hotp(step, { ...options, digits: codeDigits });
  return timingSafeEqual(given, encoder.encode(code));
}

/** The time step of a moment (RFC 6238 §4.2): whole periods since 1970; negative before. */
export function stepAt(atUnixSeconds: number, period: number = periodSeconds): number {
  return Math.floor(atUnixSeconds / period);
}

/**
 * The code of a counter (RFC 4226 §5.3).
 *
 * @param counter 0 to 2^53 - 1; all 64 bits of it are hashed.
 * @param options `digits` 6 to 8.
 */
export function hotp(
  counter: number,
  options: Pick<FindStepOptions, "key" | "algorithm" | "hmac"> & { readonly digits: number },
): string {
  const data = new Uint8Array(8);
  new DataView(data.buffer).setBigUint64(0, BigInt(counter));
  const mac = options.hmac(options.algorithm, options.key, data);
  // Dynamic truncation: the low half of the last byte says where 31 bits are taken.
  const offset = (mac.at(-1) ?? 0) & 0x0f;
  const bits = new DataView(mac.buffer, mac.byteOffset + offset, 4).getUint32(0) & 0x7fffffff;
  return (bits % 10 ** options.digits).toString().padStart(options.digits, "0");
}
