/**
 * What `verify` and `status` say of the policy.
 *
 * @module
 */
import type { PolicyStatus } from "../pdp.ts";
import { type Colour, paint, renderText } from "./cli/colour.ts";
import { type Cell, renderTable } from "./cli/table.ts";
import { renderJson, type RenderOptions } from "./render.ts";

const statusColour: Readonly<Record<PolicyStatus["status"], Colour>> = {
  trusted: "green",
  unaccepted: "yellow",
  tampered: "red",
};

/** Anything but enforcing is loud. */
const modeColour: Readonly<Record<PolicyStatus["mode"], Colour>> = {
  enforce: "green",
  observe: "yellow",
  disabled: "yellow",
};

export function renderPolicyStatus(status: PolicyStatus, options: RenderOptions): string {
  if (options.format !== "table") {
    return renderJson({ schema_version: 1, ...status }, options.format);
  }
  const { style } = options;
  const word = paint(style, statusColour[status.status], status.status.toUpperCase());
  const rows: readonly (readonly Cell[])[] = [
    [{ text: "on disk" }, { text: status.policy_digest }],
    [{ text: "accepted" }, { text: status.accepted_digest ?? "never" }],
    [{ text: "trust" }, { text: status.policy_trust }],
    [{ text: "mode" }, { text: status.mode, colour: modeColour[status.mode] }],
    ...signedRows(status.manifest),
  ];
  const columns = [{ header: "" }, { header: "" }];
  return `${word}  ${renderText(style, status.message)}\n` +
    renderTable(columns, rows, { style, width: null, indent: 2 });
}

function signedRows(manifest: PolicyStatus["manifest"]): readonly (readonly Cell[])[] {
  if (manifest === undefined) return [];
  const { policy_version, project, signer, key, signed_at, expires_at, notice } = manifest;
  return [
    [{ text: "signed" }, { text: `version ${policy_version} of ${project}` }],
    [{ text: "signer" }, { text: `${signer}, ${signed_at}` }],
    [{ text: "key" }, { text: key }],
    [{ text: "expires" }, { text: expires_at ?? "never" }],
    ...(notice === null ? [] : [[{ text: "notice" }, { text: notice, colour: "yellow" as const }]]),
  ];
}
