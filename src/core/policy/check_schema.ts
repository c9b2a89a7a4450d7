/**
 * Keys of `checks`: programs that judge an operation in a sandbox.
 *
 * @module
 */
import { checkAbis } from "../check/check_job.ts";
import { checkCeilings, type CheckLimits, defaultCheckLimits } from "../check/check_limits.ts";
import { checkIsolations } from "../check/check_spec.ts";
import { maxChecks, maxCheckTests, maxLabelCharacters, maxPathCharacters } from "../limits.ts";
import { conditionKeys } from "./condition_schema.ts";
import { severities } from "./policy.ts";
import type { SchemaNode } from "./schema_node.ts";

// No empty name, no `.` and no `..`; names that could end a line or hide are nobody's file.
const name = String.raw`(?!\.{1,2}(?:/|$))[A-Za-z0-9._@+-]+`;
/** Nobody means .scalpel/checks/.scalpel/checks/. */
const below = String.raw`(?!\.scalpel/)`;

const file = (shape: RegExp, hint: string) => ({
  kind: "text",
  isRequired: true,
  maxCharacters: maxPathCharacters,
  shape,
  wanted: { what: "the path of a file in .scalpel/checks/", hint },
} as const);

const sha256 = {
  kind: "text",
  isRequired: true,
  maxCharacters: 64,
  shape: /^[0-9a-f]{64}$/,
  wanted: {
    what: "a SHA-256, 64 hex digits in lower case",
    hint: "sealward checks pin FILE prints the line; write it in quotes",
  },
} as const satisfies SchemaNode;

const bound = (key: keyof CheckLimits, minimum = 1) => ({
  kind: "number",
  minimum,
  maximum: checkCeilings[key],
  default: defaultCheckLimits[key],
} as const);

const limits = {
  kind: "section",
  keys: {
    module_bytes: bound("moduleBytes"),
    input_bytes: bound("inputBytes"),
    output_bytes: bound("outputBytes"),
    log_bytes: bound("logBytes", 0),
    fuel: bound("fuel"),
    fuel_per_input_byte: bound("fuelPerInputByte", 0),
    start_fuel: bound("startFuel"),
    memory_pages: bound("memoryPages"),
    call_depth: bound("callDepth"),
    deadline_ms: bound("deadlineMs"),
    load_deadline_ms: bound("loadDeadlineMs"),
  },
} as const satisfies SchemaNode;

const test = {
  kind: "section",
  keys: {
    operation: {
      kind: "json",
      isRequired: true,
    },
    expect: {
      kind: "json",
      isRequired: true,
    },
  },
} as const satisfies SchemaNode;

export const checkSection = {
  kind: "sections",
  maxItems: maxChecks,
  item: {
    kind: "section",
    keys: {
      id: {
        kind: "text",
        isRequired: true,
        maxCharacters: 64,
        shape: /^[a-z][a-z0-9_-]{0,63}$/,
      },
      description: {
        kind: "text",
        isRequired: false,
        maxCharacters: maxLabelCharacters,
        shape: null,
      },
      file: file(
        new RegExp(String.raw`^${below}${name}(?:/${name})*(?<=[^/]\.wasm)$`),
        "write it relative to .scalpel/checks/, ending in .wasm, without ..",
      ),
      sha256,
      abi: {
        kind: "choice",
        values: checkAbis,
        default: null,
      },
      entrypoint: {
        kind: "text",
        isRequired: false,
        maxCharacters: 256,
        shape: /^[A-Za-z0-9_.-]+(?:\/[A-Za-z0-9_.-]+)*$/,
        wanted: { what: "an entrypoint such as policy/deny", hint: "as given to opa build -e" },
      },
      result: {
        kind: "choice",
        values: ["allow", "violations"],
        default: "violations",
      },
      settings: {
        kind: "json",
        isRequired: false,
      },
      data: {
        kind: "section",
        isOptional: true,
        minKeys: 2,
        keys: {
          file: file(
            new RegExp(String.raw`^${below}${name}(?:/${name})*$`),
            "write it relative to .scalpel/checks/, without ..",
          ),
          sha256,
        },
      },
      match: {
        kind: "section",
        isOptional: true,
        minKeys: 1,
        keys: conditionKeys,
      },
      severity: {
        kind: "choice",
        values: severities,
        default: "HIGH",
      },
      effect: {
        kind: "choice",
        values: ["deny", "ask"],
        hint: "checks have deny and ask only",
        default: "deny",
      },
      isolation: {
        kind: "choice",
        values: checkIsolations,
        default: "process",
      },
      limits,
      tests: {
        kind: "sections",
        maxItems: maxCheckTests,
        item: test,
      },
    },
  },
} as const satisfies SchemaNode;
