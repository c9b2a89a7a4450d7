/**
 * Flags that `hook install`, `hook uninstall` and `hook status` share, and how they are read.
 *
 * @module
 */
import type { AgentFiles } from "../../hook/wiring/agent_files.ts";
import { type HostName, hostNames } from "../../hook/wiring/hook_line.ts";
import { type Scope, scopes } from "../../hook/wiring/scope.ts";
import { defaultScopeOf } from "../../hook/wiring/settings_place.ts";
import type { Flag, ParsedArguments, Positional } from "../command.ts";
import { quote, usageError } from "../usage_error.ts";

export const scopeFlag: Flag = {
  name: "scope",
  kind: "string",
  value: "SCOPE",
  choices: scopes,
  description: "Whose settings: yours in this checkout (local, the default for claude-code), " +
    "everybody's in it (project, for the others), yours everywhere, or the machine's",
};

export const programFlag: Flag = {
  name: "program",
  kind: "string",
  value: "FILE",
  description: "Program the host starts; default this one, under its real path",
};

export const changeFlags: readonly Flag[] = [
  { name: "dry-run", kind: "boolean", description: "Show the exact change and write nothing" },
  { name: "yes", kind: "boolean", description: "Do not ask" },
];

export function hostPositional(extra: readonly string[], required: boolean): Positional {
  const choices = [...hostNames, ...extra];
  return { name: "HOST", required, variadic: false, choices, description: "What runs the agent" };
}

export function readHost(parsed: ParsedArguments): HostName | null {
  return hostNames.find((name) => name === parsed.positionals[0]) ?? null;
}

export function readScope(parsed: ParsedArguments, host: HostName): Scope {
  return scopes.find((scope) => scope === parsed.flags.text("scope")) ?? defaultScopeOf(host);
}

/**
 * The program to wire, as an absolute path.
 *
 * @throws {EngineError} `usage` for what no host could start.
 */
export function readProgram(parsed: ParsedArguments, files: AgentFiles): string {
  const given = parsed.flags.text("program") ?? files.program;
  if (given === null) {
    throw usageError("Cannot wire a program that runs from source", "give --program FILE");
  }
  if (!given.startsWith("/")) {
    throw usageError(`Cannot wire ${quote(given)}: it is not absolute`, "give its whole path");
  }
  if (files.isRunnable(given)) return given;
  throw usageError(`Cannot wire ${quote(given)}: it is no program`, "name an executable file");
}
