/**
 * The guide's event types around approvals, explained. docs/overrides.md, "Events".
 *
 * @module
 */
import type { overrideEvents } from "../../core/override/override_events.ts";
import type { CodeTexts } from "./code_text.ts";

type OverrideEvent = typeof overrideEvents[keyof typeof overrideEvents];

const entry = "The entry names request, channel and, where it is known, who: sealward audit query.";

export const overrideEventTexts: CodeTexts<OverrideEvent> = {
  OVERRIDE_APPROVED: {
    means: "A person approved a request.",
    why: `The grant is the state.override_granted beside it. ${entry}`,
    fix: "Nothing, if it was meant. To end it: sealward override revoke OVERRIDE_ID.",
  },
  OVERRIDE_DENIED: {
    means: "A person said no to a request.",
    why: `Its justification says why. ${entry}`,
    fix: "Nothing: the operation stays denied.",
  },
  OVERRIDE_TIMEOUT: {
    means: "Whoever waited for an answer to a request gave up.",
    why: `Nobody answered within the time that was given. ${entry}`,
    fix: "See who may approve, and whether they can: sealward override list.",
  },
  INVALID_OVERRIDE_CODE: {
    means: "An approval or enrolment was refused: a proof, a phrase or the request was wrong.",
    why: `The cause says which; approver is whom it claimed to be of. ${entry}`,
    fix: "Ask that person whether it was them. Many of them are somebody who guesses.",
  },
  OVERRIDE_REUSE_ATTEMPTED: {
    means: "A code or a request that was used before was given again.",
    why: `A code counts once: who saw it typed may have tried. ${entry}`,
    fix: "Ask the approver it names whether it was them, and enroll anew if it was not.",
  },
};
