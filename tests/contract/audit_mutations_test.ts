/**
 * Every small change of a log of three segments, judged by the engine and by the second reader:
 * none passes, and both name the same place. `deno task test:mutations` tries every bit instead of
 * a sample (about ten minutes).
 */
import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { applyEdit, applyEdits, isSameFiles, linesOf, type LogEdit } from "../support/log_edit.ts";
import { type Agreed, buildFiles, type LogFiles, LogLab, segmentName } from "../support/log_lab.ts";
import { randomEdit } from "../support/random_edit.ts";
import { chooseSeed, type Draw, seeded } from "../support/seeded.ts";

const isWhole = Deno.env.get("MUTATIONS") === "all";
const active = "audit.log";
const files = await buildFiles({ closed: 2, notes: 1 });
const logNames = [segmentName(0), segmentName(1), active];
const slotNames = ["audit.log.d/head.0", "audit.log.d/head.1", "mark.0", "mark.1"];
const sizeOf = (name: string) => files.get(name)?.length ?? 0;

/** Whether an edit left every entry in its place: bytes behind the last line, or a lost slot. */
function isHarmless(changed: LogFiles, { verdict }: Agreed): boolean {
  const newest = changed.get(active) ?? new Uint8Array();
  const isWhole = logNames.every((name) => {
    const bytes = changed.get(name) ?? new Uint8Array();
    return (files.get(name) ?? bytes).every((byte, i) => byte === bytes[i]) &&
      (name === active || bytes.length === sizeOf(name));
  });
  const isLonger = newest.length > sizeOf(active);
  return isWhole && verdict === (isLonger ? "UNCLEAN-END" : "OK-UNANCHORED");
}

/** Both readers say the same of the edited log, and what they say is not that it is whole. */
async function expectFound(lab: LogLab, edits: readonly LogEdit[]): Promise<Agreed> {
  const changed = applyEdits(files, edits);
  const told = JSON.stringify(edits);
  const agreed = await lab.agree(changed, told);
  const isFine = isSameFiles(changed, files) || isHarmless(changed, agreed);
  const isFound = !["OK", "OK-UNANCHORED", "UNCLEAN-END", "FRONT-PRUNED"].includes(agreed.verdict);
  assertEquals(isFound, !isFine, `${agreed.verdict}: ${told}`);
  return agreed;
}

/** The quick check names another place, or another reason, but lets nothing pass. */
async function expectFoundBySeals(lab: LogLab, edit: LogEdit): Promise<void> {
  const { verdict } = await expectFound(lab, [edit]);
  const quick = await lab.engine(applyEdit(files, edit), { mode: "seals" });
  const isFine = (one: string) => one.startsWith("OK") || one === "UNCLEAN-END";
  assertEquals(isFine(quick.verdict), isFine(verdict), JSON.stringify(edit));
}

function* allEdits(): Generator<LogEdit> {
  for (const file of [...logNames, ...slotNames]) {
    for (let at = 0; at < sizeOf(file); at++) {
      for (let bit = 0; bit < 8; bit++) yield { op: "flip", file, at, mask: 1 << bit };
      yield { op: "splice", file, at, remove: 1, insert: "" };
      for (const insert of ["\0", "\n", "0", "}", "\xff"]) {
        yield { op: "splice", file, at, remove: 0, insert };
      }
    }
  }
}

/** Each edit, or one of about `every` in turn. */
function* sample(edits: Iterable<LogEdit>, every: number, draw: Draw): Generator<LogEdit> {
  let skip = draw(every);
  for (const edit of edits) {
    if (skip-- > 0 && !isWhole) continue;
    yield edit;
    skip = draw(2 * every - 1);
  }
}

describe("a log of three segments, changed by a byte", () => {
  it("AUD-01 AUD-34 finds flipped bits, deleted and inserted bytes", async () => {
    using lab = await LogLab.create();
    const draw = seeded(chooseSeed("AUD-01"));
    let count = 0;
    for (const edit of sample(allEdits(), 90, draw)) {
      await expectFoundBySeals(lab, edit);
      count++;
    }
    assert(count > 300, `only ${count}`);
  });
  it("AUD-02 AUD-34 finds every truncation of every file", async () => {
    using lab = await LogLab.create();
    const step = isWhole ? 1 : 3;
    for (const file of logNames) {
      let offset = 0;
      const ends = linesOf(files.get(file) ?? new Uint8Array()).map(({ length }) =>
        offset += length
      );
      for (let size = 0; size < sizeOf(file); size++) {
        // Around line ends every byte, elsewhere a sample.
        const isNear = ends.some((end) => Math.abs(size - end) < 3);
        if (isNear || size % step === 0) await expectFoundBySeals(lab, { op: "cut", file, size });
      }
    }
    for (const file of slotNames) {
      for (const size of [0, 1, 511]) await expectFound(lab, [{ op: "cut", file, size }]);
    }
  });
});

describe("a log of three segments, its lines in another order", () => {
  it("AUD-02 AUD-04 finds all 1,364 sequences of up to five of four lines", async () => {
    const small = await buildFiles({ closed: 0, notes: 3 });
    using lab = await LogLab.create();
    let count = 0;
    for (let length = 0; length <= 5; length++) {
      for (let code = 0; code < 4 ** length; code++) {
        const order = Array.from({ length }, (_, i) => Math.floor(code / 4 ** i) % 4);
        const lines = order.map((i) => [active, i] as const);
        const changed = applyEdit(small, { op: "lines", file: active, lines });
        const { verdict } = await lab.agree(changed, order.join());
        assertEquals(verdict === "OK-UNANCHORED", order.join() === "0,1,2,3", order.join());
        count++;
      }
    }
    assertEquals(count, 1_365);
  });
  it("AUD-04 finds each line of each segment put, or left out, anywhere", async () => {
    using lab = await LogLab.create();
    const lines = logNames.flatMap((name) =>
      linesOf(files.get(name) ?? new Uint8Array()).map((_, i) => [name, i] as const)
    );
    for (const file of logNames) {
      const own = lines.filter(([name]) => name === file);
      for (const at of own.keys()) {
        await expectFound(lab, [{ op: "lines", file, lines: own.toSpliced(at, 1) }]);
        for (const line of lines) {
          await expectFound(lab, [{ op: "lines", file, lines: own.toSpliced(at, 1, line) }]);
          await expectFound(lab, [{ op: "lines", file, lines: own.toSpliced(at, 0, line) }]);
        }
      }
      for (const line of lines) {
        await expectFound(lab, [{ op: "lines", file, lines: [...own, line] }]);
      }
    }
  });
  it("AUD-10 finds segments missing, twice, in another order, and more than there were", async () => {
    using lab = await LogLab.create();
    const places = [...logNames, segmentName(2), segmentName(3)];
    const contents = [null, ...logNames];
    for (let code = 0; code < contents.length ** places.length; code++) {
      const changed = new Map(files);
      for (const [i, name] of places.entries()) {
        const from = contents[Math.floor(code / contents.length ** i) % contents.length] ?? null;
        const bytes = from === null ? undefined : files.get(from);
        if (bytes === undefined) changed.delete(name);
        else changed.set(name, bytes);
      }
      const agreed = await lab.agree(changed, [...changed.keys()].join());
      if (isSameFiles(changed, files)) assertEquals(agreed.verdict, "OK-UNANCHORED");
      else assertNotEquals(agreed.verdict.slice(0, 2), "OK", `${code}`);
    }
  });
});

describe("a log of three segments, changed at random", () => {
  it("AUD-35 AUD-34 lets none of 10,000 single edits pass", async () => {
    using lab = await LogLab.create();
    const draw = seeded(chooseSeed("AUD-35"));
    for (let i = 0; i < 10_000; i++) await expectFound(lab, [randomEdit(files, draw)]);
  });
  it("AUD-34 both readers agree when edits come together", async () => {
    using lab = await LogLab.create();
    const draw = seeded(chooseSeed("AUD-34"));
    for (let i = 0; i < 800; i++) {
      const edits = Array.from({ length: 2 + draw(3) }, () => randomEdit(files, draw));
      await lab.agree(applyEdits(files, edits), JSON.stringify(edits));
    }
  });
});
