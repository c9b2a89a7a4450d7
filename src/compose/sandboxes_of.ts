/**
 * Where an install's checks run.
 *
 * @module
 */
import { isThere } from "../adapter/is_there.ts";
import type { CheckSandbox, LoadSandbox } from "../core/check/check_sandbox.ts";
import type { CheckIsolation } from "../core/check/check_spec.ts";
import type { Sandbox, SandboxStatus } from "../core/check/sandbox_port.ts";

export interface SandboxesRequest {
  readonly role: "one-shot" | "server" | "library";
  /** Folders of the policies that may be decided by. */
  readonly policyFolders: readonly string[];
}

/** The sandboxes of one process. */
export interface Sandboxes {
  readonly load: LoadSandbox;
  /** Of the sandbox in processes of its own; null while there is none and none was missed. */
  readonly status: () => SandboxStatus | null;
  /** Ends every process of them and waits until they are gone. */
  readonly close: () => Promise<void>;
}

/**
 * Starts what a process that is about to be sealed could not start later, where a policy has files
 * of checks: a one-shot's worker, a server's broker. A library is not sealed, and starts when it is
 * asked.
 */
export async function openSandboxes(request: SandboxesRequest): Promise<Sandboxes> {
  const { role, policyFolders } = request;
  const isWanted = role !== "library" && policyFolders.some(hasChecks);
  let opened = isWanted ? await openProcesses(role) : null;
  let isMissed = false;
  const inProcess = async (): Promise<Sandbox | null> => {
    if (role === "library") opened ??= await openProcesses(role);
    return opened;
  };
  const load = async (isolation: CheckIsolation): Promise<CheckSandbox> => {
    if (isolation === "inline") return await (await import("./open_inline.ts")).openInline();
    const sandbox = await inProcess();
    isMissed ||= sandbox === null;
    return sandbox === null ? noSandbox : {
      run: async (key, job, bytes) => ({ ...await sandbox.run(key, job, bytes), isolation }),
    };
  };
  return {
    load,
    status: () => opened?.status() ?? (isMissed ? missed : null),
    close: async () => await opened?.close(),
  };
}

/** What cannot be looked at, deciding will say. */
function hasChecks(policyFolder: string): boolean {
  try {
    return isThere(`${policyFolder}/checks`);
  } catch {
    return false;
  }
}

async function openProcesses(role: SandboxesRequest["role"]): Promise<Sandbox> {
  return (await import("../adapter/sandbox_process.ts")).openSandbox({ role });
}

const missed: SandboxStatus = { breaker: "closed", isLost: true, waiting: 0 };

/** The policy got its first check after this process gave up starting others. */
const noSandbox: CheckSandbox = {
  run: () =>
    Promise.resolve({
      status: "failed",
      code: "sandbox_unavailable",
      message: "the engine was started before there were any checks: start it again",
      fuel: 0,
      wallMicros: 0,
      isolation: "process",
    }),
};
