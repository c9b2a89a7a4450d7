/**
 * How often people were asked to lift a denial, and what they said, as sentences for every report.
 *
 * @module
 */
import type { OverrideReport } from "../core/report/override_counts.ts";

/** Empty where nobody was asked and nothing was tried. */
export function describeOverrideCounts(
  counts: Omit<OverrideReport, "approvers" | "grants">,
): readonly string[] {
  const { requested, approved, denied, cancelled, timed_out, revoked, used } = counts;
  const { wrong_codes: wrong, reused_codes: reused } = counts;
  const isAsked = [requested, approved, denied, cancelled, timed_out, revoked, used]
    .some((count) => count > 0);
  const asked = `${requested} ${requested === 1 ? "request" : "requests"}: ${approved} approved, ` +
    `${denied} denied, ${timed_out} timed out, ${cancelled} cancelled.`;
  const spent = `${used} ${used === 1 ? "decision" : "decisions"} allowed by an approval, ` +
    `${revoked} revoked.`;
  return [
    ...isAsked ? [asked, spent] : [],
    ...wrong + reused > 0 ? [`Codes: ${wrong} wrong, ${reused} used before.`] : [],
  ];
}
