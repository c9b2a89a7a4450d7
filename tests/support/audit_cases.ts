/** The named edits of tests/vectors/audit/segments.json. */
import { linesOf, type LogEdit } from "./log_edit.ts";
import { type LogFiles, segmentName } from "./log_lab.ts";

export interface NamedEdit {
  readonly name: string;
  readonly edits: readonly LogEdit[];
  readonly anchors?: readonly string[];
  readonly secrets?: readonly number[];
  readonly fingerprint?: string | null;
}

const active = "audit.log";
const [zero, one] = [segmentName(0), segmentName(1)];

/** @param files The untouched log of three segments, the third under another root secret. */
export function auditCases(files: LogFiles, fingerprint: string): readonly NamedEdit[] {
  const textOf = (file: string) => String.fromCharCode(...files.get(file) ?? []);
  const linesIn = (file: string) => linesOf(files.get(file) ?? new Uint8Array()).length;
  const replace = (file: string, from: string, to: string): LogEdit => {
    const at = textOf(file).indexOf(from);
    if (at < 0) throw new Error(`no ${from} in ${file}`);
    return { op: "splice", file, at, remove: from.length, insert: to };
  };
  const order = (file: string, lines: readonly number[]): LogEdit => ({
    op: "lines",
    file,
    lines: lines.map((i) => [file, i] as const),
  });
  const all = (file: string) => Array.from({ length: linesIn(file) }, (_, i) => i);
  const size = (file: string) => files.get(file)?.length ?? 0;
  const cut = (file: string, less: number): LogEdit => ({
    op: "cut",
    file,
    size: size(file) - less,
  });
  const add = (file: string, insert: string): LogEdit => ({
    op: "splice",
    file,
    at: size(file),
    remove: 0,
    insert,
  });
  const remove = (file: string): LogEdit => ({ op: "remove", file });
  const copy = (from: string, to: string): LogEdit => ({ op: "copy", from, to });
  const last = textOf(active).slice(-67, -3);
  const end = Number(/"seq":(\d+)(?!.*"seq":)/s.exec(textOf(active))?.[1]);
  return [
    ...wholeCases({ end, last, fingerprint }),
    ...[zero, one, active].flatMap((file, seg) => [
      {
        name: `AUD-01 an edited detail in segment ${seg}`,
        edits: [replace(file, '"text":"x"', '"text":"y"')],
      },
      {
        name: `AUD-02 segment ${seg} without its first line`,
        edits: [order(file, all(file).slice(1))],
      },
      {
        name: `AUD-02 segment ${seg} without its second line`,
        edits: [order(file, all(file).toSpliced(1, 1))],
      },
      {
        name: `AUD-02 segment ${seg} without its last line`,
        edits: [order(file, all(file).slice(0, -1))],
      },
      { name: `AUD-02 segment ${seg} without its last byte`, edits: [cut(file, 1)] },
      { name: `AUD-04 segment ${seg} backwards`, edits: [order(file, all(file).toReversed())] },
      {
        name: `AUD-04 the last line of segment ${seg} twice`,
        edits: [order(file, [...all(file), all(file).length - 1])],
      },
      { name: `AUD-13 a blank in segment ${seg}`, edits: [replace(file, '"v":1', '"v": 1')] },
      {
        name: `AUD-15 a false MAC in segment ${seg}`,
        edits: [{ op: "flip" as const, file, at: size(file) - 4, mask: 1 }],
      },
      {
        name: `a byte order mark before segment ${seg}`,
        edits: [{ op: "splice" as const, file, at: 0, remove: 0, insert: "\u00ef\u00bb\u00bf" }],
      },
      { name: `CR LF in segment ${seg}`, edits: [replace(file, "\n", "\r\n")] },
      { name: `segment ${seg} emptied`, edits: [{ op: "cut" as const, file, size: 0 }] },
      { name: `AUD-09 segment ${seg} removed`, edits: [remove(file)] },
    ]),
    { name: "a torn line at the end", edits: [add(active, '{"v":1,"seq"')] },
    { name: "NULs at the end", edits: [add(active, "\0\0\0\0")] },
    { name: "a line of text at the end", edits: [add(active, "text\n")] },
    { name: "an empty line at the end", edits: [add(active, "\n")] },
    { name: "text before NULs at the end", edits: [add(active, "text\n\0\0")] },
    {
      name: "NULs in the last line",
      edits: [{ op: "splice", file: active, at: size(active) - 9, remove: 4, insert: "\0\0\0\0" }],
    },
    { name: "AUD-10 the segments swapped", edits: [{ op: "swap", file: zero, with: one }] },
    { name: "AUD-10 a segment twice", edits: [copy(one, segmentName(2))] },
    { name: "AUD-10 a segment after the newest", edits: [copy(one, segmentName(7))] },
    { name: "AUD-06 the older segment as the newest", edits: [copy(one, active), remove(one)] },
    { name: "AUD-06 an older segment in the newest's place", edits: [copy(one, active)] },
    { name: "AUD-09 only the closed segments", edits: [remove(active)] },
    { name: "AUD-09 no log at all", edits: [zero, one, active].map(remove) },
    { name: "AUD-09 no first head slot", edits: [remove("audit.log.d/head.0")] },
    { name: "AUD-09 no second mark", edits: [remove("mark.1")] },
    {
      name: "one damaged head slot",
      edits: [{ op: "flip", file: "audit.log.d/head.0", at: 99, mask: 4 }],
    },
    {
      name: "both head slots damaged",
      edits: [0, 1].map((i): LogEdit => ({
        op: "flip",
        file: `audit.log.d/head.${i}`,
        at: 99,
        mask: 4,
      })),
    },
    {
      name: "head and mark of one turn damaged",
      edits: ["audit.log.d/head.1", "mark.1"].map((file): LogEdit => ({
        op: "flip",
        file,
        at: 99,
        mask: 4,
      })),
    },
    {
      name: "head and mark of two turns damaged",
      edits: ["audit.log.d/head.0", "mark.1"].map((file): LogEdit => ({
        op: "flip",
        file,
        at: 99,
        mask: 4,
      })),
    },
    {
      name: "the older head slot over the newer",
      edits: [copy("audit.log.d/head.0", "audit.log.d/head.1")],
    },
    {
      name: "the head slots swapped",
      edits: [{ op: "swap", file: "audit.log.d/head.0", with: "audit.log.d/head.1" }],
    },
    {
      name: "AUD-08 head slots that name another log",
      edits: [0, 1].map((i) => replace(`audit.log.d/head.${i}`, "a0a1", "b0b1")),
    },
    {
      name: "an epoch that no log reaches",
      edits: [replace(active, '.2","ts"', '.4294967295","ts"')],
    },
  ];
}

function wholeCases(
  { end, last, fingerprint }: {
    readonly end: number;
    readonly last: string;
    readonly fingerprint: string;
  },
): readonly NamedEdit[] {
  const good = `${end}:${last.slice(0, 20)}`;
  const bad = `${end}:${last.slice(0, 19)}${last[19] === "0" ? "1" : "0"}`;
  return [
    { name: "untouched", edits: [] },
    { name: "untouched, the fingerprint recorded", edits: [], fingerprint },
    { name: "AUD-08 another fingerprint recorded", edits: [], fingerprint: "ab".repeat(32) },
    { name: "AUD-06 with an anchor", edits: [], anchors: [good] },
    { name: "AUD-06 with an anchor of another history", edits: [], anchors: [good, bad] },
    { name: "AUD-06 with an anchor beyond the end", edits: [], anchors: [`${end + 1}:${last}`] },
    { name: "AUD-11 without the older secret", edits: [], secrets: [0] },
    { name: "AUD-11 without the newer secret", edits: [], secrets: [1] },
  ];
}
