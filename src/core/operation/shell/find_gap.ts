/**
 * Byte coverage: every character of a command must belong to something the walk looked at. A parser
 * that loses a command in the middle of a text leaves a gap here.
 *
 * @module
 */
import { forEachChild, type Script, type SyntaxNode } from "unbash";

/** Nodes that are looked at as a whole; what is inside is their own business. */
const leaves: ReadonlySet<string> = new Set([
  "Word",
  "Assignment",
  "Redirect",
  "HereString",
  "TestCommand",
  "ArithmeticCommand",
]);

/** What may stand between them: blanks, operators, reserved words, comments. */
const between =
  /^(?:\\\n|[\s;&|(){}!]|(?:if|then|elif|else|fi|for|while|until|do|done|case|esac|in|select|function|coproc|time|-p|--)(?![\w-])|(?<![^\s;&|()])#[^\n]*)*$/;

/** The first text that nothing covers, at most 40 characters of it; null when there is none. */
export function findGap(script: Script, source: string): string | null {
  const covered: (readonly [start: number, end: number])[] = [];
  const visit = (node: SyntaxNode): void => {
    if (node.type === "HereDoc") {
      covered.push([node.pos, node.end], [node.body.pos, node.body.end]);
      if (node.closing !== undefined) covered.push([node.closing.pos, node.closing.end]);
    } else if (node.type === "ArithmeticFor") {
      covered.push([node.pos, node.body.pos]);
      visit(node.body);
    } else if (leaves.has(node.type)) {
      covered.push([node.pos, node.end]);
    } else {
      forEachChild(node, visit);
    }
  };
  for (const statement of script.commands) visit(statement);
  covered.sort(([a], [b]) => a - b);
  return firstGap(covered, script.commands.length === 0 ? source : source);
}

function firstGap(
  covered: readonly (readonly [number, number])[],
  source: string,
): string | null {
  let at = source.startsWith("#!") ? after(source.indexOf("\n"), source) : 0;
  for (const [start, end] of [...covered, [source.length, source.length] as const]) {
    // The character before tells whether a # begins a comment.
    const gap = source.slice(at, start);
    const before = at > 0 ? source.slice(at - 1, at) : "\n";
    if (gap !== "" && !isBetween(before, gap)) return gap.trim().slice(0, 40);
    at = Math.max(at, end);
  }
  return null;
}

function isBetween(before: string, gap: string): boolean {
  return between.test(gap) || between.test(`${/[\s;&|()]/.test(before) ? before : ";"}${gap}`);
}

function after(index: number, source: string): number {
  return index === -1 ? source.length : index;
}
