/**
 * A worker or a broker as a program, with fakes for checks:
 *
 *   deno run fake_role.ts worker
 *   deno run --allow-read --allow-run fake_role.ts broker
 */
import { runBrokerRole, type WorkerCommand } from "../../src/sandbox/broker_role.ts";
import { runWorkerRole } from "../../src/sandbox/worker_role.ts";
import { fakeLoader } from "./fake_loader.ts";

/** How the role is started. */
export function fakeCommand(role: "worker" | "broker"): WorkerCommand {
  const flags = ["--no-prompt", "--quiet", "--cached-only"];
  if (role === "broker") flags.push("--allow-read", "--allow-run");
  return [Deno.execPath(), "run", ...flags, new URL(import.meta.url).pathname, role];
}

if (import.meta.main) {
  const status = Deno.args[0] === "broker"
    ? await runBrokerRole(fakeCommand("worker"))
    : runWorkerRole(fakeLoader);
  Deno.exit(status);
}
