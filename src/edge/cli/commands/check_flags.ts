/**
 * Flags that say how a module is to be run, for commands that try one out.
 *
 * @module
 */
import { checkAbis } from "../../../core/check/check_job.ts";
import {
  checkCeilings,
  type CheckLimits,
  defaultCheckLimits,
} from "../../../core/check/check_limits.ts";
import { checkIsolations } from "../../../core/check/check_spec.ts";
import type { Flag, ParsedArguments } from "../command.ts";
import { quote, usageError } from "../usage_error.ts";

export const operationFlag: Flag = {
  name: "operation",
  kind: "string",
  value: "FILE",
  description: "The operation, as `sealward check` takes it; - for standard input",
};

export const abiFlag: Flag = {
  name: "abi",
  kind: "string",
  value: "NAME",
  choices: checkAbis,
  description: "How the module is spoken to; left out, the one it fits",
};

export const limitFlag: Flag = {
  name: "limit",
  kind: "string",
  value: "NAME=NUMBER",
  collect: true,
  description: "Another limit than the default: fuel=1000, memory_pages=16, ...",
};

/** What a policy would say of the module. */
export const moduleFlags: readonly Flag[] = [
  abiFlag,
  {
    name: "entrypoint",
    kind: "string",
    value: "NAME",
    description: "Of opa-1: such as policy/deny",
  },
  {
    name: "result",
    kind: "string",
    value: "KIND",
    choices: ["allow", "violations"],
    description: "Of opa-1: how its result is read; default violations",
  },
  {
    name: "settings",
    kind: "string",
    value: "FILE",
    description: "A JSON object that it gets with the request",
  },
  { name: "data", kind: "string", value: "FILE", description: "Of opa-1: the data document, JSON" },
  {
    name: "isolation",
    kind: "string",
    value: "KIND",
    choices: checkIsolations,
    description: "Where it runs; default process. inline runs it in this process",
  },
  limitFlag,
];

/** Names as in the policy. */
const limitNames: ReadonlyMap<string, keyof CheckLimits> = new Map(
  (Object.keys(defaultCheckLimits) as (keyof CheckLimits)[]).map((key) => [snake(key), key]),
);

/** As a policy writes a limit's name. */
export function snake(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/** Those that were named; others keep their default. @throws {EngineError} `usage`. */
export function parseLimits({ flags }: ParsedArguments): Partial<CheckLimits> {
  return Object.fromEntries(flags.texts("limit").map(parseLimit));
}

function parseLimit(given: string): readonly [keyof CheckLimits, number] {
  const [name = "", value = ""] = given.split("=", 2);
  const key = limitNames.get(name);
  if (key === undefined) {
    throw usageError(
      `Unknown limit ${quote(name)}`,
      `known are ${[...limitNames.keys()].join(", ")}`,
    );
  }
  const number = /^[0-9]{1,12}$/.test(value) ? Number(value) : Number.NaN;
  const least = key === "logBytes" || key === "fuelPerInputByte" ? 0 : 1;
  if (number >= least && number <= checkCeilings[key]) return [key, number];
  throw usageError(
    `Cannot use the limit ${quote(given)}`,
    `wanted ${name}= and a whole number from ${least} to ${checkCeilings[key]}`,
  );
}
