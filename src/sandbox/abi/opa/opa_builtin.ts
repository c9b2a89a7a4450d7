/**
 * What a built-in of the host is: a function of its arguments and the request, charged by size.
 *
 * @module
 */
import type { OpaValue } from "./opa_value.ts";

/** What a built-in may know and do besides its arguments. */
export interface BuiltinContext {
  /**
   * Pays before work or room that is more than its arguments' size.
   *
   * @throws {CheckFailure} `fuel_exhausted`
   */
  readonly charge: (units: number) => void;
  /**
   * The request's `now` in nanoseconds since 1970.
   *
   * @throws {CheckFailure} `builtin_refused`: the request has none.
   */
  readonly now: () => bigint;
  /** Adds a line to the log. */
  readonly print: (line: string) => void;
}

export interface OpaBuiltin {
  readonly arity: number;
  /**
   * @returns undefined where Rego's answer is undefined: arguments of other types, or outside of
   *   what the built-in takes. That is no failure: the expression is undefined, as in OPA.
   */
  readonly call: (args: readonly OpaValue[], context: BuiltinContext) => OpaValue | undefined;
}

/** One of only texts; anything else is undefined. */
export function textBuiltin<const Arity extends 1 | 2>(
  arity: Arity,
  call: (
    args: Arity extends 1 ? readonly [string] : readonly [string, string],
    context: BuiltinContext,
  ) => OpaValue | undefined,
): OpaBuiltin {
  return {
    arity,
    call: (args, context) =>
      args.length === arity && args.every((one) => typeof one === "string")
        ? call(args as never, context)
        : undefined,
  };
}
