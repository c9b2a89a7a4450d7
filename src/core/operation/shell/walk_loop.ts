/**
 * Loops: a list of words is gone through word by word; of other loops nobody knows how often they
 * run, so that whatever they set is not known while they do.
 *
 * @module
 */
import type { CompoundList, SyntaxNode } from "unbash";
import { type Changes, findChanges } from "./names_assigned.ts";
import type { Input } from "./program_use.ts";
import { setVariable } from "./set_variable.ts";
import { type Frame, type Shell, unknownInput } from "./shell.ts";
import {
  copyState,
  isTameValue,
  joinInto,
  type ShellState,
  tameArgument,
  unknownArgument,
  unknownList,
} from "./shell_state.ts";
import { walkNested } from "./walk_nested.ts";

/** Words a loop is walked through one by one. */
const maxRounds = 32;

export function walkFor(
  shell: Shell,
  node: Extract<SyntaxNode, { type: "For" | "Select" }>,
  state: ShellState,
  outer: Frame,
): Input {
  const { name, wordlist, body } = node;
  const frame = roundOf(outer);
  const words = wordlist === undefined
    ? state.positional ?? [unknownArgument]
    : shell.expandWords(wordlist, state, outer);
  const isPlain = node.type === "For" && words.every(({ isKnown }) => isKnown);
  const changes = findChanges([body], state.functions);
  if (isPlain && words.length <= maxRounds && !changes.hasJump && !changes.isUnknown) {
    for (const word of words) {
      setVariable(shell, name.value, [word], state);
      walkBody(shell, body, state, frame);
    }
    return unknownInput;
  }
  const [only] = words;
  const value = words.length === 1 && only !== undefined ? only : unknownArgument;
  // Of many names each is judged; SECURITY: what else the loop sets is not known while it runs.
  const rounds = isPlain ? words : [value];
  for (const word of rounds) {
    loosen(state, changes);
    setVariable(shell, name.value, [word], state);
    walkBody(shell, body, state, frame);
  }
  loosen(state, changes);
  return unknownInput;
}

export function walkLoop(
  shell: Shell,
  node: Extract<SyntaxNode, { type: "While" | "ArithmeticFor" }>,
  state: ShellState,
  outer: Frame,
): Input {
  const frame = roundOf(outer);
  const head: readonly SyntaxNode[] = node.type === "While"
    ? [node.clause]
    : [node.initialize, node.test, node.update].filter((part) => part !== undefined);
  const changes = findChanges([...head, node.body], state.functions);
  loosen(state, changes);
  if (node.type === "While") walkBody(shell, node.clause, state, frame);
  else for (const part of head) walkNested(shell, part, state, frame);
  loosen(state, changes);
  walkBody(shell, node.body, state, frame);
  loosen(state, changes);
  return unknownInput;
}

/** SECURITY: an earlier round, or the condition, may have read some of the text. */
function roundOf(frame: Frame): Frame {
  return frame.input.kind === "text" ? { ...frame, input: unknownInput } : frame;
}

/** One round, after which the loop may also not have run at all. */
function walkBody(shell: Shell, body: CompoundList, state: ShellState, frame: Frame): void {
  const before = copyState(state);
  shell.walkNode(body, state, frame);
  state.isDead = false;
  // `cd x` in one round is where the next one begins, or is not.
  const sameFolders = before.folders.join("\0") === state.folders.join("\0");
  if (!sameFolders) {
    joinInto(state, copyState(state), { ...copyState(state), folders: before.folders });
  }
}

function loosen(state: ShellState, changes: Changes): void {
  const { variables, numbers, functions, hasFolder, isUnknown } = changes;
  for (const name of variables) forgetVariable(state, name);
  for (const name of numbers) {
    const isTame = state.variables.get(name)?.every(isTameValue) ?? true;
    if (isTame && !variables.has(name)) state.variables.set(name, [tameArgument]);
    else forgetVariable(state, name);
  }
  // SECURITY: the first round calls what the round before the last has made.
  for (const name of functions) state.functions.set(name, null);
  if (hasFolder || isUnknown) state.folders = [];
  if (!isUnknown) return;
  for (const name of state.variables.keys()) forgetVariable(state, name);
  state.positional = null;
}

function forgetVariable({ variables }: ShellState, name: string): void {
  const isList = (variables.get(name)?.length ?? 1) > 1;
  variables.set(name, isList ? unknownList : [unknownArgument]);
}
