/**
 * Every verdict of the log, explained.
 *
 * @module
 */
import type { LogVerdict } from "../../core/audit/log_report.ts";
import { auditErrorTexts as errors } from "./audit_error_texts.ts";
import type { CodeTexts } from "./code_text.ts";

export const logVerdictTexts: CodeTexts<LogVerdict> = {
  OK: {
    means:
      "Every entry is what was written, in order, and an anchor kept elsewhere agrees. Status 0.",
    why: "A checkpoint or a MAC from outside this machine was given, and the log continues it.",
    fix: "Nothing. Keep a newer checkpoint for the next time: `sealward audit checkpoint`.",
  },
  "OK-UNANCHORED": {
    means:
      "Every entry is what was written, in order. Whether this is the newest state of the log only " +
      "this machine vouches for. Status 0.",
    why:
      "No anchor was given. Log, head and mark put back together to an older moment would look so too.",
    fix:
      "Keep what `sealward audit checkpoint` prints somewhere else, and give it to `sealward audit verify --checkpoint`.",
  },
  "UNCLEAN-END": {
    means: "Every entry verifies up to an end that a crash left unfinished. Status 0.",
    why:
      "The machine or the process stopped while an entry was written. Nobody had its answer yet.",
    fix: "Nothing: the next decision puts it right and says so in an entry.",
  },
  "FRONT-PRUNED": {
    means:
      "Every entry that is there verifies; older segments were removed, as an entry says. Status 0.",
    why: "Somebody ran `sealward audit prune` or `archive`.",
    fix: "Nothing. What was archived is verified with `sealward audit verify-segment`.",
  },
  UNVERIFIABLE: errors.audit_unverifiable,
  TAMPERED: errors.audit_tampered,
  ROLLBACK: errors.audit_rollback,
  FORK: errors.audit_fork,
  "FOREIGN-LOG": errors.audit_foreign,
  MISSING: errors.audit_missing,
};
