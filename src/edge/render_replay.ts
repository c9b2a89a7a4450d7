/**
 * Replayed decisions: a table for people, the whole for programs.
 *
 * @module
 */
import type { ReplayResult } from "../core/replay/replay_result.ts";
import type { Colour } from "./cli/colour.ts";
import { type Cell, renderTable } from "./cli/table.ts";
import { renderJson, type RenderOptions } from "./render.ts";

/** How many decisions were replayed, by what came of it. */
export type ReplayCounts = Readonly<Record<ReplayResult["status"], number>>;

const columns = [
  { header: "SEQ", align: "right" },
  { header: "DECISION" },
  { header: "REPLAY" },
  { header: "WHY", shrink: "end" },
] as const;

const colours: Readonly<Record<ReplayResult["status"], Colour>> = {
  agrees: "green",
  disagrees: "red",
  cannot: "yellow",
};

/** `results` may leave out what agrees; `counts` has all. */
export function renderReplay(
  results: readonly ReplayResult[],
  counts: ReplayCounts,
  options: RenderOptions,
): string {
  if (options.format === "jsonl") {
    return results.map((result) => renderJson(result, "jsonl")).join("");
  }
  if (options.format === "json") {
    return renderJson({ schema_version: 1, ...counts, results }, "json");
  }
  const table = results.length === 0 ? "" : renderTable(columns, results.map(rowOf), options);
  const { agrees, disagrees, cannot } = counts;
  return `${table}${agrees} agree, ${disagrees} disagree, ${cannot} cannot be replayed\n`;
}

function rowOf({ seq, decision, status, code, message }: ReplayResult): readonly Cell[] {
  return [
    { text: String(seq) },
    { text: String(decision) },
    { text: status, colour: colours[status] },
    { text: [code, message].filter((part) => part !== undefined).join(": ") },
  ];
}
