/**
 * `sealward init --guarded`: policy, keys and log out of the agent's reach.
 *
 * @module
 */
import { renderJson } from "../../render.ts";
import type { ParsedArguments } from "../command.ts";
import type { GuardedResult } from "../guard_keeper.ts";
import type { CliContext } from "../host.ts";
import { usageError } from "../usage_error.ts";
import { agreeToPolicy } from "./agree_to_policy.ts";
import { printAnswer, say } from "./print.ts";
import { parsePort } from "./serve.ts";

/** Root only; everything is refused before anything is made. */
export async function runInitGuarded(
  context: CliContext,
  parsed: ParsedArguments,
): Promise<number> {
  const { flags } = parsed;
  const agent = flags.text("agent");
  if (agent === null) throw usageError("Whom should it guard against?", "give --agent USER");
  if (flags.text("forward-secure") !== null) {
    throw usageError(
      "Cannot combine --guarded and --forward-secure",
      "run `sealward audit forward-secure` as the engine's user afterwards",
    );
  }
  const port = parsePort(flags.text("port"));
  if (port === 0) {
    throw usageError("Cannot use port 0", "clients must know the port: give 1 to 65535");
  }
  const plan = await (await context.host.guardKeeper()).plan({
    root: context.host.absolute(flags.text("root") ?? context.host.cwd),
    agent,
    engineUser: flags.text("engine-user") ?? "sealward",
    port,
    isGuide: flags.isSet("guide"),
  });
  // What somebody else wrote is shown first: as root we are about to put it in force.
  if (!plan.isOwn) {
    agreeToPolicy(context, parsed, { snapshot: plan.snapshot, previous: new Map() });
  }
  const result = await plan.run();
  for (const warning of result.warnings) say(context, parsed, `warning: ${warning}`);
  const text = parsed.format === "table"
    ? summary(result)
    : renderJson({ schema_version: 1, ...encodeResult(result) }, parsed.format);
  printAnswer(context, parsed, text);
  return 0;
}

function encodeResult(result: GuardedResult): Record<string, unknown> {
  return {
    root: result.root,
    id: result.id,
    port: result.port,
    engine_user: result.engineUser,
    agent_user: result.agentUser,
    token_file: result.tokenFile,
    unit: result.unitPath,
    policy: result.policyFolder,
    state: result.stateFolder,
    policy_digest: result.policyDigest,
    warnings: result.warnings,
  };
}

function summary(result: GuardedResult): string {
  const unit = result.unitPath.slice(result.unitPath.lastIndexOf("/") + 1);
  const user = `${result.engineUser}${result.isNewUser ? " (made)" : ""}`;
  return [
    `Ready: ${result.root} is guarded.`,
    `  policy  ${result.policyFolder}  (root's)`,
    `  state   ${result.stateFolder}  (${user})`,
    `  token   ${result.tokenFile}  (${result.agentUser})`,
    "",
    "Next:",
    `  1. systemctl daemon-reload && systemctl enable --now ${unit}`,
    `     start the server; until it runs, everything is denied`,
    `  2. sealward hook install claude-code --scope managed --root ${result.root}`,
    "     wire the agent where it cannot unwire itself",
    "  3. sealward policy sign, then sudo sealward policy install",
    "     change the policy in .scalpel/, sign it, put it in force (docs/guarded.md)",
    "",
  ].join("\n");
}
