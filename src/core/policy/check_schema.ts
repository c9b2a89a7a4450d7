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

const since = "0.1.0";

// No empty name, no `.` and no `..`; names that could end a line or hide are nobody's file.
const name = String.raw`(?!\.{1,2}(?:/|$))[A-Za-z0-9._@+-]+`;
/** Nobody means .scalpel/checks/.scalpel/checks/. */
const below = String.raw`(?!\.scalpel/)`;

const file = (description: string, shape: RegExp, hint: string, example: string) => ({
  kind: "text",
  isRequired: true,
  maxCharacters: maxPathCharacters,
  shape,
  wanted: { what: "the path of a file in .scalpel/checks/", hint },
  examples: [example],
  description,
  since,
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
  examples: ["e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"],
  description: "What must be in the file; anything else denies.",
  since,
} as const satisfies SchemaNode;

const bound = (key: keyof CheckLimits, description: string, minimum = 1) => ({
  kind: "number",
  minimum,
  maximum: checkCeilings[key],
  default: defaultCheckLimits[key],
  description,
  since,
} as const);

const limits = {
  kind: "section",
  description: "What one run may take, each within a ceiling.",
  since,
  keys: {
    module_bytes: bound("moduleBytes", "Bytes of the module."),
    input_bytes: bound("inputBytes", "Bytes of the request."),
    output_bytes: bound("outputBytes", "Bytes of the response."),
    log_bytes: bound("logBytes", "Bytes of what it prints beside.", 0),
    fuel: bound("fuel", "Units of fuel for a run."),
    fuel_per_input_byte: bound("fuelPerInputByte", "More fuel for each byte of the request.", 0),
    start_fuel: bound("startFuel", "Fuel before the request is handed over."),
    memory_pages: bound("memoryPages", "Pages of 64 KiB."),
    call_depth: bound("callDepth", "Nested calls."),
    deadline_ms: bound("deadlineMs", "Milliseconds for a run."),
    load_deadline_ms: bound("loadDeadlineMs", "Milliseconds for loading the module."),
  },
} as const satisfies SchemaNode;

const test = {
  kind: "section",
  description: "An operation, and what the check must find in it before its word counts.",
  since,
  keys: {
    operation: {
      kind: "json",
      isRequired: true,
      examples: [{ type: "file_write", affected_files: ["a.ts"], content: "" }],
      description: "The operation, as `sealward check` takes it.",
      since,
    },
    expect: {
      kind: "json",
      isRequired: true,
      examples: [["aws_key"], [], 2],
      description: "Codes of the violations, each as often as it is found; or their number.",
      since,
    },
  },
} as const satisfies SchemaNode;

export const checkSection = {
  kind: "sections",
  maxItems: maxChecks,
  description: "WebAssembly modules that judge an operation in a sandbox. They only ever forbid.",
  since,
  item: {
    kind: "section",
    description: "One check: its violations deny or ask; a check that fails denies.",
    since,
    keys: {
      id: {
        kind: "text",
        isRequired: true,
        maxCharacters: 64,
        shape: /^[a-z][a-z0-9_-]{0,63}$/,
        examples: ["no-secrets"],
        description: "Name of the check in answers and in the log, as checks.ID; used once.",
        since,
      },
      description: {
        kind: "text",
        isRequired: false,
        maxCharacters: maxLabelCharacters,
        shape: null,
        examples: ["Keys are not committed"],
        description: "What the check is for.",
        since,
      },
      file: file(
        "The module, relative to .scalpel/checks/.",
        new RegExp(String.raw`^${below}${name}(?:/${name})*(?<=[^/]\.wasm)$`),
        "write it relative to .scalpel/checks/, ending in .wasm, without ..",
        "secrets.wasm",
      ),
      sha256,
      abi: {
        kind: "choice",
        values: checkAbis,
        default: null,
        description: "How the module is spoken to; sealward checks inspect FILE says which it has.",
        since,
      },
      entrypoint: {
        kind: "text",
        isRequired: false,
        maxCharacters: 256,
        shape: /^[A-Za-z0-9_.-]+(?:\/[A-Za-z0-9_.-]+)*$/,
        wanted: { what: "an entrypoint such as policy/deny", hint: "as given to opa build -e" },
        examples: ["policy/deny"],
        description: "Of opa-1: which of its entrypoints; left out, its only or first one.",
        since,
      },
      result: {
        kind: "choice",
        values: ["allow", "violations"],
        default: "violations",
        description: "Of opa-1: whether the result is a boolean that allows, or violations.",
        since,
      },
      settings: {
        kind: "json",
        isRequired: false,
        examples: [{ max: 10 }],
        description: "A mapping that the module gets with every request.",
        since,
      },
      data: {
        kind: "section",
        isOptional: true,
        minKeys: 2,
        description: "Of opa-1: the data document.",
        since,
        keys: {
          file: file(
            "JSON, relative to .scalpel/checks/.",
            new RegExp(String.raw`^${below}${name}(?:/${name})*$`),
            "write it relative to .scalpel/checks/, without ..",
            "roles.json",
          ),
          sha256,
        },
      },
      match: {
        kind: "section",
        isOptional: true,
        minKeys: 1,
        description: "Which operations it judges, as in rules; left out, every one.",
        since,
        keys: conditionKeys,
      },
      severity: {
        kind: "choice",
        values: severities,
        default: "HIGH",
        description: "How bad its violations are, where they do not say themselves.",
        since,
      },
      effect: {
        kind: "choice",
        values: ["deny", "ask"],
        hint: "checks have deny and ask only",
        default: "deny",
        description: "The answer to a violation. A check that fails always denies.",
        since,
      },
      isolation: {
        kind: "choice",
        values: checkIsolations,
        default: "process",
        description: "inline runs it in the engine's own process, which every entry says.",
        since,
      },
      limits,
      tests: {
        kind: "sections",
        maxItems: maxCheckTests,
        description: "Run before the check's first word counts; when one fails, the check denies.",
        since,
        item: test,
      },
    },
  },
} as const satisfies SchemaNode;
