/**
 * What `audit verify-segment` and `audit join-segments` say.
 *
 * @module
 */
import type { JoinVerdict, SegmentJoin } from "../core/audit/join_segments.ts";
import type { SegmentFound, SegmentResult } from "../core/audit/segment_result.ts";
import { type Colour, paint, renderText } from "./cli/colour.ts";
import { renderJson, type RenderOptions } from "./render.ts";

const verdictColour: Readonly<Record<JoinVerdict, Colour>> = {
  "OK": "green",
  "OK-UNANCHORED": "green",
  "UNVERIFIABLE": "yellow",
  "NO-SEGMENT": "red",
  "TAMPERED": "red",
  "FOREIGN-LOG": "red",
  "FORK": "red",
  "MISSING": "red",
};

/** @param joined Of several files; null for one, which is its own verdict. */
export function renderSegments(
  results: readonly SegmentResult[],
  joined: SegmentJoin | null,
  options: RenderOptions,
): string {
  const { format } = options;
  if (format === "json") {
    return renderJson({ schema_version: 1, segments: results, joined }, format);
  }
  if (format === "jsonl") {
    const lines = results.map((one) => renderJson({ schema_version: 1, ...one }, format));
    return [...lines, joined === null ? "" : renderJoin(joined, options)].join("");
  }
  const blocks = results.map((one) => renderResult(one, options));
  return [...blocks, joined === null ? "" : renderJoin(joined, options)].join("");
}

export function renderJoin(joined: SegmentJoin, { format, style }: RenderOptions): string {
  if (format === "json") return renderJson({ schema_version: 1, ...joined }, format);
  if (format === "jsonl") return renderJson({ schema_version: 1, joined }, format);
  const { verdict, message, segments, entries, log_id, head_seq, head_mac } = joined;
  const lines = [
    `${paint(style, verdictColour[verdict], verdict)}  ${renderText(style, message)}`,
    `  segments: ${segments}, entries: ${entries}`,
    ...log_id === null ? [] : [`  log: ${log_id}`],
    ...head_mac === null ? [] : [`  head: #${head_seq} ${head_mac}`],
  ];
  return `${lines.join("\n")}\n`;
}

function renderResult(result: SegmentResult, { style }: RenderOptions): string {
  const { verdict, file, message, found } = result;
  const name = paint(style, verdictColour[verdict], verdict);
  const lines = [`${name}  ${renderText(style, file)}`, `  ${renderText(style, message)}`];
  if (found !== null) lines.push(...foundLines(found).map((line) => `  ${line}`));
  return `${lines.join("\n")}\n`;
}

function foundLines(found: SegmentFound): readonly string[] {
  const { log_id, fingerprint, first_seq, prev, head_seq, head_mac, sha256 } = found;
  return [
    `log: ${log_id}, fingerprint ${fingerprint}`,
    `before: #${first_seq - 1} ${prev}`,
    `head: #${head_seq} ${head_mac}`,
    `sha256: ${sha256}`,
    ...found.prev_seg_sha256 === null ? [] : [`file before: ${found.prev_seg_sha256}`],
  ];
}
