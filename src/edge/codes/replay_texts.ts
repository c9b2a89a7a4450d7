/**
 * Why a logged decision cannot be made again, or judged by a candidate policy, explained.
 *
 * @module
 */
import type { UnjudgedCode } from "../../core/replay/judge_candidate.ts";
import type { CodeTexts } from "./code_text.ts";

export const replayTexts: CodeTexts<UnjudgedCode> = {
  input_missing: {
    means: "What the decision was made of is not all there.",
    why: "The file with its input was removed, or the entry is of a version that kept none.",
    fix: "Put .scalpel/audit.log.d/input back from where it was copied to.",
  },
  input_changed: {
    means: "What is kept as the input has another hash than the entry says. It is not used.",
    why: "Somebody edited the file. The entry itself still verifies.",
    fix: "Treat it as tampering; put the file back from a copy.",
  },
  policy_missing: {
    means: "The policy the decision was made by is not kept any more.",
    why: "Its copy beside the log was removed or changed.",
    fix: "Put .scalpel/audit.log.d/input back from where it was copied to.",
  },
  state_missing: {
    means: "The engine's state at that moment cannot be rebuilt.",
    why: "The log's beginning was pruned, and no snapshot reaches back to there.",
    fix: "Use a log that begins earlier: the archived segments.",
  },
  check_not_run: {
    means: "The decision is the same again, and one of its checks could not be run again.",
    why: "The sandbox cannot be had here, it died, or the check took longer than it may.",
    fix: "Try again on a machine with less to do; without --checks what they found then counts.",
  },
  not_replayable: {
    means: "The entry says itself that what could be kept does not lead to the decision.",
    why: "A secret was covered, or the input was too large to keep.",
    fix: "Nothing. What the entry says of its reasons still holds.",
  },
  no_policy: {
    means:
      "Under no policy anybody trusted, the operation was denied unseen: there is nothing to judge.",
    why: "The entry is of a time when the policy was not accepted, or was tampered with.",
    fix: "Nothing. Such entries say nothing about a candidate.",
  },
  redacted: {
    means:
      "A secret was covered in what was asked, and the candidate may speak of the word that is gone.",
    why: "The log never holds a secret, so that not all of the operation is known any more.",
    fix: "Nothing. Judge by hand what such operations would come to.",
  },
};
