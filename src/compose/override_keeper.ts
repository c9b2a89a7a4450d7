/**
 * What a human needs to enrol (edge/cli/override_keeper.ts), on this machine.
 *
 * @module
 */
import { nowMicros } from "../adapter/clock.ts";
import type { Layout } from "../adapter/layout.ts";
import { randomBytes } from "../adapter/random.ts";
import { createSeedFolder, removeSeed, seedFolderOf, writeSeed } from "../adapter/seed_files.ts";
import { EngineError, oneLine } from "../core/errors.ts";
import type { OverrideKeeper } from "../edge/cli/override_keeper.ts";
import type { Surroundings } from "./environment.ts";
import { readInstallRecord } from "./install_record.ts";
import { openInstall } from "./open_install.ts";
import { requireOutput } from "./require_output.ts";

/**
 * @param secretOutputs Absolute; files that will hold a secret, which stay writable.
 * @throws {EngineError} `secret_unsafe` for an output in the workspace, `usage` for one that is no
 *   regular file; `wrong_user`; whatever stands against opening the install.
 */
export async function openOverrideKeeper(
  surroundings: Surroundings,
  layout: Layout,
  secretOutputs: readonly string[],
): Promise<OverrideKeeper> {
  // Before anything is made: only the engine's user keeps a guarded install.
  readInstallRecord(layout);
  for (const path of secretOutputs) requireSecretOutput(layout, path);
  const folder = seedFolderOf(layout);
  createSeedFolder(folder);
  const outputs = [folder, ...secretOutputs];
  const request = { root: layout.root, layout, outputs, role: "one-shot" } as const;
  const { engine, principal, warnings, close } = await openInstall(surroundings, request);
  const { totpHmac } = await import("../adapter/totp_hmac.ts");
  return {
    overrides: engine.overrides,
    principal,
    project: layout.root.slice(layout.root.lastIndexOf("/") + 1),
    warnings,
    hmac: totpHmac,
    randomBytes,
    nowUnixSeconds: () => Math.floor(nowMicros() / 1_000_000),
    writeSeed: (id, seed) => writeSeed(folder, id, seed),
    removeSeed: (id) => removeSeed(folder, id),
    close,
  };
}

// SECURITY: what lies in a project is the agent's to read.
function requireSecretOutput(layout: Layout, path: string): void {
  requireOutput(layout, path);
  const folder = Deno.realPathSync(path.slice(0, path.lastIndexOf("/")) || "/");
  if (folder !== layout.root && !folder.startsWith(`${layout.root}/`)) return;
  throw new EngineError("secret_unsafe", `Cannot write a secret to "${oneLine(path)}"`, {
    hint: "name a file outside the project: what lies in it is the agent's to read",
  });
}
