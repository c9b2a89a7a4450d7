/**
 * Audit entries: a table for people, whole entries for programs.
 *
 * @module
 */
import type { Entry } from "../core/audit/entry.ts";
import type { Json, JsonObject } from "../core/operation/operation.ts";
import { severityColour } from "./render_decision.ts";
import { type Cell, renderTable } from "./cli/table.ts";
import { renderJson, type RenderOptions } from "./render.ts";

const columns = [
  { header: "SEQ", align: "right" },
  { header: "TIME" },
  { header: "SEVERITY" },
  { header: "TYPE" },
  { header: "SUMMARY", shrink: "end" },
] as const;

/**
 * Renders entries in the order given; `jsonl` is one entry per line, without envelope, so that a
 * follower can append.
 */
export function renderEvents(entries: readonly Entry[], options: RenderOptions): string {
  switch (options.format) {
    case "json":
      return renderJson({ schema_version: 1, entries }, "json");
    case "jsonl":
      return entries.map((entry) => renderJson(entry, "jsonl")).join("");
    case "table":
      return renderTable(columns, entries.map(rowOf), options);
  }
}

function rowOf(entry: Entry): readonly Cell[] {
  return [
    { text: String(entry.seq) },
    // To the second: JSON has the microseconds.
    { text: entry.at.replace(/\.\d+Z$/, "Z") },
    { text: entry.severity, colour: severityColour[entry.severity] },
    { text: entry.type },
    {
      text: entry.type === "audit.decision" ? decisionOf(entry.details) : summaryOf(entry.details),
    },
  ];
}

/** What people look for in a decision; JSON has the rest. */
function decisionOf(details: JsonObject): string {
  const { decision, operation, codes, principal, reference, override } = details;
  const { would_deny: wouldDeny } = details;
  const { type, files } = isObject(operation) ? operation : {};
  const [first, ...others] = Array.isArray(files) ? files : [];
  const file = others.length > 0 ? `${first} (and ${others.length} more)` : first;
  const why = Array.isArray(codes) && codes.length > 0 ? `[${codes.join(" ")}]` : undefined;
  const observed = wouldDeny === true ? "(would not be allowed)" : undefined;
  const before = isObject(reference) ? `as #${reference["seq"]}` : undefined;
  const { grant, request } = isObject(override) ? override : {};
  const approval = grant === undefined ? request && `request ${request}` : `override ${grant}`;
  const parts = [decision, observed, type, file, why, before, approval, `by ${principal}`];
  return parts.filter((part) => part !== undefined && part !== null).join(" ");
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function summaryOf(details: JsonObject): string {
  return Object.entries(details).map(([key, value]) => `${key}=${valueText(value)}`).join(" ");
}

/** Text that could be taken for more than one value is quoted. */
function valueText(value: Json): string {
  if (typeof value === "string" && /^(?:sha256:)?[0-9a-f]{64}$/.test(value)) {
    return `${value.slice(0, value.startsWith("sha256:") ? 19 : 12)}...`;
  }
  const isPlain = typeof value === "string" && /^[^\s"=]+$/.test(value);
  return isPlain ? value : JSON.stringify(value);
}
