/**
 * A call of a command the shell runs itself.
 *
 * @module
 */
import type { Argument } from "./program_use.ts";
import type { Frame, Shell } from "./shell.ts";
import type { ShellState } from "./shell_state.ts";

/** A builtin's arguments, in a state it may change. */
export interface BuiltinCall {
  readonly shell: Shell;
  readonly name: string;
  readonly args: readonly Argument[];
  readonly state: ShellState;
  readonly frame: Frame;
}
