/**
 * `sealward serve`: the same answers over HTTP on this machine.
 *
 * @module
 */
import type { Command, ParsedArguments } from "../command.ts";
import type { CliContext, OpenInstall } from "../host.ts";
import { writeOutput } from "../output.ts";
import { usageError } from "../usage_error.ts";
import { say } from "./print.ts";

const defaultPort = 8787;

export const serveCommand: Command<CliContext> = {
  path: ["serve"],
  summary: "Answer over HTTP on 127.0.0.1",
  description: "Listens on 127.0.0.1 only. Callers need a token from the state folder; answers " +
    "to callers that send a nonce are signed.",
  examples: [
    { command: "sealward serve", what: `on port ${defaultPort}` },
    { command: "sealward serve --port 0", what: "on a free port, printed on stderr" },
  ],
  flags: [
    { name: "port", kind: "string", value: "PORT", description: `Port (${defaultPort})` },
    // `exec` starts it so.
    { name: "beside", kind: "boolean", hidden: true, description: "Look first; end with stdin" },
  ],
  formats: [],
  exits: [[0, "stopped by a signal"], [1, "could not listen or open the install"]],
  run: runServe,
};

async function runServe(context: CliContext, parsed: ParsedArguments): Promise<number> {
  const wanted = parsePort(parsed.flags.text("port"));
  await context.host.clearServeEnvironment();
  const root = parsed.flags.text("root");
  // An install made before there were approvers has none.
  const hasApprover = context.host.exists(context.host.paths(root).approverTokenPath);
  const isBeside = parsed.flags.isSet("beside");
  // Loaded before sealing, as everything.
  const look = isBeside ? (await import("./verify_beside.ts")).verifyBeside : null;
  const logExit = await look?.log(context, root) ?? 0;
  if (logExit !== 0) return logExit;
  const install = await context.host.open({ root, role: "server" });
  const policyExit = await look?.policy(context, install) ?? 0;
  if (policyExit !== 0) return policyExit;
  const port = choosePort(wanted, install);
  sayWhere(context, parsed, { install, hasApprover });
  const tell = (line: string) => say(context, parsed, line);
  const onListen = (at: number) => writeOutput(context.stdout, `{"port":${at}}\n`);
  const beside = isBeside ? { beside: { onListen } } : {};
  await context.host.serve(install, { port, say: tell, ...beside });
  return 0;
}

function sayWhere(
  context: CliContext,
  parsed: ParsedArguments,
  { install, hasApprover }: { readonly install: OpenInstall; readonly hasApprover: boolean },
): void {
  for (const warning of install.warnings) say(context, parsed, `warning: ${warning}`);
  say(context, parsed, `root ${install.paths.root}, key ${install.keyId}`);
  if (install.guard === null) {
    const { agentTokenPath, approverTokenPath } = install.paths;
    say(context, parsed, `agent token in ${agentTokenPath}`);
    if (hasApprover) say(context, parsed, `approver's token in ${approverTokenPath}`);
  }
}

/** A guarded install's clients know one port, and client.json says which. */
function choosePort(wanted: number | null, { guard }: OpenInstall): number {
  if (guard === null) return wanted ?? defaultPort;
  if (wanted === null || wanted === guard.port) return guard.port;
  throw usageError(`Cannot use port ${wanted}`, `client.json sends every client to ${guard.port}`);
}

/** 0 to 65535; null when nothing was given. */
export function parsePort(text: string | null): number | null {
  if (text === null) return null;
  const port = /^(?:0|[1-9][0-9]{0,4})$/.test(text) ? Number(text) : NaN;
  if (!(port <= 65_535)) throw usageError(`Cannot use port "${text}"`, "give 0 to 65535");
  return port;
}
