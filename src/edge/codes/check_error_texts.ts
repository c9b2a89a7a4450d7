/**
 * Error codes of the commands below `checks`.
 *
 * @module
 */
import type { CodeText } from "./code_text.ts";

export const checkErrorTexts = {
  check_unreadable: {
    means: "A file that a check is made of cannot be read.",
    why: "It is missing, no regular file, or not readable for this user.",
    fix: "Name a regular, readable file.",
  },
  check_refused: {
    means: "The module cannot be a check as it is.",
    why:
      "It is too large, invalid, uses what no check may use, or imports and exports what no ABI has.",
    fix: "Run `sealward checks inspect FILE`: it names the rule and the byte.",
  },
  check_unanswered: {
    means: "The check gave no answer. In a policy that is a denial.",
    why: "It trapped, ran out of fuel or time, or said what is no answer.",
    fix: "Run `sealward checks run FILE --operation FILE`: it shows one run, and what it printed.",
  },
  check_unknown: {
    means: "The policy has no check of this name.",
    why: "The id is misspelled, or stands in another policy.",
    fix: "Run `sealward checks list`, or name a module's file.",
  },
} satisfies Record<string, CodeText>;
