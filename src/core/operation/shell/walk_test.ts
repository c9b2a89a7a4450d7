/**
 * `[[ ]]`: what its words expand to is looked at where the shell evaluates it.
 *
 * @module
 */
import type { TestExpression, Word } from "unbash";
import type { Argument } from "./program_use.ts";
import type { Frame, Shell } from "./shell.ts";
import type { ShellState } from "./shell_state.ts";
import { readArithmetic } from "./walk_nested.ts";

/** Words of `[[ ]]`. SECURITY: `-v` and arithmetic comparisons evaluate an index in the text. */
export function walkTest(
  shell: Shell,
  expression: TestExpression,
  state: ShellState,
  frame: Frame,
): void {
  switch (expression.type) {
    case "TestUnary": {
      const value = shell.expandText(expression.operand, state, frame);
      if (/^-[vR]$/.test(expression.operator)) refuseIndex(shell, value);
      return;
    }
    case "TestBinary": {
      const sides = [expression.left, expression.right].map((word) =>
        shell.expandText(word, state, frame)
      );
      if (!/^-(?:eq|ne|lt|le|gt|ge)$/.test(expression.operator)) return;
      for (const [at, side] of sides.entries()) {
        const word = at === 0 ? expression.left : expression.right;
        if (side.isKnown) readArithmetic(shell, side.text, state);
        if (side.isKnown || mayBeSet(word, side, state)) refuseIndex(shell, side);
      }
      return;
    }
    case "TestLogical":
      for (const operand of expression.operands) walkTest(shell, operand, state, frame);
      return;
    case "TestNot":
      return walkTest(shell, expression.operand, state, frame);
    case "TestGroup":
      return walkTest(shell, expression.expression, state, frame);
  }
}

/** Whether the command itself may have made the value: the environment's is nobody's attack. */
function mayBeSet({ text }: Word, { isTame }: Argument, { variables }: ShellState): boolean {
  if (isTame === true) return false;
  return /\$\(|`/.test(text) ||
    (text.match(/[A-Za-z_]\w*/g) ?? []).some((name) => variables.has(name));
}

function refuseIndex(shell: Shell, { text, isKnown }: { text: string; isKnown: boolean }): void {
  if (isKnown && !/[[`$]/.test(text)) return;
  shell.plan.doubt("unverified", "a test evaluates the text of an index");
}
