/**
 * What a piece of script may change of the shell's state, told by its text alone: loops run it
 * again, with what it left behind.
 *
 * @module
 */
import { type Assignment, type Command, forEachChild, type SyntaxNode } from "unbash";

export interface Changes {
  readonly variables: ReadonlySet<string>;
  /** Set by arithmetic, to numbers. */
  readonly numbers: ReadonlySet<string>;
  /** Defined in it. */
  readonly functions: ReadonlySet<string>;
  /** It may leave for another folder. */
  readonly hasFolder: boolean;
  /** It may be left before its end. */
  readonly hasJump: boolean;
  /** Something in it may change anything: `eval`, `source`, a function nobody looked into. */
  readonly isUnknown: boolean;
}

const folderWords = new Set(["cd", "pushd", "popd"]);
const jumpWords = new Set(["break", "continue", "return"]);
const settingWords = new Set([
  "read",
  "mapfile",
  "readarray",
  "export",
  "declare",
  "typeset",
  "local",
  "readonly",
  "unset",
  "printf",
  "getopts",
  "let",
]);
const anyWords = new Set(["eval", "source", ".", "set", "shift", "command", "builtin"]);

/** Reads every node below; subshells change nothing outside, but counting them costs little. */
export function findChanges(
  nodes: readonly SyntaxNode[],
  functions: ReadonlyMap<string, unknown>,
): Changes {
  const variables = new Set<string>();
  const numbers = new Set<string>();
  const defined = new Set<string>();
  const found = { hasFolder: false, hasJump: false, isUnknown: false };
  const visit = (node: SyntaxNode): void => {
    if (node.type === "Subshell") return;
    if (node.type === "Assignment" || node.type === "For" || node.type === "Select") {
      const names = node.type === "Assignment" && isArithmetic(node) ? numbers : variables;
      names.add(node.type === "Assignment" ? node.name : node.name.value);
    }
    if (node.type === "Function") defined.add(node.name.value);
    if (node.type === "FileDescriptorVariable") variables.add(node.name);
    if (node.type === "ArithmeticExpansion" || node.type === "ArithmeticCommand") {
      const text = node.type === "ArithmeticCommand" ? node.body : node.text;
      for (const [name] of text.matchAll(/[A-Za-z_]\w*/g)) numbers.add(name);
    }
    if (node.type === "ArithmeticWord") {
      for (const [name] of node.value.matchAll(/[A-Za-z_]\w*/g)) numbers.add(name);
    }
    if (node.type === "ParameterExpansion" && node.operation?.type === "Default") {
      variables.add(node.parameter);
    }
    if (node.type === "Command") {
      const word = node.name?.value ?? "";
      found.hasFolder ||= folderWords.has(word);
      found.hasJump ||= jumpWords.has(word);
      // SECURITY: `$c` may be any of these.
      const isDynamic = hasDynamicName(node);
      found.hasJump ||= isDynamic;
      found.isUnknown ||= isDynamic || anyWords.has(word) || functions.has(word);
      if (settingWords.has(word)) {
        for (const argument of node.args) {
          if (argument.type === "Word") addNames(variables, argument.value);
        }
      }
    }
    forEachChild(node, visit);
  };
  for (const node of nodes) visit(node);
  return { variables, numbers, functions: defined, ...found };
}

const dynamicParts: ReadonlySet<string> = new Set([
  "SimpleExpansion",
  "ParameterExpansion",
  "CommandExpansion",
  "DoubleQuoted",
  "ExtendedGlob",
  "Glob",
]);

function hasDynamicName({ name }: Command): boolean {
  return name?.parts?.some(({ type }) => dynamicParts.has(type)) === true;
}

function isArithmetic({ value }: Assignment): boolean {
  if (value.type === "ArrayValue") return false;
  const [only] = value.parts ?? [];
  return value.parts?.length === 1 && only?.type === "ArithmeticExpansion";
}

/** `x`, `x=1`, `x[1]`, and what `printf -vx` and `read -rax` have attached. */
function addNames(variables: Set<string>, word: string): void {
  variables.add(word.replace(/[=[].*$/s, ""));
  const attached = /^-[a-z]*?[av](.+)$/s.exec(word)?.[1];
  if (attached !== undefined) variables.add(attached);
}
