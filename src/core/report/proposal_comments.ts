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
    `The rules proposed here would release ${leftOut > 0 ? "at most " : ""}${released} of these.`,
    ...(releases.length === 0 ? [] : [
      "An agent chose what these rules name: read each one, and delete what you do not want.",
      "warn lets it pass and records it; ask stops it until a human agrees.",
    ]),
    ...(leftOut === 0 ? [] : [`${leftOut} rarer exceptions are left out.`]),
  ];
}

/** What stays closed and what would have to change, which is for a person to write. */
export function describeClosed({ stops, unverified }: Report): readonly string[] {
  const rows = stops.rows.filter((row) => !isReleasable(row));
  if (rows.length === 0) return [];
  const lines = rows.map((row) => {
    const { seq, what } = row.examples[0] ?? { seq: 0, what: "" };
    const about = row.pattern === null ? row.subject ?? "" : `"${row.pattern}"`;
    const name = `${row.policy} ${about}`.trimEnd();
    return `- ${name}: ${totalOf(row)} x, e.g. #${seq} ${what.slice(0, 60)}. ${remedy(row)}`;
  });
  const opaque = unverified.rows.length > 0
    ? ["Commands and tools without a rule here stay with on_unverified and commands.opaque."]
    : [];
  return ["", "Kept closed; no rule may open these:", ...lines, ...opaque];
}

function isReleasable({ code }: StopRow): boolean {
  return code === "operation_unverified" || code === "command_opaque";
}

/** What a person would have to change, if they wanted to. */
function remedy({ policy, code }: StopRow): string {
  if (policy === "builtin.files") return "Nothing opens it.";
  if (policy === "builtin.integrity") return "Find out who changed the policy.";
  if (policy === "protected.files" || policy === "protected.secret_files") {
    return "Only removing the pattern would.";
  }
  if (policy.startsWith("limits.")) return `Only raising ${policy} would; entries hold no sizes.`;
  switch (code) {
    case "operation_protected":
      return "Only removing it from protected.operations would.";
    case "operation_unknown":
      return "Name the type and its verbs under operations.custom.";
    case "default_deny":
      return "Write a rule for it, or enforcement.default: allow.";
    case "path_outside_root":
      return "Where no rule above names the place, it is too wide or too sensitive.";
    default:
      return "Look at the entry.";
  }
}
