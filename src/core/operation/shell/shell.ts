/**
 * What the parts of the shell walker ask of one another. One object holds them, so that a word can
 * hold a script and a script words without files importing each other in a circle.
 *
 * @module
 */
import type { Script, SyntaxNode, Word } from "unbash";
import type { PlanBuilder } from "./plan_builder.ts";
import type { Argument, Input, ReadProgram } from "./program_use.ts";
import type { ShellState } from "./shell_state.ts";
import type { ShellSurroundings } from "./surroundings.ts";

/** Where in the nesting of scripts the walk is. */
export interface Frame {
  /** Standard input of whatever has no redirect of its own. */
  readonly input: Input;
  /** Scripts in scripts, functions in functions; bounded by limits.maxShellDepth. */
  readonly depth: number;
  /** Traps that are set here run when this part ends, not when the command does. */
  readonly isSubshell?: true;
}

export interface Shell {
  readonly surroundings: ShellSurroundings;
  readonly plan: PlanBuilder;
  /** What reads a program's arguments; null when nobody knows the program. */
  readonly findProgram: (name: string) => ReadProgram | null;
  /** Texts that run when the command ends, and the state in which each was set. */
  readonly traps: { readonly text: string; readonly state: ShellState }[];
  /** Variables that cannot be set any more: whoever tries leaves them as they were. */
  readonly readOnly: Set<string>;
  /** What `shopt` may have made of patterns. */
  readonly globbing: { mayDropWords: boolean; mayCrossFolders: boolean };
  /** Parses and walks shell text in a state, which it changes; returns what it would print. */
  readonly walkText: (text: string, state: ShellState, frame: Frame) => Input;
  readonly walkScript: (script: Script, state: ShellState, frame: Frame) => Input;
  /** Walks any other node: a compound command, the body of a function. */
  readonly walkNode: (node: SyntaxNode, state: ShellState, frame: Frame) => Input;
  /** Words with everything the shell does to them: braces, variables, splitting, names on the disk. */
  readonly expandWords: (
    words: readonly Word[],
    state: ShellState,
    frame: Frame,
  ) => readonly Argument[];
  /** One word as in an assignment: neither split nor matched against the disk. */
  readonly expandText: (word: Word, state: ShellState, frame: Frame) => Argument;
  /** Starts a program, a function or a builtin. */
  readonly runArgv: (argv: readonly Argument[], state: ShellState, frame: Frame) => Input;
}

export const noInput: Input = { kind: "none" };
export const unknownInput: Input = { kind: "unknown" };
