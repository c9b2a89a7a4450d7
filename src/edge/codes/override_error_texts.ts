/**
 * Error codes about requests for an exception, and the answers of people.
 *
 * @module
 */
import type { CodeText } from "./code_text.ts";

export const overrideErrorTexts = {
  override_unknown: {
    means: "There is no such request, or it is not the caller's.",
    why:
      "The id is misspelled or made up, another principal opened it, or it was answered long ago.",
    fix: "Ask for the operation again: the answer names a request that can be approved.",
  },
  override_rejected: {
    means: "The approval was refused, and nothing is granted. The answer does not say why.",
    why:
      "Code or signature is wrong, reused, of somebody else or of another time; the phrase does " +
      "not fit; or the request is over. The log has the cause.",
    fix: "Look at the request again, wait for the next code, and retype both.",
  },
  override_locked: {
    means: "Too many codes were wrong: codes are refused for a while, right ones too.",
    why: "Somebody guesses, or a clock is off.",
    fix: "Wait until the time the message names, or approve with an SSH signature.",
  },
  override_refused: {
    means: "The approval is genuine, and the policy does not allow it.",
    why:
      "It wants another kind of grant than overrides.grants has, or this install cannot tell a " +
      "person from the agent and overrides.same_uid is deny.",
    fix: "Approve the one operation, sign with a security key, or change the policy.",
  },
} satisfies Record<string, CodeText>;
