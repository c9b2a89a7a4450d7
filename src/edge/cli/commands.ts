/**
 * The command table, in the order help shows it. A command line loads the commands its first word
 * may mean and no others: what a one-shot does not load it does not pay for.
 *
 * @module
 */
import type { Command } from "./command.ts";
import type { CliContext } from "./host.ts";

type Load = (argv: readonly string[]) => Promise<readonly Command<CliContext>[]>;

const loaders: readonly (readonly [word: string, load: Load])[] = [
  ["init", async () => [(await import("./commands/init.ts")).initCommand]],
  ["check", async () => [(await import("./commands/check.ts")).checkCommand]],
  ["verify", async () => [(await import("./commands/verify.ts")).verifyCommand]],
  ["status", async () => [(await import("./commands/status.ts")).statusCommand]],
  ["report", async () => [(await import("./commands/report.ts")).reportCommand]],
  ["replay", async () => [(await import("./commands/replay.ts")).replayCommand]],
  ["test", async () => [(await import("./commands/test.ts")).testCommand]],
  ["audit", async () => (await import("./commands/audit_commands.ts")).auditCommands],
  ["drift", async () => [(await import("./commands/drift.ts")).driftCommand]],
  ["policy", async () => (await import("./commands/policy_commands.ts")).policyCommands],
  ["checks", async () => (await import("./commands/checks_commands.ts")).checksCommands],
  ["override", async () => (await import("./commands/override_commands.ts")).overrideCommands],
  ["hook", loadHookCommands],
  ["explain", async () => [(await import("./commands/explain.ts")).explainCommand]],
  ["serve", async () => [(await import("./commands/serve.ts")).serveCommand]],
  ["exec", async () => [(await import("./commands/exec.ts")).execCommand]],
  ["mcp", async () => [(await import("./commands/mcp.ts")).mcpCommand]],
  ["doctor", async () => [(await import("./commands/doctor.ts")).doctorCommand]],
  ["version", async () => [(await import("./commands/version.ts")).versionCommand]],
  ["help", async () => {
    const { createTableCommands } = await import("./commands/table_commands.ts");
    return createTableCommands(loadAll);
  }],
];

/** A host calls its hook at every step: it waits for nothing that only people type. */
async function loadHookCommands(
  [, next = ""]: readonly string[],
): Promise<readonly Command<CliContext>[]> {
  const { hookRunCommands } = await import("./commands/hook_run.ts");
  if (hookRunCommands.some(({ path }) => path[1] === next)) return hookRunCommands;
  const { hookInstallCommand } = await import("./commands/hook_install.ts");
  const { hookUninstallCommand } = await import("./commands/hook_uninstall.ts");
  const { hookStatusCommand } = await import("./commands/hook_status.ts");
  return [hookInstallCommand, hookUninstallCommand, hookStatusCommand, ...hookRunCommands];
}

/** Every command. */
async function loadAll(): Promise<readonly Command<CliContext>[]> {
  return (await Promise.all(loaders.map(([, load]) => load([])))).flat();
}

/** The commands a command line may mean; all of them when its first word does not tell. */
export async function loadCommands(
  argv: readonly string[],
): Promise<readonly Command<CliContext>[]> {
  const known = loaders.find(([word]) => word === argv[0]);
  return await (known?.[1] ?? loadAll)(argv);
}
