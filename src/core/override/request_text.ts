/**
 * A request as a person reads it: ASCII lines, made by the engine from what it knows. It is also what
 * an SSH approval signs first, so it is the same on every road and in every version that says `v1`.
 *
 * @module
 */
import { encodeHex } from "@std/encoding/hex";
import type { Json, JsonObject } from "../operation/operation.ts";
import type { Sha256 } from "../ports.ts";
import type { RequestDocument } from "./request_document.ts";
import { showText } from "./show_text.ts";

/**
 * @param bytes The document as it is kept.
 * @returns Lines, each with its line feed.
 */
export function requestText(
  document: RequestDocument,
  bytes: Uint8Array,
  sha256: Sha256,
): string {
  const lines = [
    "sealward-override/v1",
    `request: ${document.request}`,
    `install: ${showText(document.install)}`,
    `asked by: ${showText(document.principal)}, ${document.requests_in_hour} in the hour before`,
    `answer so far: ${document.decision}`,
    ...operationLines(document.operation),
    `it would, ${document.effects.length} in all:`,
    ...document.effects.map(effectLine),
    `against it, ${document.violations.length} in all:`,
    ...document.violations.map(({ severity, policy, code, message }) =>
      `  ${severity} ${showText(policy)} ${code}: ${showText(message)}`
    ),
    ...(document.is_covered ? ["parts that look like secrets are covered by x"] : []),
    ...agentLines(document),
    `operation: ${document.operation_digest}`,
    `effects: ${document.effects_digest}`,
    `policy: ${document.policy_digest}`,
    `until: ${new Date(document.expires_at * 1000).toISOString()}`,
    `document: sha256:${encodeHex(sha256(bytes))}`,
  ];
  return lines.map((line) => `${line}\n`).join("");
}

function effectLine(
  { verb, resource, real, is_possible: isPossible }: RequestDocument["effects"][number],
) {
  const leads = real === undefined ? "" : ` (which is ${showText(real)})`;
  return `  ${isPossible === true ? "perhaps " : ""}${verb} ${showText(resource)}${leads}`;
}

function operationLines(operation: JsonObject): readonly string[] {
  return Object.entries(operation).filter(([name]) => name !== "metadata")
    .map(([name, value]) => `${name}: ${showValue(value)}`);
}

function showValue(value: Json): string {
  if (typeof value === "string") return showText(value);
  if (typeof value === "object" && value !== null && !Array.isArray(value)) {
    return Object.entries(value).map(([name, member]) => `${name} ${showValue(member)}`).join(", ");
  }
  return showText(JSON.stringify(value));
}

/** Below everything the engine knows, and marked: the asker chose these words (BIND-09). */
function agentLines(
  { agent, session, agent_says: says, operation: { metadata } }: RequestDocument,
): readonly string[] {
  const added = metadata === undefined
    ? []
    : [`the asker adds (unchecked): ${showValue(metadata)}`];
  const lines = [["calls itself", agent], ["names its session", session], ["says", says]] as const;
  return [
    ...lines.flatMap(([what, text]) =>
      text === null ? [] : [`the asker ${what} (unchecked): ${showText(text)}`]
    ),
    ...added,
  ];
}
