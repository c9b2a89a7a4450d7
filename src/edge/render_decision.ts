/**
 * A decision for people or for programs. The word of the verdict is always there, colour or not.
 *
 * @module
 */
import type { Decision, Verdict, Violation } from "../core/decision/decision.ts";
import type { Operation } from "../core/operation/operation.ts";
import type { Severity } from "../core/policy/policy.ts";
import { type Colour, paint, renderText, type Style } from "./cli/colour.ts";
import { renderTable } from "./cli/table.ts";
import { renderJson, type RenderOptions } from "./render.ts";

/** Violations a table shows; JSON has all of them. */
const maxShownViolations = 20;
/** A command or path in the first line; the violations name every resource in full. */
const maxSubjectCharacters = 200;

const verdictColour: Readonly<Record<Verdict, Colour>> = {
  allow: "green",
  ask: "yellow",
  deny: "red",
};

export const severityColour: Readonly<Record<Severity, Colour>> = {
  LOW: "dim",
  MEDIUM: "cyan",
  HIGH: "yellow",
  CRITICAL: "red",
};

/**
 * Renders one decision.
 *
 * @param options `overrideNote` is the line of renderOverrideNote, for a table.
 * @param operation What was asked, for the first line; the envelope itself holds only its digest.
 */
export function renderDecision(
  decision: Decision,
  options: RenderOptions & { readonly overrideNote?: string | null },
  operation: Operation | null = null,
): string {
  if (options.format !== "table") return renderJson(decision, options.format);
  const { style } = options;
  const verdict = paint(style, verdictColour[decision.decision], decision.decision.toUpperCase());
  const subject = renderText(style, subjectOf(decision, operation), maxSubjectCharacters);
  return [
    `${verdict}  ${subject}`.trimEnd() + modeMark(decision, style),
    ...noticeLines(decision, style),
    ...reasonLines(decision, options),
    ...unmeasuredLines(decision, style),
    ...(options.overrideNote ? [`  ${options.overrideNote}`] : []),
    `  ${paint(style, "dim", auditText(decision, style))}`,
    ...(options.verbose === true ? [detailText(decision, style).trimEnd()] : []),
    "",
  ].join("\n");
}

function subjectOf(decision: Decision, operation: Operation | null): string {
  if (operation === null) {
    const effect = decision.violations[0]?.effect;
    return effect === undefined ? "" : `${effect.verb} ${effect.resource}`;
  }
  const { type, affectedFiles, command, tool } = operation;
  const what = command ?? tool?.name ?? affectedFiles[0] ?? "";
  const more = command === null && tool === null && affectedFiles.length > 1
    ? ` and ${affectedFiles.length - 1} more`
    : "";
  return `${type} ${what}${more}`.trimEnd();
}

/** Anything but enforcing must be seen in the first line of every answer. */
function modeMark({ mode, would_deny }: Decision, style: Style): string {
  if (mode === "enforce") return "";
  const words = mode === "observe" ? "OBSERVE MODE" : "ENFORCEMENT DISABLED";
  const text = would_deny === true ? `[${words}: WOULD DENY]` : `[${words}]`;
  return `  ${paint(style, "yellow", text)}`;
}

function noticeLines({ notices = [] }: Decision, style: Style): string[] {
  return notices.map((notice) =>
    `  ${paint(style, "yellow", "notice")}  ${renderText(style, notice)}`
  );
}

function reasonLines(decision: Decision, options: RenderOptions): string[] {
  const { style } = options;
  if (decision.violations.length === 0) {
    const isSaid = decision.decision === "allow" && options.verbose !== true;
    return isSaid ? [] : [`  ${renderText(style, decision.reason)}`];
  }
  const shown = decision.violations.slice(0, maxShownViolations);
  const rows = shown.map((violation) => [
    { text: violation.policy },
    { text: violation.severity, colour: severityColour[violation.severity] },
    { text: violation.message + repeatOf(violation) + placeOf(violation) },
  ]);
  const columns = [{ header: "" }, { header: "" }, { header: "" }];
  // Never cut: half a path is another path.
  const table = renderTable(columns, rows, { style, width: null, indent: 2 }).trimEnd();
  const left = decision.violations.length - shown.length;
  return left === 0 ? [table] : [table, `  and ${left} more: --format json lists all`];
}

/** What was denied before says so in its message. */
function repeatOf({ code, reference }: Violation): string {
  if (reference === undefined || code === "denied_before") return "";
  return `  (denied before: decision ${reference.decision_id}, audit #${reference.seq})`;
}

function placeOf({ source }: Violation): string {
  return source === undefined ? "" : `  (${source.file}:${source.line}:${source.column})`;
}

function unmeasuredLines(decision: Decision, style: Style): string[] {
  if (decision.unmeasured.length === 0) return [];
  return [`  not measured: ${renderText(style, decision.unmeasured.join(", "))}`];
}

function auditText({ audit }: Decision, style: Style): string {
  const mark = style.unicode ? "\u2026" : "...";
  return `audit #${audit.seq} ${renderText(style, audit.mac.slice(0, 12))}${mark}`;
}

function detailText(decision: Decision, style: Style): string {
  const trust = {
    signed: "signed",
    accepted: "accepted by a person, not signed",
    none: "trusted by nobody",
  }[decision.policy_trust];
  const attestation = {
    same_uid: "same uid: detection only, the caller could change what is checked",
    guarded: "guarded: decided under another uid than the caller's",
  }[decision.attestation];
  const rows = [
    ["decision", decision.decision_id],
    ["operation", decision.operation_digest],
    ["policy", `${decision.policy_digest} (${trust})`],
    ["state", decision.state_digest],
    ["attestation", attestation],
    ["overridable", decision.overridable ? "yes" : "no"],
    ["elapsed", `${decision.elapsed_us} us`],
    ...(decision.correlation_id === undefined ? [] : [["correlation", decision.correlation_id]]),
  ].map((row) => row.map((text) => ({ text })));
  return renderTable([{ header: "" }, { header: "" }], rows, { style, width: null, indent: 2 });
}
