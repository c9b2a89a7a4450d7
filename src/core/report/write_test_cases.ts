/**
 * Decisions of the log as policy test cases, for `.scalpel/tests/`: what was asked, what was
 * answered, and by which policy. YAML that policies' own parser reads.
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
    return found === null ? [] : [{ entry, ...found }];
  });
  const whole = rebuilt.filter(({ missing }) => missing === null).length;
  const left = rebuilt.length - whole;
  const cases = rebuilt.map(writeCase).join("");
  return [
    "# Policy test cases from verified entries of the log (sealward audit query --as-test).",
    `# ${whole} ${whole === 1 ? "case" : "cases"}, ${left} left out as ${
      left === 1 ? "a comment" : "comments"
    }: their entries do not hold the whole operation.`,
    "schema_version: 1",
    whole === 0 ? "cases: []" : "cases:",
    cases,
  ].join("\n");
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
