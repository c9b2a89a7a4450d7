/**
 * What an engine needs for approvals.
 *
 * @module
 */
import { isThere } from "../adapter/is_there.ts";
import type { Layout } from "../adapter/layout.ts";
import type { EngineParts } from "../pdp/engine.ts";
import type { Surroundings } from "./environment.ts";
import type { InstallRecord } from "./install_record.ts";

/** What approvals need; nothing of it is loaded or read before somebody approves. */
export function approvalsOf(
  surroundings: Surroundings,
  layout: Layout,
  { log_id: installId }: Pick<InstallRecord, "log_id">,
): Pick<EngineParts, "installId" | "hasUnnamedSecret" | "loadOverrideTools"> {
  return {
    installId,
    hasUnnamedSecret: hasTotpSecret(surroundings),
    loadOverrideTools: async () =>
      (await import("./override_tools.ts")).createOverrideTools(surroundings, layout),
  };
}

/** Whether something names a secret of one-time codes; it is read when a code is compared. */
function hasTotpSecret({ variable }: Surroundings): boolean {
  const names = ["SCALPEL_TOTP_SECRET", "SCALPEL_TOTP_SECRET_FILE", "SCALPEL_TOTP_SECRET_FD"];
  if (names.some((name) => (variable(name) ?? "") !== "")) return true;
  const folder = variable("CREDENTIALS_DIRECTORY") ?? "";
  return folder.startsWith("/") && isThere(`${folder}/scalpel_totp_secret`);
}
