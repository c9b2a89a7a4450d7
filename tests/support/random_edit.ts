/** One edit of a log of three segments, of any kind and anywhere. */
import type { LogEdit } from "./log_edit.ts";
import { type LogFiles, segmentName } from "./log_lab.ts";
import type { Draw } from "./seeded.ts";

const names = [
  segmentName(0),
  segmentName(1),
  "audit.log",
  "audit.log.d/head.0",
  "audit.log.d/head.1",
  "mark.0",
  "mark.1",
];

export function randomEdit(files: LogFiles, draw: Draw): LogEdit {
  const pick = () => names[draw(names.length)] ?? "audit.log";
  const file = pick();
  const other = pick();
  const at = draw(files.get(file)?.length ?? 1);
  const insert = String.fromCharCode(...Array.from({ length: draw(4) }, () => draw(256)));
  const edits: readonly LogEdit[] = [
    { op: "flip", file, at, mask: 1 + draw(255) },
    { op: "splice", file, at, remove: draw(4), insert },
    { op: "splice", file, at, remove: draw(600), insert: "" },
    { op: "splice", file, at, remove: 1, insert: "\0".repeat(1 + draw(300)) },
    { op: "cut", file, size: at },
    { op: "swap", file, with: other },
    { op: "copy", from: file, to: other },
    { op: "remove", file },
  ];
  return edits[draw(draw(3) === 0 ? edits.length : 4)] ?? { op: "remove", file };
}
