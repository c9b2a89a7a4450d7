/**
 * Puts a request before the eyes of the person who is to approve it.
 *
 * @module
 */
import { EngineError } from "../../../core/errors.ts";
import type { WantedGrant } from "../../../core/override/approval.ts";
import type { ShownRequest } from "../../../pdp/override_desk.ts";
import { plainStyle, renderText } from "../colour.ts";
import type { CliContext } from "../host.ts";
import { writeOutput } from "../output.ts";

/** Requests in an hour from which on a person is told that habit is an attack's way in. */
const manyRequests = 10;

/**
 * Also with --quiet, and on stderr, which is no answer: nobody can approve what they have not seen.
 * Around the text stands only what the text cannot say: how often, how far, and what is covered.
 */
export function showRequest(context: CliContext, shown: ShownRequest, grant: WantedGrant): void {
  const lines = notesOf(shown, grant).map((line) => `sealward: ${escapeLine(line)}\n`);
  const phrase = `phrase: ${escapeLine(shown.phrase)}\n`;
  writeOutput(context.stderr, `${escapeLines(shown.text)}\n${phrase}${lines.join("")}`);
}

/**
 * Before a code is asked for: one that was given counts as used, whatever comes of it.
 *
 * @throws {EngineError} `override_refused` for a grant the policy does not allow.
 */
export function refuseUngranted({ kinds }: ShownRequest, { kind }: WantedGrant): void {
  if (kinds.includes(kind)) return;
  throw new EngineError("override_refused", `The policy does not allow a grant of kind ${kind}`, {
    hint: `it allows: ${kinds.join(", ") || "none"}`,
  });
}

/**
 * SECURITY: the text is ASCII as it was made. It may have come from a server, and a terminal obeys
 * what it is shown: what is not printable ASCII is escaped here, whoever made it.
 */
export function escapeLines(text: string): string {
  return text.replace(/\n$/, "").split("\n").map(escapeLine).join("\n");
}

const escapeLine = (line: string): string => renderText(plainStyle, line, Infinity);

function notesOf({ document }: ShownRequest, grant: WantedGrant): readonly string[] {
  const { principal, requests_in_hour: count } = document;
  const requests = count === 1 ? "1 other request" : `${count} other requests`;
  return [
    `${principal} made ${requests} in the hour before this one`,
    ...count >= manyRequests
      ? ["warning: these are many: an attacker tires people until they agree by habit"]
      : [],
    ...document.is_covered
      ? [
        "warning: parts that look like secrets are covered by x: you approve what you cannot see",
      ]
      : [],
    ...hiddenParts(document.operation),
    ...reachOf(grant),
  ];
}

/** SECURITY: what an asker does not want read stands behind what is shown. */
function hiddenParts(operation: ShownRequest["document"]["operation"]): readonly string[] {
  return Object.entries(operation).flatMap(([name, value]) => {
    const { characters, shown } = Object(value);
    if (typeof shown !== "number") return [];
    return [`warning: of ${name} you see ${shown} characters of ${characters}, and approve all`];
  });
}

function reachOf(grant: WantedGrant): readonly string[] {
  switch (grant.kind) {
    case "once":
      return ["you are about to approve this operation, once"];
    case "session":
      return [
        "warning: you are about to approve, for the rest of this session, everything that breaks " +
        "no more than this does",
      ];
    case "pattern":
      return [
        "warning: you are about to approve the same, as often as it is asked, on every file that " +
        `fits ${grant.pattern}`,
      ];
  }
}
