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
  /** `exit`, `return`, `break` or `continue` was reached: what follows comes from another branch. */
  isDead: boolean;
}

export const unknownArgument: Argument = { text: "", isKnown: false };

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
  const [a, b] = left.isDead ? [right, right] : right.isDead ? [left, left] : [left, right];
  state.isDead = left.isDead && right.isDead;
  state.folders = joinFolders(a.folders, b.folders);
  state.foldersIfFailed = [];
  state.positional = samePositional(a.positional, b.positional) ? a.positional : null;
  joinMaps(state.variables, a.variables, b.variables, isSameList, [unknownArgument]);
  joinMaps(state.functions, a.functions, b.functions, Object.is, null);
}

function joinMaps<T>(
  target: Map<string, T>,
  a: ReadonlyMap<string, T>,
  b: ReadonlyMap<string, T>,
  isEqual: (one: T, other: T) => boolean,
  unknown: T,
): void {
  const joined = [...new Set([...a.keys(), ...b.keys()])].map((name) => {
    const [one, other] = [a.get(name), b.get(name)];
    const isKnown = one !== undefined && other !== undefined && isEqual(one, other);
    return [name, isKnown ? one : unknown] as const;
  });
  target.clear();
  for (const [name, value] of joined) target.set(name, value);
}

/** An empty list is "anywhere". */
function joinFolders(a: readonly string[], b: readonly string[]): readonly string[] {
  if (a.length === 0 || b.length === 0) return [];
  const all = [...new Set([...a, ...b])];
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
