/**
 * `checks` of a policy.
 *
 * @module
 */
import { canonicalize } from "@std/json/canonicalize";
import type { CheckLimits } from "../check/check_limits.ts";
import type { CheckSpec, CheckTest, PinnedFile } from "../check/check_spec.ts";
import { EngineError, oneLine } from "../errors.ts";
import { checksPrefix } from "../integrity/policy_snapshot.ts";
import { maxCheckSettingsBytes } from "../limits.ts";
import type { Json, JsonObject } from "../operation/operation.ts";
import { parseOperation } from "../operation/parse_operation.ts";
import type { checkSection } from "./check_schema.ts";
import { compileCondition } from "./compile_condition.ts";
import { type NodePath, PolicyError } from "./policy_error.ts";
import type { NodeValue } from "./schema_node.ts";

type RawCheck = NodeValue<typeof checkSection>[number];

/**
 * Compiles the checks in file order. What is in their files is not looked at.
 *
 * @param types Names of types there are, those under `operations.custom` too.
 * @throws {PolicyError} `policy_invalid` at the first node that cannot be used.
 */
export function compileChecks(
  raws: readonly RawCheck[],
  types: readonly string[],
): readonly CheckSpec[] {
  const ids = new Set<string>();
  return raws.map((raw, index) => {
    const path: NodePath = ["checks", index];
    if (ids.has(raw.id)) throw idRepeated(raw.id, path);
    ids.add(raw.id);
    requireAbi(raw, path);
    const { id, description, abi, entrypoint, result, severity, effect, isolation } = raw;
    return {
      ...{ id, description, abi, entrypoint, result, severity, effect, isolation },
      ...pinned(raw),
      settings: compileSettings(raw.settings, [...path, "settings"]),
      data: raw.data === null ? null : pinned(raw.data),
      match: raw.match === null ? null : compileCondition(raw.match, [...path, "match"], types),
      limits: compileLimits(raw.limits),
      tests: raw.tests.map((test, at) => compileTest(test, [...path, "tests", at])),
    };
  });
}

function pinned({ file, sha256 }: PinnedFile): PinnedFile {
  return { file: `${checksPrefix}${file}`, sha256 };
}

/** SECURITY: a key that the module's kind does not know would be obeyed by nobody. */
function requireAbi({ abi, entrypoint, result, data }: RawCheck, path: NodePath): void {
  if (abi === "opa-1") return;
  const unknown = entrypoint !== null
    ? "entrypoint"
    : result === "allow"
    ? "result"
    : data !== null
    ? "data"
    : null;
  if (unknown === null) return;
  throw new PolicyError("policy_invalid", `Cannot use ${unknown} with the abi ${abi}`, {
    path: [...path, unknown],
    hint: "only opa-1 has it: remove the line",
  });
}

function compileSettings(raw: Json | null, path: NodePath): JsonObject {
  if (raw === null) return {};
  if (typeof raw !== "object" || Array.isArray(raw)) {
    throw new PolicyError("policy_invalid", "Cannot use the settings: wanted a mapping of keys", {
      path,
      hint: "write `settings:` and below it one key a line",
    });
  }
  const { length } = new TextEncoder().encode(canonicalize(raw));
  if (length > maxCheckSettingsBytes) {
    throw new PolicyError("policy_invalid", `Cannot use the settings: got ${length} bytes`, {
      path,
      hint: `at most ${maxCheckSettingsBytes}, as JSON; a list that long is data of its own`,
    });
  }
  return raw as JsonObject;
}

function compileLimits(raw: RawCheck["limits"]): CheckLimits {
  return {
    moduleBytes: raw.module_bytes,
    inputBytes: raw.input_bytes,
    outputBytes: raw.output_bytes,
    logBytes: raw.log_bytes,
    fuel: raw.fuel,
    fuelPerInputByte: raw.fuel_per_input_byte,
    startFuel: raw.start_fuel,
    memoryPages: raw.memory_pages,
    callDepth: raw.call_depth,
    deadlineMs: raw.deadline_ms,
    loadDeadlineMs: raw.load_deadline_ms,
  };
}

function compileTest(
  { operation, expect }: RawCheck["tests"][number],
  path: NodePath,
): CheckTest {
  return {
    operation: parseTestOperation(operation, [...path, "operation"]),
    expect: parseExpectation(expect, [...path, "expect"]),
  };
}

function parseTestOperation(raw: Json | null, path: NodePath): CheckTest["operation"] {
  try {
    return parseOperation(raw);
  } catch (error) {
    if (!(error instanceof EngineError)) throw error;
    throw new PolicyError("policy_invalid", `Cannot use the operation: ${error.message}`, {
      path,
      hint: error.hint ?? "write it as `sealward check` takes it",
    });
  }
}

/** As many as a check may find. */
const maxExpected = 100;

function parseExpectation(raw: Json | null, path: NodePath): CheckTest["expect"] {
  const isCount = typeof raw === "number" && Number.isSafeInteger(raw) && raw >= 0 &&
    raw <= maxExpected;
  if (isCount) return raw;
  const isList = Array.isArray(raw) && raw.length <= maxExpected &&
    raw.every((code) => typeof code === "string" && /^[a-z][a-z0-9_.-]{0,63}$/.test(code));
  if (isList) return raw as readonly string[];
  throw new PolicyError("policy_invalid", "Cannot use what a test expects", {
    path,
    hint: `write a list of codes such as [aws_key], [] for none, or a number to ${maxExpected}`,
  });
}

function idRepeated(id: string, path: NodePath): PolicyError {
  const quoted = oneLine(JSON.stringify(id));
  return new PolicyError("policy_invalid", `Cannot use the id ${quoted} twice`, {
    path: [...path, "id"],
    hint: "answers and the log tell checks apart by their ids",
  });
}
