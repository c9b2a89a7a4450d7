/**
 * Error codes about requests for an exception, and the answers of people.
 *
 * @module
 */
import type { CodeText } from "./code_text.ts";

export const overrideErrorTexts = {
  override_unknown: {
    means: "There is no such request or approval, it is over, or it is not the caller's.",
    why:
      "The id is misspelled or made up, another principal opened it, it was answered already, or it is " +
      "the id of an approval where one of a request was wanted, or the other way round.",
    fix:
      "Read the hint: what is approved is ended by override revoke, what is over is asked again.",
  },
  override_rejected: {
    means: "The approval was refused, and nothing is granted. The answer does not say why.",
    why:
      "Code or signature is wrong, reused, of somebody else or of another time; the phrase does " +
      "not fit; or the request is over. The log has the cause.",
    fix:
      "With a code: look at the request again, wait for the next code, and retype both. With a " +
      "signature: sign again with -n sealward-override, a key that the policy names, and the same " +
      "--justification, --kind and --pattern as for show --to-sign.",
  },
  override_locked: {
    means: "Too many codes were wrong: codes are refused for a while, right ones too.",
    why: "Somebody guesses, or a clock is off.",
    fix: "Wait until the time the message names, or approve with an SSH signature.",
  },
  override_refused: {
    means: "The policy does not allow it, however genuine it is.",
    why:
      "It wants another kind of grant than overrides.grants has, or this install cannot tell a " +
      "person from the agent and overrides.same_uid is deny, or nobody has such a proof. It is also " +
      "said while the clock is behind, and of accept-clock while it is not.",
    fix: "Approve the one operation, sign with a security key, or change the policy.",
  },
} satisfies Record<string, CodeText>;
