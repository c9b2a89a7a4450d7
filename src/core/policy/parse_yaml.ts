/**
 * Text to plain JSON, by the fast reader. What the keys mean is parse_policy.ts.
 *
 * @module
 */
import { parse } from "@std/yaml";
import { EngineError, oneLine } from "../errors.ts";
import { maxDepth, maxPolicyNodes } from "../limits.ts";
import type { Json } from "../operation/operation.ts";
import { checkYaml } from "./check_yaml.ts";
import { locationAt } from "./location_at.ts";
import { type NodePath, PolicyError } from "./policy_error.ts";

/**
 * Parses YAML of the subset that checkYaml lets through.
 *
 * @returns Plain JSON, each object once; null for an empty text.
 * @throws {EngineError} `policy_syntax` with a location, or `policy_invalid` (a PolicyError).
 */
export function parseYaml(text: string, file: string, options: YamlOptions = {}): Json {
  checkYaml(text, file);
  const value = readYaml(text, file);
  checkPlain(value, [], { nodes: 0, seen: new Set(), ...options });
  return value;
}

export interface YamlOptions {
  /** Lets quoted text hold tabs and line ends, written as escapes: what files contain. */
  readonly allowsLines?: boolean;
}

function readYaml(text: string, file: string): unknown {
  try {
    return parse(text, {
      schema: "core",
      onWarning: (warning) => {
        throw warning;
      },
    });
  } catch (error) {
    const offset = offsetOf(error);
    const said = error instanceof Error ? error.message.split(/ at line |:\n/, 1)[0] : "";
    throw new EngineError("policy_syntax", `Cannot parse the policy: ${oneLine(said ?? "")}`, {
      hint: "compare the indentation with the lines above, or put the text into quotes",
      cause: error,
      ...(offset === null ? {} : { location: locationAt(text, offset, file) }),
    });
  }
}

/** The reader's errors carry an offset; its line and column are not used (they can disagree). */
function offsetOf(error: unknown): number | null {
  const offset = error instanceof Error && "offset" in error ? error.offset : null;
  return typeof offset === "number" ? offset : null;
}

interface Walk extends YamlOptions {
  nodes: number;
  readonly seen: Set<object>;
}

/**
 * Second line of defence: apart from odd escapes in quotes, the subset cannot express what this
 * refuses.
 *
 * @throws {PolicyError} `policy_invalid` unless the value is a tree of plain JSON in bounds, with
 *   finite numbers and visible text.
 */
export function checkPlain(
  value: unknown,
  path: NodePath = [],
  walk: Walk = { nodes: 0, seen: new Set() },
): asserts value is Json {
  if (++walk.nodes > maxPolicyNodes || path.length > maxDepth) {
    throw new PolicyError("policy_invalid", "Cannot use a policy of this size or depth", { path });
  }
  if (value === null || typeof value === "boolean") return;
  if (typeof value === "number" && Number.isFinite(value)) return;
  if (typeof value === "string" && value.isWellFormed()) {
    const shown = walk.allowsLines === true ? value.replace(/[\t\r\n]/g, " ") : value;
    if (!unfit.test(shown)) return;
  }
  if (typeof value !== "object" || walk.seen.has(value) || !isPlain(value)) {
    throw new PolicyError("policy_invalid", "Cannot use this value: not plain visible data", {
      path,
      hint: "numbers are finite; text has no control, direction or invisible characters",
    });
  }
  walk.seen.add(value);
  for (const key of Object.keys(value)) {
    const step = Array.isArray(value) ? Number(key) : key;
    checkPlain(Reflect.get(value, key), [...path, step], walk);
  }
}

/** Emoji need variation selectors, so that they are text here; every reader must be able to agree. */
const unfit =
  // deno-lint-ignore no-control-regex -- control characters are what is searched
  /[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u2069\u061c\ufeff]/;

function isPlain(value: object): boolean {
  return Array.isArray(value) || Object.getPrototypeOf(value) === Object.prototype;
}
