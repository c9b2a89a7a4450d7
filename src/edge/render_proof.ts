/**
 * What `audit verify-proof` says of a proof.
 *
 * @module
 */
import { encodeBase64 } from "@std/encoding/base64";
import type { ProofResult, ProvenEntry } from "../core/audit/verify_proof.ts";
import { encodeVerifierKey } from "../core/integrity/verifier_key.ts";
import { maxEntryBytes } from "../core/limits.ts";
import { paint, renderText } from "./cli/colour.ts";
import { renderJson, type RenderOptions } from "./render.ts";

const proves = "this line, byte for byte, is in the log that the checkpoint speaks of";
const provesNot = "that the log is complete, or that you hold its newest checkpoint";

export function renderProof(result: ProofResult, options: RenderOptions): string {
  if (options.format !== "table") {
    const value = result.verdict === "PROVEN" ? encodeProven(result) : result;
    return renderJson({ schema_version: 1, ...value }, options.format);
  }
  const { style } = options;
  if (result.verdict !== "PROVEN") {
    const text = renderText(style, `${result.message} (${result.reason})`);
    return `${paint(style, "red", result.verdict)}  ${text}\n`;
  }
  const lines = [`${paint(style, "green", result.verdict)}  entry #${result.index}`];
  for (const line of provenLines(result)) {
    lines.push(`  ${renderText(style, line, maxEntryBytes)}`);
  }
  return `${lines.join("\n")}\n`;
}

function provenLines({ checkpoint, key, line, entry }: ProvenEntry): readonly string[] {
  const about = ["ts", "type", "sev"].map((name) => entry[name]);
  return [
    `entry: ${about.filter((value) => typeof value === "string").join(" ")}`,
    `line: ${line}`,
    `log: ${checkpoint.origin}`,
    `checkpoint: ${checkpoint.size} entries, root ${encodeBase64(checkpoint.root)}`,
    `key: ${encodeVerifierKey(key)}`,
    `proves: ${proves}`,
    `does not prove: ${provesNot}`,
  ];
}

function encodeProven(result: ProvenEntry): Readonly<Record<string, unknown>> {
  const { verdict, checkpoint, logId, key, index, line, entry } = result;
  return {
    verdict,
    index,
    entry,
    line,
    origin: checkpoint.origin,
    log_id: logId,
    size: checkpoint.size,
    root: encodeBase64(checkpoint.root),
    key: encodeVerifierKey(key),
    proves,
    does_not_prove: provesNot,
  };
}
