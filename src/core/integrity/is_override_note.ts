/**
 * `override` of a decision that came over a wire.
 *
 * @module
 */
import type { Json } from "../operation/operation.ts";
import { exactly, instant, oneOf, type Shape, text } from "../override/json_shape.ts";

const id = text(/^[0-9a-f]{32}$/);

const offered = exactly({
  status: oneOf("offered"),
  request_id: id,
  phrase: text(/^[0-9A-HJKMNP-TV-Z]{5}-[0-9A-HJKMNP-TV-Z]{5}$/),
  expires_at: instant,
});

const tooMany = exactly({ status: oneOf("too_many"), retry_at: instant });

const clockBack = exactly({ status: oneOf("clock_back"), seen_at: instant });

const granted: Shape = exactly({
  status: oneOf("granted"),
  override_id: id,
  request_id: id,
  kind: oneOf("once", "session", "pattern"),
  approved_by: text(/^[^]{1,256}$/),
  override_trust: oneOf("same_uid", "guarded", "presence"),
  approved_until: instant,
});

/**
 * Whether it is one of the four there are, whole, and fits the verdict beside it.
 *
 * SECURITY: a word this program does not know could mean anything. And only an allow can have been
 * lifted, only what is no allow can be offered.
 */
export function isOverrideNote(note: Json, allowed: boolean): boolean {
  return allowed ? granted(note) : offered(note) || tooMany(note) || clockBack(note);
}
