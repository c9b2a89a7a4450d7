/**
 * Control flow: which commands run, in which order, in a state of whose making.
 *
 * @module
 */
import type {
  AndOr,
  CompoundList,
  Pipeline,
  Redirected,
  Script,
  Statement,
  SyntaxNode,
} from "unbash";
import type { Input } from "./program_use.ts";
import { type Frame, noInput, type Shell, unknownInput } from "./shell.ts";
import { copyState, joinInto, type ShellState } from "./shell_state.ts";
import { walkCommand } from "./walk_command.ts";
import { walkFor, walkLoop } from "./walk_loop.ts";
import { readArithmetic, walkNested } from "./walk_nested.ts";
import { walkTest } from "./walk_test.ts";
import { mayFail, outputAfter, walkRedirects } from "./walk_redirects.ts";

/** Walks the statements of a script; what it prints is known when it is one command's. */
export function walkScript(shell: Shell, script: Script, state: ShellState, frame: Frame): Input {
  const { errors } = script as { errors?: readonly { readonly message: string }[] };
  if (errors !== undefined && errors.length > 0) {
    // The shell runs what comes before the line it cannot read: so the walk goes on.
    shell.plan.doubt("unverified", `it cannot be parsed: ${errors[0]?.message ?? "syntax error"}`);
  }
  return walkStatements(shell, script.commands, state, frame);
}

function walkStatements(
  shell: Shell,
  statements: readonly Statement[],
  state: ShellState,
  frame: Frame,
): Input {
  let output: Input = noInput;
  let given = frame;
  for (const { command, background } of statements) {
    const inner = background === true ? copyState(state) : state;
    const place = background === true ? { ...given, isSubshell: true } as const : given;
    const printed = walkNode(shell, command, inner, place);
    given = afterFirst(given);
    settleFolder(state);
    output = statements.length === 1 ? printed : joinOutput(output, printed);
  }
  return output;
}

/** SECURITY: the first command may have read some of the text, and the next runs the rest. */
function afterFirst(frame: Frame): Frame {
  return frame.input.kind === "text" ? { ...frame, input: unknownInput } : frame;
}

/** Of several commands the order of what they print is known, and their texts can be joined. */
function joinOutput(before: Input, now: Input): Input {
  if (before.kind === "none") return now;
  if (now.kind === "none") return before;
  return before.kind === "text" && now.kind === "text"
    ? { kind: "text", text: before.text + now.text }
    : unknownInput;
}

/** After `cd x;` the shell may have stayed where it was. */
function settleFolder(state: ShellState): void {
  if (state.foldersIfFailed.length === 0) return;
  const failed = { ...copyState(state), folders: state.foldersIfFailed };
  joinInto(state, copyState(state), failed);
}

/** Walks any node that runs something. */
export function walkNode(
  shell: Shell,
  node: SyntaxNode,
  state: ShellState,
  frame: Frame,
): Input {
  // A state with many variables costs more to copy.
  shell.plan.step(1 + (state.variables.size >> 2));
  switch (node.type) {
    case "Command":
      return walkCommand(shell, node, state, frame);
    case "Pipeline":
      return walkPipeline(shell, node, state, frame);
    case "AndOr":
      return walkAndOr(shell, node, state, frame);
    case "CompoundList":
      return walkStatements(shell, node.commands, state, frame);
    case "BraceGroup":
      return walkNode(shell, node.body, state, frame);
    case "Subshell":
      return walkNode(shell, node.body, copyState(state), { ...frame, isSubshell: true });
    case "Redirected":
      return walkRedirected(shell, node, state, frame);
    case "If":
    case "Case":
      return walkChoice(shell, node, state, frame);
    case "For":
    case "Select":
      return walkFor(shell, node, state, frame);
    case "While":
    case "ArithmeticFor":
      return walkLoop(shell, node, state, frame);
    default:
      walkRest(shell, node, state, frame);
      return noInput;
  }
}

/** Nodes whose output nobody in a pipe reads as text. */
function walkRest(shell: Shell, node: SyntaxNode, state: ShellState, frame: Frame): void {
  switch (node.type) {
    case "Function":
      state.functions.set(node.name.value, node.body);
      return;
    case "Coproc":
      walkNode(shell, node.body, copyState(state), {
        ...frame,
        input: unknownInput,
        isSubshell: true,
      });
      return;
    case "TestCommand":
      return walkTest(shell, node.expression, state, frame);
    case "ArithmeticCommand":
      readArithmetic(shell, node.body, state);
      return walkNested(shell, node, state, frame);
    default:
      return shell.plan.end(`"${node.type}" is nothing that runs`);
  }
}

function walkPipeline(
  shell: Shell,
  { commands }: Pipeline,
  state: ShellState,
  frame: Frame,
): Input {
  let { input } = frame;
  for (const command of commands) {
    // Each part of a pipe is a subshell; alone, `time` or `!` before it change nothing.
    const isAlone = commands.length === 1;
    const inner = isAlone ? state : copyState(state);
    const place = isAlone ? frame : { ...frame, isSubshell: true } as const;
    input = walkNode(shell, command, inner, { ...place, input });
  }
  return input;
}

function walkAndOr(
  shell: Shell,
  { commands, operators }: AndOr,
  state: ShellState,
  frame: Frame,
): Input {
  let output: Input = noInput;
  for (const [index, command] of commands.entries()) {
    const operator = operators[index - 1];
    if (operator === undefined) {
      output = walkNode(shell, command, state, frame);
      continue;
    }
    shell.plan.step(state.variables.size >> 1);
    const skipped = copyState(state);
    if (operator === "||") {
      // The right side runs where the left one failed.
      if (state.foldersIfFailed.length > 0) state.folders = state.foldersIfFailed;
      skipped.foldersIfFailed = [];
    }
    state.foldersIfFailed = [];
    output = joinOutput(output, walkNode(shell, command, state, afterFirst(frame)));
    const failed = state.foldersIfFailed;
    // Left of `&&` failed: the right side did not run.
    if (operator === "&&" && skipped.foldersIfFailed.length > 0) {
      skipped.folders = skipped.foldersIfFailed;
    }
    joinInto(state, copyState(state), skipped);
    state.foldersIfFailed = operator === "&&" ? failed : [];
  }
  return output;
}

function walkRedirected(
  shell: Shell,
  { command, redirects }: Redirected,
  state: ShellState,
  frame: Frame,
): Input {
  const skipped = mayFail(redirects) ? copyState(state) : null;
  const streams = walkRedirects(shell, redirects, state, frame);
  const output = walkNode(shell, command, state, { ...frame, input: streams.input });
  // SECURITY: where a file cannot be opened the command does not run at all.
  if (skipped !== null) joinInto(state, copyState(state), skipped);
  return outputAfter(streams, output);
}

function walkChoice(
  shell: Shell,
  node: Extract<SyntaxNode, { type: "If" | "Case" }>,
  state: ShellState,
  frame: Frame,
): Input {
  const branches = node.type === "If" ? ifBranches(node) : caseBranches(shell, node, state, frame);
  let joined: ShellState | null = null;
  let output: Input | null = null;
  let given = frame;
  for (const { clause, body } of branches) {
    if (clause !== null) {
      walkNode(shell, clause, state, given);
      given = afterFirst(given);
    }
    const inner = copyState(state);
    const printed = body === null ? noInput : walkNode(shell, body, inner, given);
    output = output === null ? printed : unknownInput;
    if (joined === null) joined = inner;
    else joinInto(joined, copyState(joined), inner);
  }
  if (joined !== null) joinInto(state, joined, joined);
  return output ?? noInput;
}

interface Branch {
  readonly clause: CompoundList | null;
  readonly body: CompoundList | null;
}

function ifBranches(node: Extract<SyntaxNode, { type: "If" }>): readonly Branch[] {
  return [
    { clause: node.clause, body: node.then },
    ...node.elif.map(({ clause, then }) => ({ clause, body: then })),
    { clause: null, body: node.else ?? null },
  ];
}

function caseBranches(
  shell: Shell,
  node: Extract<SyntaxNode, { type: "Case" }>,
  state: ShellState,
  frame: Frame,
): readonly Branch[] {
  shell.expandText(node.word, state, frame);
  for (const { pattern } of node.items) {
    for (const word of pattern) shell.expandText(word, state, frame);
  }
  const fallsThrough = node.items.some(({ terminator }) =>
    terminator === ";&" || terminator === ";;&"
  );
  if (fallsThrough) shell.plan.doubt("unverified", "branches of a case run into one another");
  return [
    ...node.items.map(({ body }) => ({ clause: null, body })),
    { clause: null, body: null },
  ];
}
