/**
 * Opens the sandbox that runs checks in processes of their own.
 *
 * @module
 */
import type { Sandbox } from "../core/check/sandbox_port.ts";
import { BrokerSource } from "./sandbox/broker_source.ts";
import { DirectSource } from "./sandbox/direct_source.ts";
import { roleCommand } from "./sandbox/role_command.ts";
import { SandboxPool } from "./sandbox/sandbox_pool.ts";
import type { WorkerSource } from "./sandbox/worker_source.ts";

export interface SandboxOptions {
  /**
   * `one-shot`: one worker, started at once, and no other ever. `server`: a broker, started at
   * once; workers when there is work. `library`: workers of this process, which is not sealed.
   */
  readonly role: "one-shot" | "server" | "library";
  /** Instead of this program: the worker of `one-shot` and `library`, the broker of `server`. */
  readonly command?: readonly [string, ...string[]];
  /** A clock that never goes back; default: the process's. */
  readonly nowMs?: () => number;
}

/**
 * Starts what must be started before the process is sealed, and returns without waiting for it.
 * Never throws: a sandbox that cannot be had denies every check.
 */
export function openSandbox(options: SandboxOptions): Sandbox {
  const { role, nowMs = () => performance.now() } = options;
  const pool = new SandboxPool({
    source: openSource(options),
    hasSpare: role !== "one-shot",
    nowMs,
  });
  if (role === "one-shot") pool.warmUp();
  return pool;
}

function openSource({ role, command }: SandboxOptions): WorkerSource {
  try {
    const own = roleCommand(role === "server" ? "broker" : "worker", role !== "library");
    const program = command ?? own;
    if (program === null) return noSource;
    if (role === "server") return new BrokerSource(program);
    return new DirectSource(program, role === "one-shot" ? 1 : Infinity);
  } catch {
    return noSource;
  }
}

/** Where no program can be started. */
const noSource: WorkerSource = {
  canStart: () => false,
  start: () => null,
  close: () => Promise.resolve(),
};
