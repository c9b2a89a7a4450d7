/**
 * The second opinion: a policy that two YAML libraries read differently is not one policy. Loads
 * `yaml`; callers import this file with `await import()`, when a human accepts or lints a policy.
 *
 * @module
 */
import { type Document, isAlias, isNode, isPair, isScalar, visit } from "yaml";
import { EngineError, oneLine } from "../errors.ts";
import { readDocument, withLocation } from "./locate.ts";
import { locationAt } from "./location_at.ts";
import { parseYaml } from "./parse_yaml.ts";
import { type NodePath, PolicyError } from "./policy_error.ts";

/**
 * Reads the text with both libraries and compares the values.
 *
 * @returns Null when both read the same, else the refusal, with its location.
 */
export function compareParsers(text: string, file: string): EngineError | null {
  try {
    // The first reading also bounds keys and depth, on which the second library is slow.
    const first = parseYaml(text, file);
    const path = findDifference(first, parseSecond(text, file));
    if (path === null) return null;
    const message = `Cannot use ${oneLine(path.join("."))}: YAML readers read it differently`;
    const hint = "put the value into quotes, without escapes";
    return withLocation(new PolicyError("policy_syntax", message, { path, hint }), text, file);
  } catch (error) {
    if (error instanceof EngineError) return withLocation(error, text, file);
    throw error;
  }
}

/**
 * Parses with the second library alone, which knows what the first drops without a word.
 *
 * @param text Let through by checkYaml: the library is slow on hostile input.
 * @throws {EngineError} `policy_syntax` for errors, warnings, anchors, aliases, tags, merge keys,
 *   keys that are no text, and a second document.
 */
export function parseSecond(text: string, file: string): unknown {
  const document = readDocument(text);
  const complaint = document.errors[0] ?? document.warnings[0];
  if (complaint !== undefined) throw refusal(text, complaint.pos[0], file, complaint.message);
  refuseIndirection(document, text, file);
  return document.toJS({ maxAliasCount: 0 });
}

function refuseIndirection(document: Document, text: string, file: string): void {
  visit(document, (_, node) => {
    if (isPair(node)) {
      const key = isScalar(node.key) ? node.key.value : null;
      if (typeof key === "string" && key !== "<<") return;
      throw refusal(text, offsetOf(node.key), file, "a key that is no plain text");
    }
    if (isAlias(node)) throw refusal(text, offsetOf(node), file, "an alias");
    if (!isNode(node)) return;
    if (node.tag !== undefined) throw refusal(text, offsetOf(node), file, "a tag");
    if ("anchor" in node && node.anchor !== undefined) {
      throw refusal(text, offsetOf(node), file, "an anchor");
    }
  });
}

function offsetOf(node: unknown): number {
  return isNode(node) ? node.range?.[0] ?? 0 : 0;
}

function refusal(text: string, offset: number, file: string, reason: string): EngineError {
  return new EngineError("policy_syntax", `Cannot read the policy: ${oneLine(reason)}`, {
    hint: "write it in plain YAML: keys, lists, text in quotes",
    location: locationAt(text, offset, file),
  });
}

/**
 * Compares two readings, both plain JSON as far as they are equal.
 *
 * @returns The path of the first node that differs; null when there is none.
 */
export function findDifference(
  first: unknown,
  second: unknown,
  path: NodePath = [],
): NodePath | null {
  if (first === second) return null;
  if (typeof first !== "object" || first === null) return path;
  if (typeof second !== "object" || second === null) return path;
  if (Array.isArray(first) !== Array.isArray(second)) return path;
  const left = new Map<string, unknown>(Object.entries(first));
  const right = new Map<string, unknown>(Object.entries(second));
  for (const key of new Set([...left.keys(), ...right.keys()])) {
    const below = [...path, Array.isArray(first) ? Number(key) : key];
    if (!left.has(key) || !right.has(key)) return below;
    const found = findDifference(left.get(key), right.get(key), below);
    if (found !== null) return found;
  }
  return null;
}
