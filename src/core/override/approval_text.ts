/**
 * What an SSH key signs to approve a request.
 *
 * @module
 */
import type { WantedGrant } from "./approval.ts";

/** The request's text, then what is approved and why: lines of ASCII, each ended by LF. */
export function approvalText(
  text: string,
  { grant, justification }: { readonly grant: WantedGrant; readonly justification: string },
): string {
  const pattern = grant.kind === "pattern" ? [`Pattern        ${escape(grant.pattern)}`] : [];
  const lines = [
    `Approved       ${grant.kind}`,
    ...pattern,
    `Justification  ${escape(justification)}`,
  ];
  return `${text.replace(/\n*$/, "\n")}${lines.join("\n")}\n`;
}

/** JSON's own escapes, so that two texts never look alike. */
function escape(text: string): string {
  return text.replace(
    /[^\x20-\x5b\x5d-\x7e]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
