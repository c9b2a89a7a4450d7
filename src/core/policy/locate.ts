/**
 * Where a node of the policy stands in its text. Loads the second YAML library: callers import
 * this file with `await import()`, when there is something to point at.
 *
 * @module
 */
import {
  type Document,
  isCollection,
  isMap,
  isNode,
  isScalar,
  isSeq,
  LineCounter,
  parseDocument,
} from "yaml";
import type { EngineError } from "../errors.ts";
import { locationAt } from "./location_at.ts";
import { type NodePath, PolicyError } from "./policy_error.ts";

/** A place in the text; both count from 1, columns in UTF-16 units. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** A node with its offsets. `value` is that of the key where the value is a block or empty. */
interface Place {
  readonly path: NodePath;
  readonly key: number;
  readonly value: number;
}

/**
 * Reads text with the library that knows where each node stands. Bad text does not throw: the
 * document carries errors and warnings.
 *
 * SECURITY: only for text that checkYaml let through; the library is slow on hostile input.
 */
export function readDocument(text: string, lineCounter: LineCounter = new LineCounter()): Document {
  const { process } = globalThis as unknown as { readonly process: { env: object } };
  const environment = process.env;
  // SECURITY: told to by LOG_TOKENS or LOG_STREAM the library prints what it reads on standard
  // output, and where the environment may not be read it throws. It sees an empty one.
  process.env = {};
  try {
    return parseDocument(text, { lineCounter, logLevel: "error", prettyErrors: false });
  } finally {
    process.env = environment;
  }
}

/**
 * Finds a node by its path.
 *
 * @returns Where its value begins, or its key when the value is a block or empty; null when there
 *   is no such node.
 */
export function locateNode(text: string, path: NodePath): Position | null {
  return policyPositions(text).get(path.join(".")) ?? null;
}

/**
 * Finds every node at once.
 *
 * @returns Positions by dotted path, such as `limits.max_complexity` and `protected.files.2`.
 */
export function policyPositions(text: string): ReadonlyMap<string, Position> {
  const lineCounter = new LineCounter();
  const document = readDocument(text, lineCounter);
  return new Map([...placesOf(document)].map(({ path, value }) => {
    const { line, col } = lineCounter.linePos(value);
    return [path.join("."), { line, column: col }];
  }));
}

/**
 * Completes a refusal with the place its path leads to; one that has a place, or no path, comes
 * back as it is.
 *
 * @param text What parsePolicy refused.
 */
export function withLocation(error: EngineError, text: string, file: string): EngineError {
  if (!(error instanceof PolicyError) || error.location !== null) return error;
  const { code, message, path, isKey, offsetInScalar } = error;
  const place = findPlace(text, path);
  const offset = isKey ? place.key : place.value + scalarOffset(text, place.value, offsetInScalar);
  return new PolicyError(code, message, {
    path,
    isKey,
    location: locationAt(text, offset, file),
    cause: error,
    ...(offsetInScalar === null ? {} : { offsetInScalar }),
    ...(error.hint === null ? {} : { hint: error.hint }),
  });
}

/** The node, or the nearest one above it that exists. */
function findPlace(text: string, path: NodePath): Place {
  const places = new Map(
    [...placesOf(readDocument(text))].map((place) => [JSON.stringify(place.path), place]),
  );
  for (let length = path.length; length >= 0; length--) {
    const place = places.get(JSON.stringify(path.slice(0, length)));
    if (place !== undefined) return place;
  }
  return { path: [], key: 0, value: 0 };
}

/** Escapes before the offset make value and text differ: then the quote has to do. */
function scalarOffset(text: string, start: number, offset: number | null): number {
  if (offset === null) return 0;
  const quote = text[start];
  if (quote !== '"' && quote !== "'") return offset;
  const written = text.slice(start + 1, start + 1 + offset);
  return written.includes("\\") || written.includes("''") ? 0 : offset + 1;
}

function placesOf(document: Document): Generator<Place> {
  return walk(document.contents, [], document.contents?.range?.[0] ?? 0);
}

function* walk(node: unknown, path: NodePath, key: number): Generator<Place> {
  yield { path, key, value: valueOffset(node) ?? key };
  if (isMap(node)) {
    for (const pair of node.items) {
      if (!isScalar(pair.key)) continue;
      const at = pair.key.range?.[0] ?? key;
      yield* walk(pair.value, [...path, String(pair.key.value)], at);
    }
  }
  if (isSeq(node)) {
    for (const [index, item] of node.items.entries()) {
      yield* walk(item, [...path, index], isNode(item) ? item.range?.[0] ?? key : key);
    }
  }
}

function valueOffset(node: unknown): number | null {
  if (!isNode(node) || (isCollection(node) && node.flow !== true)) return null;
  const [start, end] = node.range ?? [0, 0];
  return start < end ? start : null;
}
