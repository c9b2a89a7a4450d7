/**
 * Every built-in the host has for a module of OPA. Most of Rego's are inside the module; these are
 * not. All give the same for the same arguments and request, on every machine.
 *
 * @module
 */
import { codingBuiltins } from "./coding_builtins.ts";
import { collectionBuiltins } from "./collection_builtins.ts";
import { formatText } from "./format_text.ts";
import { networkBuiltins } from "./network_builtins.ts";
import type { OpaBuiltin } from "./opa_builtin.ts";
import { isOpaArray, writeOpaValue } from "./opa_value.ts";
import { semverBuiltins } from "./semver_builtins.ts";
import { textBuiltins } from "./text_builtins.ts";
import { timeBuiltins } from "./time_builtins.ts";
import { unitBuiltins } from "./unit_builtins.ts";

const sprintf: OpaBuiltin = {
  arity: 2,
  call: ([format, args], context) =>
    typeof format === "string" && args !== undefined && isOpaArray(args)
      ? formatText(format, args, context.charge)
      : undefined,
};

/** Its argument is a note for people. */
const trace: OpaBuiltin = {
  arity: 1,
  call: ([note], context) => {
    if (typeof note !== "string") return undefined;
    context.print(note);
    return true;
  },
};

/** What `print` becomes: arrays of what each argument can be. */
const print: OpaBuiltin = {
  arity: 1,
  call: ([args = null], context) => {
    context.print(writeOpaValue(args, " "));
    return true;
  },
};

export const opaBuiltins: ReadonlyMap<string, OpaBuiltin> = new Map([
  ["sprintf", sprintf],
  ["trace", trace],
  ["internal.print", print],
  ...textBuiltins,
  ...codingBuiltins,
  ...collectionBuiltins,
  ...networkBuiltins,
  ...semverBuiltins,
  ...timeBuiltins,
  ...unitBuiltins,
]);
