/**
 * A place to try checks out in: the process is sealed, modules run in another.
 *
 * @module
 */
import { type Layout, proposalOf } from "../adapter/layout.ts";
import { openDisk } from "../adapter/path_resolver.ts";
import { sealPermissions } from "../adapter/permissions.ts";
import type { CheckJob, LoadedCheck } from "../core/check/check_job.ts";
import { CheckFailure } from "../core/check/check_failure.ts";
import type { Sandbox } from "../core/check/sandbox_port.ts";
import type { CheckWorkshop, WorkshopRequest } from "../edge/cli/check_workshop.ts";
import type { TrialSandbox } from "../pdp/try_check.ts";
import type { Surroundings } from "./environment.ts";
import { homeOf, ownPlacesOf } from "./open_install.ts";
import { readModuleFile } from "./read_module_file.ts";
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
  const inline = openInline();
  return {
    load: async (key, job, isolation) => {
      if (isolation === "inline") return await inline.load(key, job);
      return sandbox === null ? noSandbox() : await sandbox.load(key, job);
    },
    run: async (key, job, { request, isolation }) => {
      if (isolation === "inline") return await inline.run(key, job, request);
      if (sandbox !== null) return await sandbox.run(key, job, request);
      const { code, message } = noSandbox();
      return { status: "failed", code, message, fuel: 0, wallMicros: 0 };
    },
  };
}

function noSandbox(): CheckFailure {
  return new CheckFailure("sandbox_unavailable", "no sandbox was started for this command");
}

/** In this process, by the explicit word of a person or a policy. */
function openInline(): Pick<Sandbox, "load" | "run"> {
  const loaded = new Map<string, LoadedCheck>();
  const load = async (key: string, job: CheckJob): Promise<CheckFailure | null> => {
    const { loadCheck } = await import("../sandbox/load_check.ts");
    try {
      loaded.set(key, loadCheck(job));
      return null;
    } catch (error) {
      if (error instanceof CheckFailure) return error;
      return new CheckFailure("sandbox_crash", `The sandbox failed: ${String(error)}`);
    }
  };
  return {
    load,
    run: async (key, job, request) => {
      const refusal = loaded.has(key) ? null : await load(key, job);
      const check = loaded.get(key);
      if (refusal !== null || check === undefined) {
        const { code, message } = refusal ?? noSandbox();
        return { status: "failed", code, message, fuel: 0, wallMicros: 0 };
      }
      const start = performance.now();
      const outcome = check.run(request);
      return { ...outcome, wallMicros: Math.round((performance.now() - start) * 1_000) };
    },
  };
}
