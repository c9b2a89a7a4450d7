/**
 * What a human does to keep a log (edge/cli/audit_keeper.ts), on this machine.
 *
 * @module
 */
import type { Layout } from "../adapter/layout.ts";
import type { AuditKeeper } from "../edge/cli/audit_keeper.ts";
import { planRollback } from "./accept_rollback.ts";
import { planKeyChange } from "./change_key.ts";
import type { Surroundings } from "./environment.ts";
import { planForwardSecure, requireSecretOut } from "./forward_secure.ts";
import { archiveLog, planPrune, rotateLog } from "./keep_segments.ts";

export function createAuditKeeper(surroundings: Surroundings, layout: Layout): AuditKeeper {
  return {
    rotate: () => rotateLog(surroundings, layout),
    planPrune: (range, secretFiles) => planPrune(surroundings, layout, { range, secretFiles }),
    archive: (request) => archiveLog(surroundings, layout, request),
    planKeyChange: (newSecretFile) => planKeyChange(surroundings, layout, newSecretFile),
    requireSecretOut: (secretOut) => requireSecretOut(layout, secretOut),
    planForwardSecure: (secretOut) => planForwardSecure(surroundings, layout, secretOut),
    planRollback: () => planRollback(surroundings, layout),
  };
}
