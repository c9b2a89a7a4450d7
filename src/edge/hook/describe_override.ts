/**
 * What a model reads where a person may lift a denial: whom to tell, and that it changes nothing to
 * try in the meantime. Never how to approve: whoever reads this must not.
 *
 * @module
 */
import type { Decision } from "../../core/decision/decision.ts";

/**
 * The way out as a sentence without its full stop; null where no request leads there.
 *
 * @param decisions Of every install concerned: one that offers nothing keeps it denied.
 */
export function describeOverride(decisions: readonly Decision[]): string | null {
  const stopped = decisions.filter(({ allowed }) => !allowed);
  const offers = stopped.flatMap(({ override }) => override?.status === "offered" ? override : []);
  if (offers.length > 0 && offers.length === stopped.length) {
    const ids = offers.map(({ request_id: id }) => id).join(" and ");
    const ends = offers.map(({ expires_at: at }) => at).sort()[0] ?? "";
    const word = offers.length === 1 ? "request" : "requests";
    return `Tell the user: a person has to approve ${word} ${ids} before ${toSecond(ends)}; ` +
      "only when they say that they have, try exactly this again";
  }
  const back = stopped.flatMap(({ override }) => override?.status === "clock_back" ? override : []);
  if (back.length > 0) return "Tell the user: the clock is wrong, so nobody can approve it";
  const waits = stopped.flatMap(({ override }) => override?.status === "too_many" ? override : []);
  const last = waits.map(({ retry_at: at }) => at).sort().at(-1);
  if (last === undefined) return null;
  return `Tell the user; too much was asked for, and nobody can approve more before ${
    toMinute(last)
  }`;
}

/** A request may wait for less than a minute. */
function toSecond(at: string): string {
  return `${at.slice(11, 19)} UTC`;
}

function toMinute(at: string): string {
  return `${at.slice(11, 16)} UTC`;
}
