/**
 * What an SSH approval signs: the request as it was shown, and what is said to it. The signature
 * therefore holds for nothing else: no other request, reach or reason.
 *
 * @module
 */
import type { WantedGrant } from "./approval.ts";
import { showText } from "./show_text.ts";

/** @param text As requestText made it. */
export function approvalText(
  text: string,
  { grant, justification }: { readonly grant: WantedGrant; readonly justification: string },
): string {
  const reach = grant.kind === "pattern" ? `pattern ${showText(grant.pattern)}` : grant.kind;
  return `${text}approved: ${reach}\nbecause: ${showText(justification)}\n`;
}

/** A signed approval that was laid in a folder: what it says, or null where it is none. */
export interface ParsedApproval {
  readonly requestId: string;
  readonly grant: WantedGrant;
  readonly justification: string;
}

const requestLine = /^sealward-override\/v1\nrequest: ([0-9a-f]{32})\n/;
const lastLines =
  /\napproved: (once|session|pattern ("(?:[^"\\\n]|\\.)*"))\nbecause: ("(?:[^"\\\n]|\\.)*")\n$/;

/**
 * Reads back what approvalText wrote. Believed only where the same text is made again from what was
 * read, and the signature is one over it.
 */
export function parseApprovalText(text: string): ParsedApproval | null {
  const [, requestId] = requestLine.exec(text) ?? [];
  const [, reach, pattern, because] = lastLines.exec(text) ?? [];
  if (requestId === undefined || reach === undefined || because === undefined) return null;
  const justification = readText(because);
  if (justification === null) return null;
  if (reach === "once" || reach === "session") {
    return { requestId, grant: { kind: reach }, justification };
  }
  const read = readText(pattern ?? "");
  return read === null
    ? null
    : { requestId, grant: { kind: "pattern", pattern: read }, justification };
}

function readText(quoted: string): string | null {
  try {
    const text: unknown = JSON.parse(quoted);
    // Blanks that were counted cannot be told from ones that were written so.
    return typeof text === "string" && showText(text) === quoted ? text : null;
  } catch {
    return null;
  }
}
