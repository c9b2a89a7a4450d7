/**
 * The lists a module gives of itself: the built-ins it needs and the entrypoints it offers.
 *
 * @module
 */
import { CheckFailure } from "../../../core/check/check_failure.ts";
import type { CheckJob } from "../../../core/check/check_job.ts";
import { EngineError } from "../../../core/errors.ts";
import { decodeUtf8, parseStrictJson } from "../../../core/strict_json.ts";
import { quoteName } from "../../quote_name.ts";
import type { OpaBuiltin } from "./opa_builtin.ts";
import { opaBuiltins } from "./opa_builtins.ts";
import { refusedBuiltins } from "./refused_builtins.ts";

const maxNames = 1_000;
const maxShownNames = 8;

/** @throws {CheckFailure} `invalid_module`: no object of names to different whole numbers. */
export function parseOpaNames(json: Uint8Array, what: string): ReadonlyMap<string, number> {
  const names = new Map<string, number>();
  const numbers = new Set<number>();
  const list = parseList(json, what);
  if (list.length > maxNames) throw invalid(what, `${list.length} names`);
  for (const [name, number] of list) {
    const isNumber = typeof number === "number" && Number.isSafeInteger(number) && number >= 0;
    if (!isNumber || numbers.has(number)) {
      throw invalid(what, `another number of ${quoteName(name)}`);
    }
    names.set(name, number);
    numbers.add(number);
  }
  return names;
}

function parseList(json: Uint8Array, what: string): readonly (readonly [string, unknown])[] {
  try {
    const value = parseStrictJson(decodeUtf8(json));
    if (typeof value === "object" && value !== null && !Array.isArray(value)) {
      return Object.entries(value);
    }
  } catch (error) {
    if (!(error instanceof EngineError)) throw error;
    throw invalid(what, error.message);
  }
  throw invalid(what, "no object");
}

/**
 * The number of the entrypoint to ask: the one the policy names, else 0, which is the first.
 *
 * @throws {CheckFailure} `invalid_module`: it has none of that name.
 */
export function selectEntrypoint(
  entrypoints: ReadonlyMap<string, number>,
  { entrypoint }: CheckJob,
): number {
  const number = entrypoint === null
    ? [...entrypoints.values()].find((one) => one === 0)
    : entrypoints.get(entrypoint);
  if (number !== undefined) return number;
  const shown = [...entrypoints.keys()].slice(0, maxShownNames).map(quoteName).join(", ");
  const wanted = entrypoint === null ? "one" : quoteName(entrypoint);
  throw new CheckFailure("invalid_module", `Entrypoint: wanted ${wanted}, got ${shown || "none"}`);
}

/** @throws {CheckFailure} `builtin_refused`, by name. */
export function bindBuiltins(names: ReadonlyMap<string, number>): ReadonlyMap<number, OpaBuiltin> {
  const bound = new Map<number, OpaBuiltin>();
  for (const [name, number] of names) {
    const builtin = opaBuiltins.get(name);
    if (builtin === undefined) {
      const why = refusedBuiltins.get(name) ?? "unknown here";
      throw new CheckFailure("builtin_refused", `Built-in ${quoteName(name)}: ${why}`);
    }
    bound.set(number, builtin);
  }
  return bound;
}

function invalid(what: string, got: string): CheckFailure {
  return new CheckFailure("invalid_module", `Module's ${what}: got ${got}`);
}
