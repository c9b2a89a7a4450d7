/**
 * Error codes about the log.
 *
 * @module
 */
import type { CodeText } from "./code_text.ts";

const keep =
  "Keep log, state folder and machine as they are, and run `sealward audit verify` for the " +
  "whole finding.";

export const auditErrorTexts = {
  audit_unwritable: {
    means: "The decision could not be made durable, so that it was not given. Treat it as denied.",
    why:
      "The log's disk is full, read-only or failing, or the log may not be written by this user.",
    fix:
      "`sealward doctor` looks at the disk, its owner and the log. Nothing that was answered is lost.",
  },
  audit_full: {
    means: "The log's disk is nearly full: events of low severity are refused, decisions go on.",
    why: "The first of two reserve files has been used. After the second one everything is denied.",
    fix: "Make room on that disk; `sealward audit archive` moves closed segments elsewhere.",
  },
  audit_unreadable: {
    means: "The log cannot be read, which is not the same as broken: nobody could look.",
    why: "The file or its folder is not this user's, is no plain file, or the disk fails.",
    fix: "Compare owner and mode with `sealward doctor`.",
  },
  audit_busy: {
    means: "Somebody else held the log's lock for longer than this one waited.",
    why: "Another process writes long, stands still in a debugger, or hangs on a slow disk.",
    fix: "Try again. If it stays, look which process has the log open.",
  },
  audit_unverifiable: {
    means:
      "Nothing can be said about the log, because the secret it was written under is not here.",
    why: "Another secret is set than the install's, or an older one is needed for older entries.",
    fix:
      "Compare `sealward help environment`. `sealward audit verify --root-secret-file FILE` takes an " +
      "older secret.",
  },
  audit_tampered: {
    means:
      "An entry was edited, removed, inserted or moved. Everything is denied until a person acts.",
    why: "Each entry carries a code over itself and the one before; this one does not fit.",
    fix: keep + " It names the first entry that does not fit.",
  },
  audit_rollback: {
    means: "The log ends before what was already seen of it.",
    why: "An older copy was put back (a backup, a snapshot, a checkout), or its end was cut off.",
    fix: keep +
      " If you put the backup back yourself, `sealward audit accept-rollback` says so in the " +
      "log.",
  },
  audit_fork: {
    means: "The log verifies, and an anchor kept elsewhere knows another history.",
    why:
      "Two logs were written from the same beginning: on a copied machine, or to replace the first.",
    fix: keep + " Find the machine that wrote the other one.",
  },
  audit_foreign: {
    means: "This is the log of another install.",
    why: "A log was copied here, or the state folder of another project was.",
    fix: "Put the right one back. A project that was moved is another root: see `sealward status`.",
  },
  audit_missing: {
    means: "There was a log, or a part of it, and it is gone.",
    why:
      "The file or a segment was deleted or moved. The install record and the mark know that it was " +
      "there.",
    fix: "Look for it. If it is lost, move what is left away as evidence and start over.",
  },
  keeping_refused: {
    means: "A change to the log's files or keys was not made, because nobody agreed to it.",
    why: "The question was answered with no, or there was no terminal to ask on.",
    fix: "Run it on a terminal, or add --yes once you know what it does.",
  },
  event_invalid: {
    means: "The event cannot be recorded as it is.",
    why:
      "Its type begins with audit. or state., which only the engine writes, or its details are too " +
      "large, too deep or no plain JSON.",
    fix: "Choose a type of your own, and at most 8,192 bytes of details.",
  },
  proof_invalid: {
    means: "What was given as a proof, checkpoint or key is none.",
    why: "The file is cut, of another kind, or was changed on its way.",
    fix: "Fetch it again: `sealward audit prove SEQ`, `sealward audit checkpoint`.",
  },
  decision_missing: {
    means: "There is no decision where one was asked for.",
    why:
      "The entry is of another type, lies behind the end or in a part that was removed; or an outcome " +
      "names a decision nobody made.",
    fix: "`sealward audit query --type audit.decision` lists those there are.",
  },
} as const satisfies Readonly<Record<string, CodeText>>;
