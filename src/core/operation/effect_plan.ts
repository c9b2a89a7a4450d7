/**
 * The effects of an operation, and what is not known of them.
 *
 * @module
 */
import type { Effect } from "./effect.ts";

/** Something about an operation that nobody here can know. Ordered from worst to mildest. */
export interface Doubt {
  /**
   * `unverified`: what runs, or on which path it acts, cannot be told (`enforcement.on_unverified`).
   * `opaque`: it is known what runs and not what that does (`commands.opaque`).
   * `unknown_read`: it reads a path nobody knows; counts as `unverified` where the policy has
   * secret files, and is nothing otherwise.
   */
  readonly kind: "unverified" | "opaque" | "unknown_read";
  /** One clause for people, without a full stop: `"$X" is not known before it runs`. */
  readonly reason: string;
}

/** One program a command would start, for rules about commands; null is a word nobody knows. */
export type ProgramCall = readonly (string | null)[];

export interface EffectPlan {
  /** Distinct, in the order of the operation. */
  readonly effects: readonly Effect[];
  /** False when neither the engine nor the policy knows the operation's type. */
  readonly isTypeKnown: boolean;
  readonly doubts: readonly Doubt[];
  /** Every program a command would start, wrappers and what they start alike. */
  readonly calls: readonly ProgramCall[];
}
