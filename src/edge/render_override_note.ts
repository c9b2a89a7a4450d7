/**
 * How a person may lift a denial, or who did, below a decision. Loaded only where there is something
 * to say.
 *
 * @module
 */
import type { OverrideNote } from "../core/decision/decision.ts";
import { renderText, type Style } from "./cli/colour.ts";

/** One line, not indented. */
export function renderOverrideNote(note: OverrideNote, style: Style): string {
  return renderText(style, describe(note));
}

function describe(note: OverrideNote): string {
  switch (note.status) {
    case "offered":
      return "a person may approve it: sealward override approve " +
        `${note.request_id}, phrase ${note.phrase}, until ${toSecond(note.expires_at)}`;
    case "too_many":
      return "too many requests: nobody can be asked to approve it before " +
        toMinute(note.retry_at);
    case "clock_back":
      return `the clock is behind ${toMinute(note.seen_at)}, which the log has seen: ` +
        "nobody can approve anything";
    case "granted":
      return `granted by ${note.approved_by} (${trustWords[note.override_trust]}), ` +
        `${kindWords[note.kind]}: override ${note.override_id} of request ${note.request_id}, ` +
        `until ${toMinute(note.approved_until)}`;
  }
}

const trustWords = {
  same_uid: "the asker's own user could have forged it",
  guarded: "guarded",
  presence: "a security key was touched",
} as const;

const kindWords = {
  once: "this once",
  session: "for the whole session",
  pattern: "for every file of a pattern",
} as const;

/** A request may wait for less than a minute. */
function toSecond(at: string): string {
  return `${at.slice(0, 19).replace("T", " ")}Z`;
}

/** Down to the minute: what is shown ends no later than what holds. */
function toMinute(at: string): string {
  return `${at.slice(0, 16).replace("T", " ")}Z`;
}
