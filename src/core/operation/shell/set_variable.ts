/**
 * Assignments: what they set, and what their values run.
 *
 * @module
 */
import type { Assignment } from "unbash";
import { dangerOfVariable } from "./dangerous_variables.ts";
import type { Argument } from "./program_use.ts";
import type { Frame, Shell } from "./shell.ts";
import { type ShellState, unknownArgument } from "./shell_state.ts";
import { walkNested } from "./walk_nested.ts";

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
    ? shell.expandWords(value.elements, state, frame)
    : [shell.expandText(value, state, frame)];
  const isWhole = append !== true && index === undefined;
  setVariable(shell, name, isWhole ? values : appended(assignment, state, values), state);
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
  if (append !== true || index !== undefined || before === undefined) return [unknownArgument];
  if (value.type === "ArrayValue") return [...before, ...values];
  const [first, second] = [before[0], values[0]];
  if (first?.isKnown !== true || second?.isKnown !== true) return [unknownArgument];
  return [{ text: first.text + second.text, isKnown: true }, ...before.slice(1)];
}

/** Sets a variable by name, and says when that name is more than a name. */
export function setVariable(
  { plan }: Shell,
  name: string,
  values: readonly Argument[],
  state: ShellState,
): void {
  const value = values[0];
  const danger = dangerOfVariable(name, value?.isKnown === true ? value.text : null);
  if (danger !== null) plan.doubt("unverified", danger);
  state.variables.set(name, values);
}
