/**
 * JSON as text with places: edits touch only what they mean to, so that everything else of a file
 * keeps its bytes: order, numbers as written, escapes, white space.
 *
 * @module
 */
import { parseStrictJson } from "../../../core/strict_json.ts";

/** A value and where it stands: `text.slice(start, end)`. */
export interface JsonNode {
  readonly kind: "object" | "array" | "other";
  readonly start: number;
  readonly end: number;
  /** Members or items in order; empty for `other`. */
  readonly children: readonly JsonChild[];
}

export interface JsonChild {
  /** Null in an array. */
  readonly key: string | null;
  /** Where the member begins: its key, or the item itself. */
  readonly start: number;
  readonly value: JsonNode;
}

const tokens = /[{}[\],:]|"(?:[^"\\]|\\.)*"|[^\s{}[\],:"]+/gs;

/**
 * The tree of exactly one document.
 *
 * @throws {EngineError} `settings_invalid` for what parseStrictJson refuses.
 */
export function parseJsonText(text: string): JsonNode {
  // Grammar, duplicate keys and depth are its work; below only places are collected.
  parseStrictJson(text, { code: "settings_invalid" });
  const found = [...text.matchAll(tokens)].map((match) => ({ at: match.index, word: match[0] }));
  let next = 0;
  const take = () => found[next++] ?? { at: text.length, word: "" };
  const peek = () => found[next]?.word ?? "";
  const readNode = (): JsonNode => {
    const { at, word } = take();
    if (word !== "{" && word !== "[") {
      return { kind: "other", start: at, end: at + word.length, children: [] };
    }
    const children: JsonChild[] = [];
    const closing = word === "{" ? "}" : "]";
    while (peek() !== closing) {
      if (peek() === ",") take();
      children.push(word === "{" ? readMember() : readItem());
    }
    const kind = word === "{" ? "object" : "array";
    return { kind, start: at, end: take().at + 1, children };
  };
  const readItem = (): JsonChild => {
    const value = readNode();
    return { key: null, start: value.start, value };
  };
  const readMember = (): JsonChild => {
    const { at, word } = take();
    take();
    return { key: JSON.parse(word), start: at, value: readNode() };
  };
  return readNode();
}

/** The member's value; null when there is none. */
export function memberOf(node: JsonNode, key: string): JsonNode | null {
  return node.children.find((child) => child.key === key)?.value ?? null;
}

/** Appends a member (`key` given) or an item to a container, in the style of the text around it. */
export function appendChild(
  text: string,
  container: JsonNode,
  child: { readonly key?: string; readonly value: unknown },
): string {
  const name = child.key === undefined ? "" : `${JSON.stringify(child.key)}: `;
  const last = container.children.at(-1);
  const first = container.children[0];
  if (first !== undefined && last !== undefined) {
    const indent = indentAt(text, first.start);
    // Items that share their line with the bracket before them: the text is not laid out.
    const isInline = !text.slice(container.start, first.start).includes("\n");
    const added = isInline
      ? `, ${name}${JSON.stringify(child.value)}`
      : `,${newlineOf(text)}${indent}${name}${layOut(text, child.value, indent)}`;
    return text.slice(0, last.value.end) + added + text.slice(last.value.end);
  }
  const outer = indentAt(text, container.start);
  const indent = outer + unitOf(text);
  const newline = newlineOf(text);
  const inner = `${newline}${indent}${name}${layOut(text, child.value, indent)}${newline}${outer}`;
  return text.slice(0, container.start + 1) + inner + text.slice(container.end - 1);
}

/** Removes the child at `index` with the comma that bound it; the last one takes the blanks along. */
export function removeChild(text: string, container: JsonNode, index: number): string {
  const { children } = container;
  const child = children[index];
  if (child === undefined) return text;
  const before = children[index - 1];
  const after = children[index + 1];
  if (after !== undefined) return text.slice(0, child.start) + text.slice(after.start);
  if (before !== undefined) return text.slice(0, before.value.end) + text.slice(child.value.end);
  return text.slice(0, container.start + 1) + text.slice(container.end - 1);
}

function layOut(text: string, value: unknown, indent: string): string {
  return JSON.stringify(value, null, unitOf(text)).replaceAll("\n", newlineOf(text) + indent);
}

function newlineOf(text: string): string {
  return /\r\n/.test(text) ? "\r\n" : "\n";
}

/** White space at the beginning of the line that holds the offset. */
function indentAt(text: string, offset: number): string {
  const line = text.slice(text.lastIndexOf("\n", offset - 1) + 1, offset);
  return /^[ \t]*/.exec(line)?.[0] ?? "";
}

/** One step of indentation: that of the first line inside the document's outer bracket. */
function unitOf(text: string): string {
  return /^\s*[{[][ \t]*\r?\n([ \t]+)\S/.exec(text)?.[1] ?? "  ";
}
