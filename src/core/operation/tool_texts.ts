/**
 * Texts in the input of a tool: at any depth, keys of inner objects, and what stands in JSON inside
 * a text. Frameworks read a list that came as a text, and so does this.
 *
 * @module
 */
import { EngineError } from "../errors.ts";
import { maxToolTexts } from "../limits.ts";
import { parseStrictJson } from "../strict_json.ts";
import type { Json, JsonObject } from "./operation.ts";

export interface ToolText {
  /** The key it stands under; elements are what their list is called. */
  readonly argument: string;
  readonly text: string;
  /** A value as the input has it; else a key, or a part of a text. */
  readonly isPlain: boolean;
}

export interface ToolTexts {
  readonly texts: readonly ToolText[];
  /** False where there are too many, or one holds JSON that is nested too deep, or has two readings. */
  readonly isWhole: boolean;
}

/** JSON in a text in JSON in a text: nobody means more. */
const maxInnerTexts = 4;

interface Pending {
  readonly argument: string;
  readonly value: Json;
  /** Texts around it. */
  readonly depth: number;
}

/** Every text of the input, in its order. Time grows with the input. */
export function findToolTexts(input: JsonObject): ToolTexts {
  const texts: ToolText[] = [];
  let isWhole = true;
  const pending: Pending[] = [];
  const push = (values: Iterable<Pending>) => {
    // One by one: an input may have more members than a call takes arguments.
    for (const one of [...values].reverse()) pending.push(one);
  };
  push(Object.entries(input).map(([argument, value]) => ({ argument, value, depth: 0 })));
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const { argument, value, depth } = next;
    if (texts.length >= maxToolTexts) return { texts, isWhole: false };
    if (typeof value === "string") {
      texts.push({ argument, text: value, isPlain: depth === 0 });
      const inner = readInner(value);
      if (inner === null) continue;
      if (inner === "twofold" || depth >= maxInnerTexts) isWhole = false;
      else push([{ argument, value: inner.value, depth: depth + 1 }]);
    } else if (Array.isArray(value)) {
      push(value.map((element) => ({ argument, value: element, depth })));
    } else if (typeof value === "object" && value !== null) {
      const members = Object.entries(value);
      for (const [text] of members) texts.push({ argument, text, isPlain: false });
      push(members.map(([key, member]) => ({ argument: key, value: member, depth })));
    }
  }
  return { texts, isWhole };
}

/** What a text holds in JSON; null for other texts. */
function readInner(text: string): { readonly value: Json } | "twofold" | null {
  if (!/^\s*["[{]/.test(text)) return null;
  try {
    return { value: parseStrictJson(text) };
  } catch (thrown) {
    if (!(thrown instanceof EngineError)) throw thrown;
  }
  try {
    JSON.parse(text);
    // SECURITY: one key twice, say; whoever reads it may take the other one.
    return "twofold";
  } catch {
    return null;
  }
}
