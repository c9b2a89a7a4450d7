/**
 * What a proposed policy says beside its rules: where it comes from, and what it keeps closed.
 *
 * @module
 */
import { totalOf } from "./create_report.ts";
import type { Report, StopRow } from "./report.ts";

/** Whose advice this is; one line each. */
export function introduce({ range, proposal }: Report): readonly string[] {
  const { stopped, released, releases, releases_left_out: leftOut } = proposal;
  const source = range === null
    ? "from no decisions at all"
    : `from entries #${range.first_seq} to #${range.last_seq}, ` +
      `${range.first_at.slice(0, 10)} to ${range.last_at.slice(0, 10)}`;
  return [
    `Proposed by "sealward report" ${source}.`,
    "Nothing here counts before a human runs: sealward policy accept",
    `Stopped, or stopped if enforced: ${stopped}. ` +
    `Rules like the ones proposed here release ${
      leftOut > 0 ? "at most " : ""
    }${released} of these.`,
    ...(releases.length === 0 ? [] : [
      "An agent chose what these rules name: read each one, and delete what you do not want.",
      "warn lets it pass and records it; ask stops it until a human agrees.",
    ]),
    ...(leftOut === 0 ? [] : [`${leftOut} rarer exceptions are left out.`]),
  ];
}

/** What stays closed and what would have to change, which is for a person to write. */
export function describeClosed({ stops }: Report): readonly string[] {
  const rows = stops.rows.filter((row) => row.released < totalOf(row));
  if (rows.length === 0) return [];
  const lines = rows.flatMap((row) => {
    const { seq, what } = row.examples[0] ?? { seq: 0, what: "" };
    const about = row.pattern === null ? row.subject ?? "" : `"${row.pattern}"`;
    const times = totalOf(row) - row.released;
    return [
      `${times} x ${`${row.policy} ${about}`.trimEnd()}, e.g. #${seq}: ${what.slice(0, 80)}`,
      `  ${remedy(row)}`,
    ];
  });
  return ["", "Stays closed:", ...lines];
}

/** What a person would have to change, if they wanted to. */
function remedy({ policy, code, subject, highest }: StopRow): string {
  if (policy.startsWith("limits.")) {
    const value = highest === null
      ? "the log does not hold by how much"
      : `up to ${highest} was met`;
    return `Only raising ${policy} would let it pass; ${value}.`;
  }
  switch (policy) {
    case "builtin.files":
      return "Nothing opens it: whoever changes it can switch the guard off.";
    case "builtin.integrity":
      return "Find out who changed the policy.";
    case "protected.files":
    case "protected.secret_files":
      return "Only removing the pattern would open it.";
  }
  switch (code) {
    case "budget_exceeded":
      return `Only raising max of ${policy} would let it pass.`;
    case "rule_matched":
      return "A rule of the policy says so.";
    case "operation_protected":
      return "Only removing it from protected.operations would open it.";
    case "operation_unknown":
      return "Name the type and its verbs under operations.custom, if you know them.";
    case "default_deny":
      return "Write a rule for it, if it should pass.";
    case "operation_unverified":
      if (subject?.startsWith("limits.")) {
        return `Only removing ${subject} would open it, or a caller that states the number.`;
      }
      return "No rule can name it narrowly enough: enforcement.on_unverified decides.";
    case "command_opaque":
      return "No rule can name it narrowly enough: commands.opaque decides.";
    case "path_outside_root":
      return "The place is too wide, or programs take orders from it.";
    default:
      return "Look at the entry.";
  }
}
