/**
 * A code is about to be compared: that is an entry before it happens, and counts as a failure until it
 * turns out to be none. Law O1; override/SPEC.md, "The answer".
 *
 * @module
 */
import { lockedUntil } from "../../core/audit/lock_state.ts";
import { overrideTypes } from "../../core/audit/override_state.ts";
import { EngineError } from "../../core/errors.ts";
import type { Channel } from "../../core/override/approval.ts";
import { type DeskParts, type DeskView, timeOf, transact } from "./desk_parts.ts";

/** Whose code it shall be. */
export interface Guess {
  readonly channel: Channel;
  /** "" is the one without a name. */
  readonly approver: string;
  /** What it is for: a request's id, or that somebody enrols anew. */
  readonly what: string;
}

/**
 * Counts it, durably.
 *
 * @param require Throws what stands against it before a code is looked at.
 * @throws {EngineError} `override_locked`; then nothing is counted: a lock ends when it says.
 */
export async function countAttempt(
  guess: Guess,
  require: (view: DeskView) => { readonly isKnown: boolean },
  parts: DeskParts,
): Promise<void> {
  const { channel, approver, what } = guess;
  await transact(parts, (view) => {
    const { isKnown } = require(view);
    const { kept, now } = view;
    const until = lockedUntil(kept.locks, guess);
    if (until > now) throw locked(until);
    const details = {
      at: now,
      channel,
      approver: named(approver, isKnown),
      is_known: isKnown,
      what,
    };
    return {
      events: [{ type: overrideTypes.attempted, severity: "MEDIUM", details }],
      result: null,
    };
  });
}

/** What somebody typed as a name is not the log's to keep. */
function named(approver: string, isKnown: boolean): string {
  return isKnown ? approver : "?";
}

function locked(until: number): EngineError {
  return new EngineError("override_locked", `Too many wrong codes: locked until ${timeOf(until)}`, {
    hint: "wait, or approve with an SSH signature",
    retryAt: timeOf(until),
  });
}
