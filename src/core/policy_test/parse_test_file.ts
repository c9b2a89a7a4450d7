/**
 * A file of policy tests, as strictly read as a policy: whatever is not known is refused, with its
 * place. Loads both YAML libraries: callers import this file with `await import()`.
 *
 * @module
 */
import { EngineError, oneLine } from "../errors.ts";
import { maxTestFileBytes } from "../limits.ts";
import type { Json, JsonObject } from "../operation/operation.ts";
import { parseOperation } from "../operation/parse_operation.ts";
import { isPath } from "../operation/path.ts";
import { policyPositions, type Position, withLocation } from "../policy/locate.ts";
import { parseNode } from "../policy/parse_node.ts";
import { parseYaml } from "../policy/parse_yaml.ts";
import { type NodePath, PolicyError } from "../policy/policy_error.ts";
import type { NodeValue } from "../policy/schema_node.ts";
import type { AskedOperation, Expectation, PretendFile, TestCase, TestFile } from "./test_case.ts";
import { testSchema } from "./test_schema.ts";

type RawFile = NodeValue<typeof testSchema>;
type RawCase = RawFile["cases"][number];

/** Who asks where a test does not say. */
const defaultPrincipal = "user";

/**
 * Parses one file.
 *
 * @param file As people know it.
 * @throws {EngineError} `tests_invalid`, with line and column.
 */
export function parseTestFile(bytes: Uint8Array, file: string): TestFile {
  const text = decode(bytes, file);
  try {
    return readFile(text, file);
  } catch (error) {
    if (!(error instanceof EngineError)) throw error;
    const { message, hint, location } = withLocation(error, text, file);
    throw new EngineError("tests_invalid", message, {
      cause: error,
      ...(hint === null ? {} : { hint }),
      ...(location === null ? {} : { location }),
    });
  }
}

function decode(bytes: Uint8Array, file: string): string {
  const fail = (why: string) =>
    new EngineError("tests_invalid", `Cannot read "${oneLine(file, 80)}": ${why}`, {
      hint: "a file of tests is UTF-8 of at most 1 MiB",
    });
  if (bytes.length > maxTestFileBytes) throw fail(`over ${maxTestFileBytes} bytes`);
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw fail("not UTF-8");
  }
}

function readFile(text: string, file: string): TestFile {
  const values = parseYaml(text, file, { allowsLines: true });
  const raw = parseNode(testSchema, values, []);
  if (raw.schema_version !== 1) {
    throw refuse(["schema_version"], "Cannot use these tests: wanted schema_version: 1");
  }
  const positions = policyPositions(text);
  const shared = hasKey(values, "files") ? raw.files.map(readPretend(["files"])) : null;
  const names = new Set<string>();
  const cases = raw.cases.map((one, index) => {
    const path = ["cases", index];
    if (names.has(one.name)) {
      throw refuse([...path, "name"], `Cannot use the name "${oneLine(one.name, 80)}" twice`);
    }
    names.add(one.name);
    const own = hasKey(itemOf(values, index), "files")
      ? one.files.map(readPretend([...path, "files"]))
      : null;
    return readCase(one, { path, files: own ?? shared, at: positions.get(path.join(".")) });
  });
  return { file, mode: raw.mode === "as_written" ? null : raw.mode, cases };
}

interface Surroundings {
  readonly path: NodePath;
  readonly files: TestCase["files"];
  readonly at: Position | undefined;
}

function readCase(raw: RawCase, { path, files, at }: Surroundings): TestCase {
  return {
    name: raw.name,
    line: at?.line ?? 1,
    column: at?.column ?? 1,
    ...readAsked(raw, path),
    earlier: raw.earlier.map((one, index) => readAsked(one, [...path, "earlier", index])),
    files,
    unmeasured: raw.unmeasured,
    expect: readExpectation(raw.expect, [...path, "expect"]),
  };
}

function readAsked(
  { operation, principal }: Pick<RawCase, "operation" | "principal">,
  path: NodePath,
): AskedOperation {
  try {
    return { operation: parseOperation(operation), principal: principal ?? defaultPrincipal };
  } catch (error) {
    if (!(error instanceof EngineError)) throw error;
    const { message, hint } = error;
    throw new PolicyError("policy_invalid", message, {
      path: [...path, "operation"],
      ...(hint === null ? {} : { hint }),
    });
  }
}

function readExpectation(raw: RawCase["expect"], path: NodePath): Expectation {
  const { decision, violated_policies: policies, would_deny: wouldDeny } = raw;
  const { overridable, message } = raw;
  if (decision !== "allow" && decision !== "ask" && decision !== "deny") {
    throw refuse(path, "Cannot use expect: wanted a decision", "write allow, ask or deny");
  }
  if (decision !== "allow" && policies.length === 0) {
    const hint = "name what has to be violated: the right answer for a wrong reason is luck";
    throw refuse(path, `Cannot expect ${decision} without violated_policies`, hint);
  }
  if (wouldDeny !== null && typeof wouldDeny !== "boolean") {
    throw refuse([...path, "would_deny"], "Cannot use would_deny: wanted true or false");
  }
  if (decision === "allow" && overridable === true) {
    const hint = "only what is denied or asked about can be approved";
    throw refuse([...path, "overridable"], "Cannot expect allow to be overridable", hint);
  }
  const violatedPolicies = [...new Set(policies)].sort();
  return { decision, violatedPolicies, wouldDeny, overridable, message };
}

function readPretend(path: NodePath) {
  return (raw: RawFile["files"][number], index: number): PretendFile => {
    const at = [...path, index];
    const name = raw.path.replace(/\/$/, "");
    const isInside = isPath(name) && !name.startsWith("/") &&
      !name.split("/").some((part) => part === "" || part === "." || part === "..");
    if (!isInside) {
      const hint = "write it relative to the root, without . and ..";
      throw refuse([...at, "path"], `Cannot pretend "${oneLine(raw.path, 80)}"`, hint);
    }
    const told = [raw.content, raw.size, raw.target].filter((value) => value !== null).length;
    const isFolder = raw.path.endsWith("/");
    if (told > 1 || (isFolder && told > 0)) {
      const hint = "a folder (path/) has none of content, size and target, a file at most one";
      throw refuse(at, `Cannot pretend "${oneLine(raw.path, 80)}" to be two things`, hint);
    }
    if (isFolder) return { path: name, kind: "folder" };
    if (raw.target !== null) return { path: name, kind: "link", target: raw.target };
    return { path: name, kind: "file", content: raw.content ?? raw.size ?? "" };
  };
}

function hasKey(value: Json | undefined, key: string): boolean {
  return typeof value === "object" && value !== null && Object.hasOwn(value, key);
}

function itemOf(values: Json, index: number): Json | undefined {
  const { cases } = values as JsonObject;
  return Array.isArray(cases) ? cases[index] : undefined;
}

function refuse(path: NodePath, message: string, hint?: string): PolicyError {
  return new PolicyError("policy_invalid", message, {
    path,
    ...(hint === undefined ? {} : { hint }),
  });
}
