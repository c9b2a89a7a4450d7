/**
 * One command line from its arguments to an exit status. Total: whatever happens is rendered and
 * becomes a status.
 *
 * @module
 */
import { type EngineError, toEngineError } from "../../core/errors.ts";
import { guessFormat, type HelpRequest, parseCommandLine } from "./parse_command_line.ts";
import { isHookRun } from "../hook/is_hook_run.ts";
import type { OutputFormat, RenderOptions } from "../render.ts";
import { planStyle, styleVariables } from "./colour.ts";
import type { Command } from "./command.ts";
import { loadCommands } from "./commands.ts";
import type { CliContext, Host } from "./host.ts";
import { type ByteWriter, writeOutput } from "./output.ts";

/** What of the process a command line needs. */
export interface CommandLineParts {
  readonly host: Host;
  readonly stdout: ByteWriter;
  readonly stderr: ByteWriter;
  readonly variable: (name: string) => string | undefined;
  readonly terminals: { readonly stdout: boolean; readonly stderr: boolean };
  /** Width of the terminal; may throw where there is none. */
  readonly columns: () => number;
}

/** Runs it; 64 for wrong usage, 1 for whatever nobody foresaw. */
export async function runCommandLine(
  argv: readonly string[],
  parts: CommandLineParts,
): Promise<number> {
  const context = createContext(argv, parts);
  try {
    const commands = await loadCommands(argv);
    const line = parseCommandLine(argv, commands);
    if (line.kind === "help") return await showHelp(line, context, commands);
    return await line.command.run(context, line.parsed);
  } catch (error) {
    return await fail(toEngineError(error), argv, context);
  }
}

function createContext(argv: readonly string[], parts: CommandLineParts): CliContext {
  const environment = Object.fromEntries(
    styleVariables.map((name) => [name, parts.variable(name)]),
  );
  const flag = colourFlag(argv);
  const optionsFor = (stream: "stdout" | "stderr") => (format: OutputFormat): RenderOptions => {
    const isTerminal = parts.terminals[stream];
    return {
      format,
      style: planStyle({ flag, environment, isTerminal }),
      width: isTerminal ? widthOf(parts) : null,
    };
  };
  return {
    host: parts.host,
    stdout: parts.stdout,
    stderr: parts.stderr,
    render: optionsFor("stdout"),
    renderErrors: optionsFor("stderr"),
  };
}

function colourFlag(argv: readonly string[]): string | null {
  const joined = argv.find((arg) => arg.startsWith("--color="));
  if (joined !== undefined) return joined.slice("--color=".length);
  const at = argv.indexOf("--color");
  return at === -1 ? null : argv[at + 1] ?? null;
}

function widthOf(parts: CommandLineParts): number | null {
  const given = Number(parts.variable("COLUMNS"));
  if (Number.isInteger(given) && given > 0) return given;
  try {
    return parts.columns();
  } catch {
    return null;
  }
}

async function showHelp(
  request: HelpRequest<CliContext>,
  context: CliContext,
  commands: readonly Command<CliContext>[],
): Promise<number> {
  const { renderHelp } = await import("./help.ts");
  const isAsked = request.exit === 0;
  const options = (isAsked ? context.render : context.renderErrors)("table");
  const command: Command<CliContext> | null = request.command;
  const text = renderHelp(command, {
    ...options,
    commands,
    group: request.group,
    long: request.long,
  });
  writeOutput(isAsked ? context.stdout : context.stderr, text);
  return request.exit;
}

/** Programs get the failure on stdout in the format they asked for, people on stderr. */
async function fail(
  error: EngineError,
  argv: readonly string[],
  context: CliContext,
): Promise<number> {
  // SECURITY: one host takes status 2 with nothing on stderr for a broken hook, and goes on.
  const format = isHookRun(argv) ? "table" : guessFormat(argv);
  const forPeople = async () => {
    const { renderError } = await import("../render_error.ts");
    writeOutput(context.stderr, renderError(error, context.renderErrors("table")));
  };
  const forPrograms = async () => {
    const { renderError } = await import("../render_error.ts");
    writeOutput(context.stdout, renderError(error, context.render(format)));
  };
  const isTold = await attempt(format === "table" ? forPeople : forPrograms);
  // A program whose output is gone may still have a person behind it.
  if (!isTold && format !== "table") await attempt(forPeople);
  return error.exit;
}

/** False when nobody can be told this way: the status still says it. */
async function attempt(tell: () => Promise<void>): Promise<boolean> {
  try {
    await tell();
    return true;
  } catch {
    return false;
  }
}
