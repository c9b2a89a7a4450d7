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
const mark = "\u00ef\u00bb\u00bf";

const remove = (file: string): LogEdit => ({ op: "remove", file });
const copy = (from: string, to: string): LogEdit => ({ op: "copy", from, to });
const insert = (file: string, at: number, text: string): LogEdit => ({
  op: "splice",
  file,
  at,
  remove: 0,
  insert: text,
});
const damage = (file: string): LogEdit => ({ op: "flip", file, at: 99, mask: 4 });
const head = (slot: number) => `audit.log.d/head.${slot}`;

/** @param files The untouched log of three segments, the third under another root secret. */
export function auditCases(files: LogFiles, fingerprint: string): readonly NamedEdit[] {
  const log = new LogText(files);
  return [
    ...wholeCases(log, fingerprint),
    ...[zero, one, active].flatMap((file, seg) => [
      ...lineCases(log, file, seg),
      ...byteCases(log, file, seg),
    ]),
    ...endCases(log),
    ...placeCases,
    ...slotCases,
    {
      name: "AUD-08 head slots that name another log",
      edits: [0, 1].map((slot) => log.replace(head(slot), "a0a1", "b0b1")),
    },
    {
      name: "an epoch that no log reaches",
      edits: [log.replace(active, '.2","ts"', '.4294967295","ts"')],
    },
  ];
}

/** Edits that depend on what stands in the files. */
class LogText {
  readonly #files: LogFiles;

  constructor(files: LogFiles) {
    this.#files = files;
  }

  text(file: string): string {
    return String.fromCharCode(...this.#files.get(file) ?? []);
  }

  size(file: string): number {
    return this.#files.get(file)?.length ?? 0;
  }

  replace(file: string, from: string, to: string): LogEdit {
    const at = this.text(file).indexOf(from);
    if (at < 0) throw new Error(`no ${from} in ${file}`);
    return { op: "splice", file, at, remove: from.length, insert: to };
  }

  /** The lines that `choose` makes of the numbers of all. */
  lines(file: string, choose: (all: readonly number[]) => readonly number[]): LogEdit {
    const all = Array.from(linesOf(this.#files.get(file) ?? new Uint8Array()).keys());
    return { op: "lines", file, lines: choose(all).map((i) => [file, i] as const) };
  }

  get last(): { readonly seq: number; readonly mac: string } {
    const { seq, mac } = JSON.parse(this.text(active).trimEnd().split("\n").at(-1) ?? "");
    return { seq, mac };
  }
}

function wholeCases(log: LogText, fingerprint: string): readonly NamedEdit[] {
  const { seq, mac } = log.last;
  const good = `${seq}:${mac.slice(0, 20)}`;
  const bad = `${seq}:${mac.slice(0, 19)}${mac[19] === "0" ? "1" : "0"}`;
  return [
    { name: "untouched", edits: [] },
    { name: "untouched, the fingerprint recorded", edits: [], fingerprint },
    { name: "AUD-08 another fingerprint recorded", edits: [], fingerprint: "ab".repeat(32) },
    { name: "AUD-06 with an anchor", edits: [], anchors: [good] },
    { name: "AUD-06 with an anchor of another history", edits: [], anchors: [good, bad] },
    { name: "AUD-06 with an anchor beyond the end", edits: [], anchors: [`${seq + 1}:${mac}`] },
    { name: "AUD-11 without the older secret", edits: [], secrets: [0] },
    { name: "AUD-11 without the newer secret", edits: [], secrets: [1] },
  ];
}

function lineCases(log: LogText, file: string, seg: number): readonly NamedEdit[] {
  const cases: readonly [string, (all: readonly number[]) => readonly number[]][] = [
    ["AUD-02 without its first line", (all) => all.slice(1)],
    ["AUD-02 without its second line", (all) => all.toSpliced(1, 1)],
    ["AUD-02 without its last line", (all) => all.slice(0, -1)],
    ["AUD-04 backwards", (all) => all.toReversed()],
    ["AUD-04 with its last line twice", (all) => [...all, all.length - 1]],
  ];
  return cases.map(([name, choose]) => ({
    name: `${name}, segment ${seg}`,
    edits: [log.lines(file, choose)],
  }));
}

function byteCases(log: LogText, file: string, seg: number): readonly NamedEdit[] {
  const size = log.size(file);
  const cases: readonly [string, LogEdit][] = [
    ["AUD-01 an edited detail", log.replace(file, '"text":"x"', '"text":"y"')],
    ["AUD-02 without its last byte", { op: "cut", file, size: size - 1 }],
    ["AUD-13 a blank", log.replace(file, '"v":1', '"v": 1')],
    ["AUD-15 a false MAC", { op: "flip", file, at: size - 4, mask: 1 }],
    ["a byte order mark", insert(file, 0, mark)],
    ["CR LF", log.replace(file, "\n", "\r\n")],
    ["emptied", { op: "cut", file, size: 0 }],
    ["AUD-09 removed", remove(file)],
  ];
  return cases.map(([name, edit]) => ({ name: `${name}, segment ${seg}`, edits: [edit] }));
}

function endCases(log: LogText): readonly NamedEdit[] {
  const size = log.size(active);
  const nuls = "\0".repeat(4);
  const cases: readonly [string, LogEdit][] = [
    ["a torn line at the end", insert(active, size, '{"v":1,"seq"')],
    ["NULs at the end", insert(active, size, nuls)],
    ["a line of text at the end", insert(active, size, "text\n")],
    ["an empty line at the end", insert(active, size, "\n")],
    ["text before NULs at the end", insert(active, size, `text\n${nuls}`)],
    ["NULs in the last line", {
      op: "splice",
      file: active,
      at: size - 9,
      remove: 4,
      insert: nuls,
    }],
  ];
  return cases.map(([name, edit]) => ({ name, edits: [edit] }));
}

const placeCases: readonly NamedEdit[] = [
  { name: "AUD-10 the segments swapped", edits: [{ op: "swap", file: zero, with: one }] },
  { name: "AUD-10 a segment twice", edits: [copy(one, segmentName(2))] },
  { name: "AUD-10 a segment after the newest", edits: [copy(one, segmentName(7))] },
  { name: "AUD-06 the older segment as the newest", edits: [copy(one, active), remove(one)] },
  { name: "AUD-06 an older segment in the newest's place", edits: [copy(one, active)] },
  { name: "AUD-09 no log at all", edits: [zero, one, active].map(remove) },
];

const slotCases: readonly NamedEdit[] = [
  { name: "AUD-09 no first head slot", edits: [remove(head(0))] },
  { name: "AUD-09 no second mark", edits: [remove("mark.1")] },
  { name: "one damaged head slot", edits: [damage(head(0))] },
  { name: "both head slots damaged", edits: [damage(head(0)), damage(head(1))] },
  { name: "head and mark of one turn damaged", edits: [damage(head(1)), damage("mark.1")] },
  { name: "head and mark of two turns damaged", edits: [damage(head(0)), damage("mark.1")] },
  { name: "the older head slot over the newer", edits: [copy(head(0), head(1))] },
  { name: "the head slots swapped", edits: [{ op: "swap", file: head(0), with: head(1) }] },
];
