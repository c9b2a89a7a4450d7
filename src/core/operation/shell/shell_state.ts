/**
 * What the shell would remember from one command to the next, as far as it can be told.
 *
 * @module
 */
import type { SyntaxNode } from "unbash";
import type { Argument } from "./program_use.ts";

export interface ShellState {
  /** Absolute working folders it may be in; empty when nobody knows. */
  folders: readonly string[];
  /** Where it would be had the last `cd` failed; empty when that cannot be. */
  foldersIfFailed: readonly string[];
  /**
   * Variables set by the command itself, each the list of its elements (one for a plain variable);
   * a name that is absent comes from the environment.
   */
  readonly variables: Map<string, readonly Argument[]>;
  /** `$1`, `$2`, ...; null when nobody knows. */
  positional: readonly Argument[] | null;
  /** Null is a function of which nobody knows whether, or how, it was defined. */
  readonly functions: Map<string, SyntaxNode | null>;
  /** What `local` hid in the function that runs, by name; null outside of one. */
  locals: Map<string, readonly Argument[] | undefined> | null;
  /** States in which the function or the sourced file that runs was left by `return`; null outside. */
  returns: ShellState[] | null;
  /** `exit` or `return` was reached: what follows comes from another branch. */
  isDead: boolean;
}

export const unknownArgument: Argument = { text: "", isKnown: false };

/** An array of which nobody knows how many elements it has. */
export const unknownList: readonly Argument[] = [unknownArgument, unknownArgument];

/** Nobody knows which number. */
export const tameArgument: Argument = { text: "", isKnown: false, isTame: true };

/** Whether a value is a number, or at least nothing that arithmetic would evaluate once more. */
export function isTameValue({ text, isKnown, isTame }: Argument): boolean {
  return isKnown ? /^[-+\d.: ]*$/.test(text) : isTame === true;
}

export function knownArgument(text: string): Argument {
  return { text, isKnown: true };
}

/** The state of a subshell: what it changes is lost. */
export function copyState(state: ShellState): ShellState {
  return {
    ...state,
    variables: new Map(state.variables),
    functions: new Map(state.functions),
  };
}

/** Becomes what holds after either of two branches; what differs is not known any more. */
export function joinInto(state: ShellState, left: ShellState, right: ShellState): void {
  const [a, b] = left.isDead === right.isDead
    ? [left, right]
    : left.isDead
    ? [right, right]
    : [left, left];
  state.isDead = left.isDead && right.isDead;
  state.folders = joinFolders(a.folders, b.folders);
  state.foldersIfFailed = [];
  state.positional = samePositional(a.positional, b.positional) ? a.positional : null;
  joinMaps(state.variables, a.variables, b.variables, isSameList, joinValues);
  joinMaps(state.functions, a.functions, b.functions, Object.is, () => null);
}

/** SECURITY: `a=foo` sets one element of an array, and leaves the others what they were. */
function joinValues(
  one: readonly Argument[] | undefined,
  other: readonly Argument[] | undefined,
): readonly Argument[] {
  const isList = (one?.length ?? 1) > 1 || (other?.length ?? 1) > 1;
  const isTame = [...one ?? [unknownArgument], ...other ?? [unknownArgument]].every(isTameValue);
  return isList ? unknownList : [isTame ? tameArgument : unknownArgument];
}

function joinMaps<T>(
  target: Map<string, T>,
  a: ReadonlyMap<string, T>,
  b: ReadonlyMap<string, T>,
  isEqual: (one: T, other: T) => boolean,
  join: (one: T | undefined, other: T | undefined) => T,
): void {
  const joined = [...new Set([...a.keys(), ...b.keys()])].map((name) => {
    const [one, other] = [a.get(name), b.get(name)];
    const isKnown = one !== undefined && other !== undefined && isEqual(one, other);
    return [name, isKnown ? one : join(one, other)] as const;
  });
  target.clear();
  for (const [name, value] of joined) target.set(name, value);
}

/** An empty list is "anywhere". */
function joinFolders(a: readonly string[], b: readonly string[]): readonly string[] {
  if (a.length === 0 || b.length === 0) return [];
  const all = [...new Set([...a, ...b])];
  if (all.length === a.length) return a;
  return all.length > maxFolders ? [] : all;
}

const maxFolders = 4;

function samePositional(a: ShellState["positional"], b: ShellState["positional"]): boolean {
  return a === null || b === null ? a === b : isSameList(a, b);
}

function isSameList(a: readonly Argument[], b: readonly Argument[]): boolean {
  return a.length === b.length && a.every((one, index) => {
    const other = b[index];
    return other !== undefined && isSame(one, other);
  });
}

function isSame(a: Argument, b: Argument): boolean {
  return a.text === b.text && a.isKnown === b.isKnown && a.found?.folder === b.found?.folder &&
    a.found?.name === b.found?.name;
}

/**
 * What a trap finds when the command ends. SECURITY: it may end anywhere between, so that whatever
 * was set since is not known.
 */
export function stateOfTrap(before: ShellState, end: ShellState): ShellState {
  const state = copyState(end);
  for (const [name, values] of end.variables) {
    if (before.variables.get(name) !== values) state.variables.set(name, unknownList);
  }
  for (const [name, body] of end.functions) {
    const known = before.functions.get(name);
    if (known !== undefined && known !== body) state.functions.set(name, null);
  }
  const isMoved = before.folders !== end.folders;
  return { ...state, folders: isMoved ? [] : end.folders, isDead: false };
}

/** `return` ends the function or the sourced file, not what called it. */
export function joinReturns(state: ShellState): void {
  const { returns } = state;
  for (const left of returns ?? []) joinInto(state, copyState(state), { ...left, isDead: false });
  state.isDead = false;
}
