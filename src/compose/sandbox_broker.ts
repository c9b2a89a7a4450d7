/**
 * The program as a sealed engine has it started, to start workers. Loads nothing else.
 *
 * @module
 */
import { roleCommand } from "../adapter/sandbox/role_command.ts";
import { runBrokerRole } from "../sandbox/broker_role.ts";

/** @returns Exit status. */
export async function playBroker(): Promise<number> {
  const command = roleCommand("worker", true);
  return command === null ? 1 : await runBrokerRole(command);
}
