/**
 * What the acts of the desk share.
 *
 * @module
 */
import type { NewEvent } from "../../core/audit/entry.ts";
import { nothingKept, type OverridesKept } from "../../core/audit/override_state.ts";
import type { EngineState } from "../../core/audit/state.ts";
import type { Trust } from "../../core/integrity/trust.ts";
import { type OverrideTerms, termsOf } from "../../core/override/terms.ts";
import type { EngineParts } from "../engine.ts";
import type { Standings } from "../standings.ts";

export interface DeskParts extends EngineParts {
  readonly standings: Standings;
}

/** One moment under the log's lock. */
export interface DeskView {
  readonly state: EngineState;
  readonly kept: OverridesKept;
  readonly trust: Trust;
  /** Null where nobody may approve: no trusted policy, or none that says who. */
  readonly terms: OverrideTerms | null;
  /** Only in `enforce` does a denial offer anything. */
  readonly mode: "enforce" | "observe" | "disabled";
  /** Seconds; never before what the log has seen. */
  readonly now: number;
  /** Seconds, as the clock says. */
  readonly clock: number;
}

/** Runs `act` on the state as it is; its events are durable when this resolves. */
export async function transact<T>(
  parts: DeskParts,
  act: (view: DeskView) => { readonly events: readonly NewEvent[]; readonly result: T },
): Promise<T> {
  return await parts.standings.withReaders(async () => {
    const { result } = await parts.audit.transact(({ state }) => {
      const { trust, loaded, events } = parts.standings.read(state);
      const policy = loaded?.policy ?? null;
      const terms = policy === null ? null : termsOf(policy.overrides, parts.hasUnnamedSecret);
      const isDisabled = policy?.enforcement.enabled === false;
      const mode = isDisabled ? "disabled" : policy?.enforcement.mode ?? "enforce";
      const kept = state.overrides ?? nothingKept;
      const clock = Math.floor(parts.nowMicros() / 1_000_000);
      const now = Math.max(clock, kept.latest);
      const done = act({ state, kept, trust, terms, mode, now, clock });
      return { events: [...events, ...done.events], result: done.result };
    });
    return result;
  });
}

/** Looks, and writes nothing of its own. */
export async function look<T>(parts: DeskParts, act: (view: DeskView) => T): Promise<T> {
  return await transact(parts, (view) => ({ events: [], result: act(view) }));
}

/** RFC 3339. */
export function timeOf(unixSeconds: number): string {
  return new Date(unixSeconds * 1000).toISOString();
}
