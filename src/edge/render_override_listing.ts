/**
 * Requests, grants, approvers and enrolments: tables for people, one document for programs.
 *
 * @module
 */
import type { OverrideListing } from "../pdp/override_desk.ts";
import { type Cell, type Column, renderTable } from "./cli/table.ts";
import { renderJson, type RenderOptions } from "./render.ts";

/** One table with its title, and what stands there when it is empty. */
interface Part {
  readonly title: string;
  readonly none: string;
  readonly columns: readonly Column[];
  readonly rows: readonly (readonly string[])[];
}

/** @param options `nowMs`: since 1970; for the time that is left. */
export function renderOverrideListing(
  listing: OverrideListing,
  options: RenderOptions & { readonly nowMs: number },
): string {
  if (options.format !== "table") {
    return renderJson({ schema_version: 1, ...listing }, options.format);
  }
  return partsOf(listing, options.nowMs).map((part) => renderPart(part, options)).join("\n");
}

function renderPart({ title, none, columns, rows }: Part, options: RenderOptions): string {
  const cells = rows.map((row) => row.map((text): Cell => ({ text })));
  const body = rows.length === 0 ? `  ${none}\n` : renderTable(columns, cells, {
    ...options,
    indent: 2,
  });
  return `${title}\n${body}`;
}

function partsOf(listing: OverrideListing, nowMs: number): readonly Part[] {
  const left = (until: string) => timeLeft(until, nowMs);
  return [
    pendingPart(listing, left),
    grantPart(listing, left),
    approverPart(listing, left),
    enrolmentPart(listing),
  ];
}

const modeTexts = {
  observe: "the policy observes (enforcement.mode), and then no denial offers one",
  disabled: "enforcement is off (enforcement.enabled), and then no denial offers one",
} as const;

type Left = (until: string) => string;

function pendingPart({ pending, mode }: OverrideListing, left: Left): Part {
  return {
    title: "Waiting for an answer",
    none: mode === undefined ? "no request" : `no request: ${modeTexts[mode]}`,
    columns: [...headers("ID", "WHO", "LEFT"), { header: "WHAT", shrink: "end" }],
    rows: pending.map((each) => [
      each.request_id,
      each.principal,
      left(each.expires_at),
      each.summary,
    ]),
  };
}

function grantPart({ grants }: OverrideListing, left: Left): Part {
  return {
    title: "Granted",
    none: "nothing",
    columns: headers("ID", "WHO", "LEFT", "KIND", "USES", "APPROVED BY", "TRUST"),
    rows: grants.map((each) => [
      each.override_id,
      each.principal,
      left(each.approved_until),
      each.kind,
      String(each.uses),
      each.approved_by,
      each.override_trust,
    ]),
  };
}

function approverPart({ approvers }: OverrideListing, left: Left): Part {
  return {
    title: "May approve",
    none: "nobody: the policy has no approver",
    columns: headers("NAME", "BY", "LOCKED"),
    rows: approvers.map(({ name, proofs, locked_until: lock }) => [
      nameOf(name),
      proofs.join(", ") || (name === null ? "nothing: unusable" : "nothing that counts yet"),
      lock === null ? "no" : `for ${left(lock)}`,
    ]),
  };
}

function enrolmentPart({ enrolments }: OverrideListing): Part {
  return {
    title: "Enrolled",
    none: "nobody",
    columns: headers("ID", "NAME", "SINCE", "COUNTS", "RECOVERY CODES", "CODES BY"),
    rows: enrolments.map((each) => [
      each.id,
      each.name,
      each.enrolled_at,
      each.is_named ? "yes" : "no: the policy does not name it",
      String(each.recovery_codes_left),
      each.algorithm,
    ]),
  };
}

const headers = (...names: readonly string[]): Column[] => names.map((header) => ({ header }));

/** The one without a name has words that no name can be. */
export function nameOf(name: string | null): string {
  return name ?? "(unnamed)";
}

/** Coarse, and never more than there is. */
function timeLeft(until: string, nowMs: number): string {
  const seconds = Math.floor((Date.parse(until) - nowMs) / 1_000);
  if (Number.isNaN(seconds)) return "unknown";
  if (seconds <= 0) return "over";
  if (seconds < 120) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  return minutes < 120 ? `${minutes} min` : `${Math.floor(minutes / 60)} h`;
}
