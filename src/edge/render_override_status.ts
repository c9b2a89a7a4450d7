/**
 * Where a request stands: words for people, one document for programs.
 *
 * @module
 */
import type { OverrideStatus } from "../pdp/override_desk.ts";
import { renderText } from "./cli/colour.ts";
import { renderJson, type RenderOptions } from "./render.ts";

/** Longer than a justification may be, escaped. */
const maxCharacters = 8_192;

export function renderOverrideStatus(status: OverrideStatus, options: RenderOptions): string {
  if (options.format !== "table") {
    return renderJson({ schema_version: 1, ...status }, options.format);
  }
  const { override_trust: trust } = status;
  const facts: readonly (readonly [string, string | null])[] = [
    ["request", status.request_id],
    ["expires", status.status === "pending" ? status.expires_at : null],
    ["override", status.override_id],
    ["kind", status.kind],
    ["until", status.approved_until],
    ["approved by", status.approved_by],
    ["trust", trust === null ? null : `${trust}: ${trustTexts[trust]}`],
    ["why", status.justification ?? whyEnded(status)],
  ];
  const lines = facts.flatMap(([name, value]) =>
    // SECURITY: names and reasons are other people's texts.
    value === null
      ? []
      : [`  ${name.padEnd(11)}  ${renderText(options.style, value, maxCharacters)}\n`]
  );
  return `${renderText(options.style, titleOf(status))}\n${lines.join("")}`;
}

/** An expired one that was taken back is no person's failure to answer. */
function titleOf({ status, ended_because: why }: OverrideStatus): string {
  return why === "timeout" ? "TAKEN BACK (timeout)" : status.toUpperCase();
}

function whyEnded({ ended_because: why }: OverrideStatus): string | null {
  if (why === "timeout") return "whoever waited for an answer gave up";
  return why === "policy_changed" ? "another policy is in force than when it was asked" : null;
}

const trustTexts = {
  same_uid: "whoever asked runs as the engine's user and could have forged it",
  guarded: "whoever asked could not have forged it",
  presence: "somebody touched the security key that signed it",
} as const;
