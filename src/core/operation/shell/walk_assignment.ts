/**
 * Assignments: what their values run, and what they set.
 *
 * @module
 */
import type { ArrayValue, Assignment } from "unbash";
import type { Argument } from "./program_use.ts";
import type { Frame, Shell } from "./shell.ts";
import { setVariable } from "./set_variable.ts";
import { type ShellState, unknownArgument, unknownList } from "./shell_state.ts";
import { readArithmetic, walkNested } from "./walk_nested.ts";

/** Walks an assignment's value and sets the variable in `state`. */
export function walkAssignment(
  shell: Shell,
  assignment: Assignment,
  state: ShellState,
  frame: Frame,
): void {
  const { name, value, append, index } = assignment;
  if (index !== undefined) walkIndex(shell, assignment, state, frame);
  const values = value.type === "ArrayValue"
    ? readElements(shell, assignment, value, state, frame)
    : [shell.expandText(value, state, frame)];
  const isWhole = append !== true && index === undefined;
  const all = isWhole ? values : appended(assignment, state, values);
  setVariable(shell, name, all, state, value.type === "ArrayValue");
}

/** SECURITY: `([2]=x)` says itself where it stands, and of `-A` every second word is a key. */
function readElements(
  shell: Shell,
  { name }: Assignment,
  { elements }: ArrayValue,
  state: ShellState,
  frame: Frame,
): readonly Argument[] {
  const values = shell.expandWords(elements, state, frame);
  const indexed = elements.filter(({ text }) => /^\[[^]*\]\+?=/.test(text));
  for (const { text } of indexed) {
    const index = text.slice(1, text.lastIndexOf("]"));
    if (/[[`$]/.test(index) && !/^"?\$\w+"?$/.test(index)) {
      shell.plan.doubt("unverified", `an index of "${name}" is evaluated`);
    }
    readArithmetic(shell, index, state);
  }
  const isKeyed = state.variables.get(name) === unknownList;
  return indexed.length > 0 || isKeyed ? unknownList : values;
}

/** SECURITY: `a[$(rm x)]=1` runs the index. */
function walkIndex(
  shell: Shell,
  { name, index }: Assignment,
  state: ShellState,
  frame: Frame,
): void {
  if (index === undefined) return;
  walkNested(shell, index, state, frame);
  readArithmetic(shell, index.text, state);
  if (/[$`]/.test(index.text) && !/^\$\w+$/.test(index.text)) {
    shell.plan.doubt("unverified", `the index of "${name}" is evaluated`);
  }
}

function appended(
  { name, append, index, value }: Assignment,
  state: ShellState,
  values: readonly Argument[],
): readonly Argument[] {
  const before = state.variables.get(name);
  if (append !== true || index !== undefined || before === undefined) return unknownList;
  if (value.type === "ArrayValue") return [...before, ...values];
  const [first, second] = [before[0], values[0]];
  if (first?.isKnown !== true || second?.isKnown !== true) return [unknownArgument];
  return [{ text: first.text + second.text, isKnown: true }, ...before.slice(1)];
}
