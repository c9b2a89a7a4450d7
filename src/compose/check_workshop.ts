/**
 * A place to try checks out in: the process is sealed, modules run in another.
 *
 * @module
 */
import { type Layout, proposalOf } from "../adapter/layout.ts";
import { openDisk } from "../adapter/path_resolver.ts";
import { sealPermissions } from "../adapter/permissions.ts";
import { CheckFailure } from "../core/check/check_failure.ts";
import type { Sandbox } from "../core/check/sandbox_port.ts";
import type { CheckWorkshop, WorkshopRequest } from "../edge/cli/check_workshop.ts";
import type { TrialSandbox } from "../pdp/try_check.ts";
import type { Surroundings } from "./environment.ts";
import { homeOf, ownPlacesOf } from "./open_install.ts";
import { openInline } from "./open_inline.ts";
import { readModuleFile, readPlacedFile } from "./read_module_file.ts";
import { replacementOf, replacePolicyFile } from "./replace_policy_file.ts";

/** @throws {EngineError} `permissions_unsealed`. */
export async function openCheckWorkshop(
  surroundings: Surroundings,
  layout: Layout,
  { runs, writesPolicy = false, seals = true }: WorkshopRequest,
): Promise<CheckWorkshop> {
  const { policyPath, policyFolder } = proposalOf(layout.root);
  const disk = openDisk(
    layout.root,
    ownPlacesOf(layout, surroundings),
    homeOf(layout, surroundings),
  );
  // Before sealing: it starts a process.
  const sandbox = runs === "nothing" ? null : await startSandbox(runs);
  const writable = writesPolicy ? [policyPath, replacementOf(policyPath)] : [];
  // A module is anybody's, and so is an operation.
  if (seals) sealPermissions({ writable, keepsNet: false });
  return {
    root: layout.root,
    policyPath,
    checksFolder: `${policyFolder}/checks`,
    disk,
    readFile: readModuleFile,
    readPlaced: (path, limitBytes) => readPlacedFile(path, limitBytes, `${policyFolder}/checks`),
    describe: async (module, limits) => {
      const { readModuleFacts } = await import("../sandbox/module_facts.ts");
      const { hostedSignatures: signatures } = await import("../sandbox/load_check.ts");
      return readModuleFacts(module, { limits, signatures });
    },
    replacePolicy: (before, text) => replacePolicyFile(policyPath, before, text),
    ...sandboxIn(sandbox),
    close: async () => await sandbox?.close(),
  };
}

async function startSandbox(runs: "one" | "many"): Promise<Sandbox> {
  const { openSandbox } = await import("../adapter/sandbox_process.ts");
  return openSandbox({ role: runs === "one" ? "one-shot" : "server" });
}

function sandboxIn(sandbox: Sandbox | null): TrialSandbox {
  return {
    load: async (key, job, isolation) => {
      if (isolation === "inline") return await (await openInline()).load(key, job);
      return sandbox === null ? noSandbox() : await sandbox.load(key, job);
    },
    run: async (key, job, { request, isolation }) => {
      if (isolation === "inline") return await (await openInline()).run(key, job, request);
      if (sandbox !== null) return await sandbox.run(key, job, request);
      const { code, message } = noSandbox();
      return { status: "failed", code, message, fuel: 0, wallMicros: 0 };
    },
  };
}

function noSandbox(): CheckFailure {
  return new CheckFailure("sandbox_unavailable", "no sandbox was started for this command");
}
