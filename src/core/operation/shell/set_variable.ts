/**
 * Sets a variable, as far as the shell lets itself be told.
 *
 * @module
 */
import { dangerOfVariable } from "./dangerous_variables.ts";
import type { Argument } from "./program_use.ts";
import type { Shell } from "./shell.ts";
import { type ShellState, unknownList } from "./shell_state.ts";

/** SECURITY: the shell sets these itself, or takes no notice of who sets them. */
const shellsOwn =
  /^(?:_|REPLY|MAPFILE|OPT(?:ARG|IND)|DIRSTACK|PIPESTATUS|FUNCNAME|GROUPS|UID|EUID|PPID|COPROC|LINENO|RANDOM|SRANDOM|SECONDS|EPOCH.*|HIST.*|COMP_.*|BASH|BASH_(?!ENV$).*|SHLVL)$/;

/**
 * Sets a variable by name, and says when that name is more than a name.
 *
 * @param isArray The values are all there will be; a plain one is the first of an array there was.
 */
export function setVariable(
  { plan, readOnly }: Pick<Shell, "plan" | "readOnly">,
  name: string,
  values: readonly Argument[],
  state: ShellState,
  isArray = false,
): void {
  plan.limitWords(values.length);
  const value = values[0];
  const danger = dangerOfVariable(name, value?.isKnown === true ? value.text : null);
  if (danger !== null) plan.doubt("unverified", danger);
  const rest = isArray || values.length !== 1 ? [] : state.variables.get(name)?.slice(1) ?? [];
  // SECURITY: nobody sees here whether a variable can be set.
  const isKept = readOnly.has(name) || shellsOwn.test(name);
  state.variables.set(
    name,
    isKept ? unknownList : rest.length === 0 ? values : [...values, ...rest],
  );
}
