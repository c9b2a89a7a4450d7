/**
 * Simple commands: assignments, redirections, and the function, builtin or program they name.
 *
 * @module
 */
import type { Command, Word } from "unbash";
import { maxShellDepth } from "../../limits.ts";
import { callVariants } from "./call_variants.ts";
import type { Argument, Input } from "./program_use.ts";
import { findBuiltin } from "./run_builtin.ts";
import { runProgram } from "./run_program.ts";
import { walkAssignment } from "./walk_assignment.ts";
import { type Frame, noInput, type Shell } from "./shell.ts";
import { copyState, joinInto, joinReturns, type ShellState, unknownList } from "./shell_state.ts";
import { mayFail, outputAfter, type Streams, walkRedirects } from "./walk_redirects.ts";

/** Walks one simple command; returns what it prints to the next in a pipe. */
export function walkCommand(
  shell: Shell,
  command: Command,
  state: ShellState,
  frame: Frame,
): Input {
  const skipped = mayFail(command.redirects) ? copyState(state) : null;
  const output = walkOpened(shell, command, state, frame);
  // SECURITY: where a file cannot be opened the command does not run at all.
  if (skipped !== null) {
    const failed = state.foldersIfFailed;
    joinInto(state, copyState(state), skipped);
    state.foldersIfFailed = failed;
  }
  return output;
}

function walkOpened(shell: Shell, command: Command, state: ShellState, frame: Frame): Input {
  const streams = walkRedirects(shell, command.redirects, state, frame);
  const inner = { ...frame, input: streams.input };
  const words = wordsOf(shell, command, state, inner);
  const assignments = command.prefix.filter((part) => part.type === "Assignment");
  if (words.length === 0) {
    for (const assignment of assignments) walkAssignment(shell, assignment, state, inner);
    // `$(< file)` is what the file holds.
    return streams.isInputTaken ? streams.input : noInput;
  }
  const before = new Map(state.variables);
  for (const assignment of assignments) {
    // `IFS= read x` splits nothing but what read gets, and its words are not known anyway.
    const isRead = words[0]?.text === "read" && !state.functions.has("read");
    if (assignment.name === "IFS" && isRead) continue;
    walkAssignment(shell, assignment, state, inner);
  }
  if (words.length === 1 && words[0]?.text === "exec") refuseStreams(shell, command, streams);
  const output = shell.runArgv(words, state, inner);
  // Before a command they hold for that command alone; a function sees them while it runs.
  for (const { name } of assignments) restore(state, name, before.get(name));
  return outputAfter(streams, output);
}

/** What `exec` without a command does to the streams of everything that follows. */
function refuseStreams({ plan }: Shell, { redirects }: Command, { isInputTaken }: Streams): void {
  // SECURITY: `exec < x.sh; sh` runs it.
  if (isInputTaken) plan.doubt("unverified", "from here on every command reads another input");
  // SECURITY: on a stream that is closed a later redirection fails, and its `cd` with it.
  const closes = redirects.some((redirect) =>
    redirect.type === "Redirect" && /^[<>]&$/.test(redirect.operator) &&
    redirect.target?.value === "-" &&
    (redirect.descriptor?.type !== "FileDescriptor" || redirect.descriptor.value <= 2)
  );
  if (closes) plan.doubt("unverified", "from here on a standard stream is closed");
}

function restore(state: ShellState, name: string, values: readonly Argument[] | undefined): void {
  if (values === undefined) state.variables.delete(name);
  else state.variables.set(name, values);
}

function wordsOf(
  shell: Shell,
  { name, args }: Command,
  state: ShellState,
  frame: Frame,
): readonly Argument[] {
  const nodes: Word[] = name === undefined ? [] : [name];
  const first = shell.expandWords(nodes, state, frame);
  const rest = args.flatMap((arg): readonly Argument[] => {
    if (arg.type === "Word") return shell.expandWords([arg], state, frame);
    // `export A=b`: the shell reads it as an assignment, and passes it on as one word.
    if (arg.value.type === "ArrayValue") {
      const isKeyed = args.some((word) => word.type === "Word" && /^-\w*A/.test(word.text));
      if (isKeyed) state.variables.set(arg.name, unknownList);
      walkAssignment(shell, arg, state, frame);
      return [];
    }
    const value = shell.expandText(arg.value, state, frame);
    const written = `${arg.name}${arg.append === true ? "+" : ""}=`;
    return [{ text: written + value.text, isKnown: value.isKnown && arg.index === undefined }];
  });
  return [...first, ...rest];
}

/** Runs a command by name: a function of the command's own, a builtin, or a program. */
export function runArgv(
  shell: Shell,
  argv: readonly Argument[],
  state: ShellState,
  frame: Frame,
): Input {
  const [program, ...args] = argv;
  if (program === undefined) return noInput;
  const call = argv.map(({ text, isKnown }) => isKnown ? text : null);
  for (const variant of callVariants(call)) shell.plan.call(variant);
  if (frame.depth > maxShellDepth) {
    return shell.plan.end(`scripts in scripts are nested more than ${maxShellDepth} deep`);
  }
  const name = program.isKnown ? program.text : "";
  const body = state.functions.get(name);
  if (body === null) shell.plan.doubt("unverified", `which function "${name}" is, is not known`);
  else if (body !== undefined) return callFunction(shell, body, { args, state, frame });
  const builtin = program.isKnown ? findBuiltin(name) : null;
  if (builtin !== null) return builtin({ shell, name, args, state, frame });
  return runProgram(shell, argv, state, frame);
}

function callFunction(
  shell: Shell,
  body: Parameters<Shell["walkNode"]>[0],
  call: { readonly args: readonly Argument[]; readonly state: ShellState; readonly frame: Frame },
): Input {
  const { args, state, frame } = call;
  const { positional, locals, returns } = state;
  state.positional = args;
  const hidden = new Map<string, readonly Argument[] | undefined>();
  state.locals = hidden;
  state.returns = [];
  const output = shell.walkNode(body, state, { ...frame, depth: frame.depth + 1 });
  joinReturns(state);
  state.positional = positional;
  state.locals = locals;
  state.returns = returns;
  for (const [name, values] of hidden) restore(state, name, values);
  return output;
}
