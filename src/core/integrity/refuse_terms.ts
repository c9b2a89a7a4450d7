/**
 * What a validly signed policy asks of the time and of the engine.
 *
 * @module
 */
import { maxSignerAheadMs } from "../limits.ts";
import { compareVersions } from "./compare_versions.ts";
import type { Manifest } from "./manifest.ts";
import { parsePolicyTime } from "./policy_time.ts";

/** Why a policy does not count. */
export interface Refusal {
  readonly status: "unaccepted" | "tampered";
  /** One sentence for people. */
  readonly message: string;
}

type Terms = Pick<Manifest, "policy_version" | "min_engine" | "signed_at" | "expires_at">;

/** Null where nothing stands against it. */
export function refuseTerms(terms: Terms, nowMs: number, engineVersion: string): Refusal | null {
  const { policy_version: version, min_engine, signed_at, expires_at } = terms;
  if (compareVersions(engineVersion, min_engine) < 0) {
    const message = `Engine too old: version ${version} of the policy wants ${min_engine}, and ` +
      `this is ${engineVersion}: install a newer one`;
    return { status: "tampered", message };
  }
  // A time that cannot be read is never in force: NaN compares false with everything.
  const expiresMs = expires_at === null ? Infinity : parsePolicyTime(expires_at) ?? NaN;
  if (!(nowMs < expiresMs)) {
    const message = `Version ${version} of the policy expired at ${expires_at}: sign it again`;
    return { status: "tampered", message };
  }
  const signedMs = parsePolicyTime(signed_at) ?? NaN;
  if (!(signedMs <= nowMs + maxSignerAheadMs)) {
    const message = `The clock stands before ${signed_at}, when the policy was signed: set the ` +
      "clock of this host, or of the signer's, and sign again";
    return { status: "unaccepted", message };
  }
  return null;
}

/** What to tell people of an engine that may decide and yet is older than the signer's; or null. */
export function engineNotice({ engine }: { readonly engine: string }, own: string): string | null {
  return compareVersions(own, engine) < 0
    ? `the policy was signed with engine ${engine}, and this is ${own}: install the newer one`
    : null;
}
