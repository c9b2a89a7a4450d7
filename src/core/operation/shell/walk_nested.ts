/**
 * Commands hidden in parts of words that are not otherwise understood: an index, an arithmetic
 * expression, the pattern of a replacement. They run all the same.
 *
 * @module
 */
import { forEachChild, type SyntaxNode } from "unbash";
import type { Frame, Shell } from "./shell.ts";
import { copyState, type ShellState, unknownArgument } from "./shell_state.ts";

/** Walks every script below a node, and forgets every variable an expression there could set. */
export function walkNested(
  shell: Shell,
  node: SyntaxNode,
  state: ShellState,
  frame: Frame,
): void {
  switch (node.type) {
    case "CommandExpansion":
    case "ProcessSubstitution":
    case "ArithmeticCommandExpansion": {
      if (node.script === undefined) return shell.plan.end("a substitution cannot be read");
      shell.walkScript(node.script, copyState(state), { ...frame, depth: frame.depth + 1 });
      return;
    }
    case "ArithmeticExpansion":
      readArithmetic(shell, node.text, state);
      break;
    default:
  }
  forEachChild(node, (child) => walkNested(shell, child, state, frame));
}

/**
 * Names in an arithmetic expression. SECURITY: the shell evaluates a variable's text once more, and
 * an index in it may run a command: `x='a[$(rm y)]'; echo $((x))`.
 */
export function readArithmetic({ plan }: Shell, text: string, state: ShellState): void {
  for (const [name] of text.matchAll(/[A-Za-z_]\w*/g)) {
    const values = state.variables.get(name);
    if (values?.some((value) => /[[`$]/.test(value.text)) === true) {
      plan.doubt("unverified", `arithmetic evaluates the text of "${name}"`);
    }
    if (values !== undefined) state.variables.set(name, [unknownArgument]);
  }
}
