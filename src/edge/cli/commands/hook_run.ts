/**
 * `sealward hook HOST`: what an agent's host runs before and after each tool call.
 *
 * @module
 */
import { hookDeadlineMs } from "../../../core/limits.ts";
import type { HookAnswer } from "../../hook/hook_answer.ts";
import { type HookHostName, hookHosts } from "../../hook/hook_event.ts";
import type { HookHost } from "../../hook/hook_host.ts";
import { runHook } from "../../hook/run_hook.ts";
import type { Command, ParsedArguments } from "../command.ts";
import type { CliContext } from "../host.ts";
import { writeOutput } from "../output.ts";

/** Each loads its own tables and no other's. */
const loaders: Readonly<Record<HookHostName, () => Promise<HookHost>>> = {
  "claude-code": async () => (await import("../../hook/hosts/claude_code.ts")).claudeCode,
  codex: async () => (await import("../../hook/hosts/codex.ts")).codex,
  gemini: async () => (await import("../../hook/hosts/gemini.ts")).gemini,
  cursor: async () => (await import("../../hook/hosts/cursor.ts")).cursor,
  copilot: async () => (await import("../../hook/hosts/copilot.ts")).copilot,
  vscode: async () => (await import("../../hook/hosts/vscode.ts")).vscode,
  generic: async () => (await import("../../hook/hosts/generic.ts")).generic,
};

const summaries: Readonly<Record<HookHostName, string>> = {
  "claude-code": "Answer a hook of Claude Code",
  codex: "Answer a hook of Codex",
  gemini: "Answer a hook of Gemini CLI",
  cursor: "Answer a hook of Cursor",
  copilot: "Answer a hook of GitHub Copilot",
  vscode: "Answer a hook of VS Code's agent",
  generic: "Answer any host: an operation in, a decision out",
};

/** One command for each host; hosts run them, `hook install` writes their command lines. */
export const hookRunCommands: readonly Command<CliContext>[] = hookHosts.map((name) => ({
  path: ["hook", name],
  summary: summaries[name],
  description:
    "Reads one event on standard input and answers in the host's own form. Ends with 0 " +
    "or 2 whatever happens: hosts run the tool on any other status. The command line alone says " +
    "who decides; SCALPEL_ROOT and SCALPEL_SERVER are not read.",
  examples: [{ command: `sealward hook ${name}`, what: "as the host's settings name it" }],
  flags: [
    { name: "server", kind: "string", value: "URL", description: "Ask a running server instead" },
    { name: "token-file", kind: "string", value: "FILE", description: "Token for the server" },
    { name: "server-key", kind: "string", value: "FILE", description: "Public key of the server" },
    {
      name: "on-unenrolled",
      kind: "string",
      value: "ANSWER",
      choices: ["allow", "deny"],
      description: "Where no install guards: no opinion (allow), or deny",
    },
  ],
  formats: [],
  exits: [
    [0, "answered on stdout; no output is no opinion"],
    [2, "denied, with the reason on stderr"],
  ],
  run: (context, parsed) => runHookCommand(name, context, parsed),
}));

async function runHookCommand(
  name: HookHostName,
  context: CliContext,
  { flags }: ParsedArguments,
): Promise<number> {
  let tidy = () => Promise.resolve();
  const answer = await runHook({
    host: await loaders[name](),
    open: async () => {
      const road = await context.host.openHook({
        root: flags.text("root"),
        server: flags.text("server"),
        tokenPath: flags.text("token-file"),
        keyPath: flags.text("server-key"),
      });
      tidy = road.tidy;
      return road;
    },
    readInput: (limitBytes) => context.host.readInput(null, limitBytes),
    onUnenrolled: flags.text("on-unenrolled") === "deny" ? "deny" : "allow",
    deadlineMs: hookDeadlineMs,
  });
  const exit = deliver(answer, context);
  // The answer stands, whatever comes of this: the next call meets it too.
  await tidy().catch(() => {});
  return exit;
}

/** An answer that nobody got must not end with the status of one that was. */
function deliver({ exit, stdout, stderr }: HookAnswer, context: CliContext): number {
  try {
    writeOutput(context.stdout, stdout);
    writeOutput(context.stderr, stderr);
    return exit;
  } catch {
    attempt(() => writeOutput(context.stderr, "Sealward denied: its answer was not taken.\n"));
    return 2;
  }
}

function attempt(act: () => void): void {
  try {
    act();
  } catch {
    // Nobody is left to be told; the status says it.
  }
}
