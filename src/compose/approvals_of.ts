/**
 * What an engine needs for approvals.
 *
 * @module
 */
import { isSecretSet, keepDescriptor, totpSecretNames, warningOf } from "../adapter/key_store.ts";
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
    // It is read when a code is compared.
    hasUnnamedSecret: isSecretSet(surroundings.variable, totpSecretNames),
    loadOverrideTools: async () =>
      (await import("./override_tools.ts")).createOverrideTools(surroundings, layout),
  };
}

/** What must be read before permissions are given up; things to tell people. */
export function prepareApprovals(
  { variable }: Surroundings,
  role: "one-shot" | "server" | "library" | "proxy",
): readonly string[] {
  // A library keeps its permissions, and may have none to start a shell.
  if (role !== "library") keepDescriptor(variable, totpSecretNames);
  const warning = warningOf(variable, totpSecretNames);
  return warning === null ? [] : [warning];
}
