/** The log's own lines, out of each form of an export. */
import { readCsv } from "./read_csv.ts";

const json = (text: string): Record<string, unknown>[] =>
  text.split("\n").slice(0, -1).map((line) => JSON.parse(line));

/** Each line without its LF, in the order of the export. */
export function exportedLines(form: string, text: string): readonly string[] {
  if (form === "jsonl") return json(text).map(({ raw }) => String(raw));
  if (form === "ocsf") return json(text).map((event) => String(event["raw_data"]));
  const [header = [], ...records] = readCsv(text);
  const at = header.indexOf("raw");
  return records.map((cells) => cells[at] ?? "");
}

/** The file those lines came from. */
export function rebuiltLog(lines: readonly string[]): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(lines.map((line) => `${line}\n`).join(""));
}
