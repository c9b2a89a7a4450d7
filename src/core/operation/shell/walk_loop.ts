/**
 * Loops: a list of words is gone through word by word; of other loops nobody knows how often they
 * run, so that whatever they set is not known while they do.
 *
 * @module
 */
import type { CompoundList, SyntaxNode } from "unbash";
import { type Changes, findChanges } from "./names_assigned.ts";
import type { Input } from "./program_use.ts";
import { type Frame, type Shell, unknownInput } from "./shell.ts";
import { copyState, joinInto, type ShellState, unknownArgument } from "./shell_state.ts";
import { walkNested } from "./walk_nested.ts";

/** Words a loop is walked through one by one. */
const maxRounds = 32;

export function walkFor(
  shell: Shell,
  node: Extract<SyntaxNode, { type: "For" | "Select" }>,
  state: ShellState,
  frame: Frame,
): Input {
  const { name, wordlist, body } = node;
  const words = wordlist === undefined
    ? state.positional ?? [unknownArgument]
    : shell.expandWords(wordlist, state, frame);
  const isPlain = node.type === "For" && words.every(({ isKnown }) => isKnown);
  const changes = findChanges([body], state.functions);
  if (isPlain && words.length <= maxRounds && !changes.hasJump && !changes.isUnknown) {
    for (const word of words) {
      state.variables.set(name.value, [word]);
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
    state.variables.set(name.value, [word]);
    walkBody(shell, body, state, frame);
  }
  loosen(state, changes);
  return unknownInput;
}

export function walkLoop(
  shell: Shell,
  node: Extract<SyntaxNode, { type: "While" | "ArithmeticFor" }>,
  state: ShellState,
  frame: Frame,
): Input {
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

function loosen(state: ShellState, { variables, hasFolder, isUnknown }: Changes): void {
  for (const name of variables) state.variables.set(name, [unknownArgument]);
  if (hasFolder || isUnknown) state.folders = [];
  if (!isUnknown) return;
  for (const name of state.variables.keys()) state.variables.set(name, [unknownArgument]);
  state.positional = null;
}
