/**
 * Commands hidden in parts of words that are not otherwise understood: an index, an arithmetic
 * expression, the pattern of a replacement. They run all the same.
 *
 * @module
 */
import { forEachChild, type SyntaxNode } from "unbash";
import { dangerOfVariable } from "./dangerous_variables.ts";
import type { Argument, Input } from "./program_use.ts";
import { setVariable } from "./set_variable.ts";
import type { Frame, Shell } from "./shell.ts";
import { copyState, isTameValue, type ShellState, tameArgument } from "./shell_state.ts";

/** Walks every script below a node, and forgets every variable an expression there could set. */
export function walkNested(
  shell: Shell,
  node: SyntaxNode,
  state: ShellState,
  frame: Frame,
  isEvaluated = false,
): void {
  switch (node.type) {
    case "CommandExpansion":
    case "ProcessSubstitution":
    case "ArithmeticCommandExpansion": {
      if (node.script === undefined) return shell.plan.end("a substitution cannot be read");
      const inner = { ...frame, depth: frame.depth + 1, isSubshell: true } as const;
      const output = shell.walkScript(node.script, copyState(state), inner);
      if (isEvaluated) refuseOutput(shell, output);
      return;
    }
    case "ArithmeticExpansion":
      readArithmetic(shell, node.text.replace(/\$\([^(][^]*?\)|`[^]*?`/g, ""), state);
      isEvaluated = true;
      break;
    case "ArithmeticWord":
      if (node.parts === undefined) readArithmetic(shell, node.value, state);
      isEvaluated = true;
      break;
    default:
  }
  forEachChild(node, (child) => walkNested(shell, child, state, frame, isEvaluated));
}

/** SECURITY: arithmetic evaluates what a substitution prints. */
function refuseOutput({ plan }: Shell, output: Input): void {
  const isPlain = output.kind === "none" ||
    (output.kind === "unknown" && output.isTame === true) ||
    (output.kind === "text" && !/[[`$]/.test(output.text));
  if (!isPlain) plan.doubt("unverified", "arithmetic evaluates what a command prints");
}

/**
 * Names in an arithmetic expression. SECURITY: the shell evaluates a variable's text once more, and
 * an index in it may run a command: `x='a[$(rm y)]'; echo $((x))`.
 *
 * @param depth How many texts of variables led here.
 */
export function readArithmetic(shell: Shell, text: string, state: ShellState, depth = 0): void {
  const { plan } = shell;
  const isSet = /=(?!=)|\+\+|--/.test(text);
  for (const [name] of text.matchAll(/(?<!\w)[A-Za-z_]\w*/g)) {
    plan.step();
    const danger = isSet ? dangerOfVariable(name, null) : null;
    if (danger !== null) plan.doubt("unverified", danger);
    const values = state.variables.get(name);
    if (values === undefined) continue;
    for (const value of values) readValue(shell, name, value, state, depth);
    if (isSet && depth === 0) setVariable(shell, name, [tameArgument, ...values.slice(1)], state);
  }
}

function readValue(
  shell: Shell,
  name: string,
  value: Argument,
  state: ShellState,
  depth: number,
): void {
  if (isTameValue(value)) return;
  if (!value.isKnown || /[[`$]/.test(value.text) || depth >= maxTexts) {
    shell.plan.doubt("unverified", `arithmetic evaluates the text of "${name}"`);
  } else readArithmetic(shell, value.text, state, depth + 1);
}

/** A text that names a variable whose text names a variable; the shell stops later. */
const maxTexts = 4;
