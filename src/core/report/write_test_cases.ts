/**
 * Decisions of the log as policy test cases, for `.scalpel/tests/`: what was asked, what was
 * answered, and by which policy. policy_test/parse_test_file.ts reads it.
 *
 * @module
 */
import type { Entry } from "../audit/entry.ts";
import { encodeOperation } from "../operation/encode_operation.ts";
import type { Json, JsonObject } from "../operation/operation.ts";
import { describeOperation } from "./logged_decision.ts";
import { rebuildOperation, type RebuiltOperation } from "./rebuild_operation.ts";
import { writeComment, writeItem } from "./write_yaml.ts";

/** One document, ended by LF. Entries that are no decisions are passed over. */
export function writeTestCases(entries: readonly Entry[]): string {
  const rebuilt = entries.flatMap((entry) => {
    const found = rebuildOperation(entry);
    return found === null ? [] : [{ entry, ...found, missing: found.missing ?? unfit(found) }];
  });
  const whole = rebuilt.filter(({ missing }) => missing === null).length;
  const left = rebuilt.length - whole;
  const cases = rebuilt.map(writeCase).join("");
  return [
    "# Policy test cases from verified entries of the log (sealward audit query --as-test).",
    `# ${whole} ${whole === 1 ? "case" : "cases"}, ${left} left out as ${
      left === 1 ? "a comment" : "comments"
    }: their entries do not hold all of it.`,
    "schema_version: 1",
    whole === 0 ? "cases: []" : "cases:",
    cases,
  ].join("\n");
}

/** What an entry names of policies, at most. */
const maxLoggedPolicies = 12;

/** Why no test can come of a whole operation; null where one can. */
function unfit({ decision: { codes, policies } }: RebuiltOperation): string | null {
  if (codes.includes("policy_unaccepted") || codes.includes("policy_tampered")) {
    return "no policy was trusted then";
  }
  return policies.length < maxLoggedPolicies ? null : "it may have violated more than it names";
}

function writeCase(rebuilt: RebuiltOperation & { readonly entry: Entry }): string {
  const text = writeItem(toCase(rebuilt), 2);
  if (rebuilt.missing === null) return text;
  const lines = text.trimEnd().split("\n").map((line) => `  # ${line.slice(2)}\n`);
  return `  # Left out, ${rebuilt.missing}:\n${lines.join("")}`;
}

function toCase(
  { entry, decision, operation }: RebuiltOperation & { readonly entry: Entry },
): JsonObject {
  const { details } = entry;
  return {
    name: `#${entry.seq} ${writeComment(describeOperation(decision), 100)}`,
    operation: withoutEmpty(encodeOperation(operation)),
    ...(decision.principal === null ? {} : { principal: decision.principal }),
    ...pick(inputOf(details), ["unmeasured"]),
    expect: {
      decision: decision.verdict,
      ...(decision.wouldDeny ? { would_deny: true } : {}),
      violated_policies: decision.policies,
    },
    recorded: {
      seq: entry.seq,
      at: entry.at,
      ...pick(details, ["mode", "policy_digest", "operation_digest"]),
    },
  };
}

/** What stands in the entry of how it was asked; a longer input lies in a file and is not read. */
function inputOf({ input = null }: JsonObject): JsonObject {
  const isObject = typeof input === "object" && input !== null && !Array.isArray(input);
  return isObject ? input as JsonObject : {};
}

/** `metadata: {}` says nothing. */
function withoutEmpty(operation: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(operation).filter(([, value]) => !isEmpty(value)));
}

function isEmpty(value: Json): boolean {
  return typeof value === "object" && value !== null && Object.keys(value).length === 0;
}

function pick(details: JsonObject, names: readonly string[]): JsonObject {
  return Object.fromEntries(names.flatMap((name) => {
    const value = details[name];
    return value === undefined ? [] : [[name, value]];
  }));
}
