/**
 * Files put back to an older moment, in every combination: what only an anchor can tell, and what an
 * interrupted rotation looks like. Judged by the engine and by the second reader.
 */
import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { linesOf } from "../support/log_edit.ts";
import { append, bytesOf, epochKeys, headOf, textOf, withMarks } from "../support/log_forger.ts";
import { buildFiles, type LogFiles, LogLab, segmentName, withFile } from "../support/log_lab.ts";

const active = "audit.log";
const stages: LogFiles[] = [];
const files = await buildFiles({ closed: 2, notes: 2 }, (stage) => stages.push(stage));
const head = headOf(bytesOf(files, null));
const anchor = { seq: head.seq, prefix: head.mac.slice(0, 20) };

const isHead = (name: string) => name.startsWith("audit.log.d/head.");
const isMark = (name: string) => name.startsWith("mark.");
const parts: readonly ((name: string) => boolean)[] = [
  (name) => !isHead(name) && !isMark(name),
  isHead,
  isMark,
];

/** `now`, with the parts whose bit is set as they were at `then`. */
function rollBack(now: LogFiles, then: LogFiles, which: number): LogFiles {
  const isOld = (name: string) => parts.some((part, i) => (which & (1 << i)) !== 0 && part(name));
  return new Map([
    ...Array.from(now).filter(([name]) => !isOld(name)),
    ...Array.from(then).filter(([name]) => isOld(name)),
  ]);
}

describe("files of an older moment", () => {
  it("AUD-06 A2 only all of them together pass, and with an anchor not even they", async () => {
    using lab = await LogLab.create();
    for (const [i, then] of stages.slice(0, -1).entries()) {
      for (let which = 1; which < 8; which++) {
        const changed = rollBack(files, then, which);
        const { verdict } = await lab.agree(changed, `stage ${i}, parts ${which}`);
        const isLog = (which & 1) !== 0;
        const isWhole = which === 7 || !isLog;
        // Older heads and marks beside a newer log are what a power cut leaves.
        assertEquals(verdict, isWhole ? "OK-UNANCHORED" : "ROLLBACK", `stage ${i}, ${which}`);
        const anchored = await lab.agree(changed, `anchored, ${i}, ${which}`, { macs: [anchor] });
        assertEquals(anchored.verdict, isLog ? "ROLLBACK" : "OK", `stage ${i}, ${which}`);
      }
    }
  });
  it("AUD-06 each single file of an older moment is found, or is what a power cut leaves", async () => {
    using lab = await LogLab.create();
    for (const [i, then] of stages.slice(0, -1).entries()) {
      for (const [name, bytes] of then) {
        const { verdict } = await lab.agree(withFile(files, name, bytes), `${name} of stage ${i}`);
        const isSlot = isHead(name) || isMark(name);
        const isSame = files.get(name)?.every((byte, at) => byte === bytes[at]) === true;
        if (isSlot || isSame) assertEquals(verdict, "OK-UNANCHORED");
        else assertNotEquals(verdict.slice(0, 2), "OK", `${name} of stage ${i}`);
      }
    }
  });
  it("AUD-08 the log of another install under one secret is foreign, whole or in part", async () => {
    const otherId = "b0".repeat(16);
    const other = await buildFiles({ closed: 2, notes: 2, logId: otherId });
    using lab = await LogLab.create();
    for (let which = 1; which < 8; which++) {
      const { verdict } = await lab.agree(rollBack(files, other, which), `parts ${which}`);
      // One pair of slots that is another log's, where the rest is ours, is foreign too.
      assert(["FOREIGN-LOG", "TAMPERED"].includes(verdict), `parts ${which}: ${verdict}`);
    }
    for (const name of [segmentName(0), segmentName(1), active]) {
      const changed = withFile(files, name, other.get(name) ?? null);
      const { verdict } = await lab.agree(changed, `${name} of another log`);
      assert(["FOREIGN-LOG", "TAMPERED"].includes(verdict), `${name}: ${verdict}`);
    }
  });
  it("AUD-08 a genesis that is not the recorded one", async () => {
    using lab = await LogLab.create({ fingerprint: "ab".repeat(32) });
    const { verdict, kind } = await lab.agree(files, "another fingerprint");
    assertEquals([verdict, kind], ["FOREIGN-LOG", "fingerprint"]);
  });
  it("AUD-09 any file that is gone", async () => {
    using lab = await LogLab.create();
    for (const name of files.keys()) {
      const { verdict } = await lab.agree(withFile(files, name, null), `without ${name}`);
      assertEquals(verdict, "MISSING", name);
    }
  });
});

describe("anchors", () => {
  const lines = [0, 1, null].flatMap((seg) => linesOf(bytesOf(files, seg)));
  const macAt = (seq: number) => textOf(lines[seq]).slice(-67, -3);
  it("AUD-06 A2 agree at every entry, and tell another history from this one", async () => {
    using lab = await LogLab.create();
    for (const seq of lines.keys()) {
      const good = { seq, prefix: macAt(seq).slice(0, 20 + seq) };
      const bad = { seq, prefix: macAt(seq).slice(0, 19) + (macAt(seq)[19] === "0" ? "1" : "0") };
      assertEquals((await lab.agree(files, "good", { macs: [good] })).verdict, "OK");
      const fork = await lab.agree(files, "bad", { macs: [good, bad] });
      assertEquals([fork.verdict, fork.seq], ["FORK", seq]);
    }
    const beyond = { seq: lines.length, prefix: "0".repeat(20) };
    assertEquals((await lab.agree(files, "beyond", { macs: [beyond] })).verdict, "ROLLBACK");
  });
  it("AUD-06 trees agree at every size, whatever segment it falls into", async () => {
    const { Frontier } = await import("../../src/core/audit/merkle/frontier.ts");
    const { hashLeaf } = await import("../../src/core/audit/merkle/hash_leaf.ts");
    using lab = await LogLab.create();
    const tree = new Frontier();
    for (const [i, line] of lines.entries()) {
      tree.append(hashLeaf(line.subarray(0, -1)));
      const good = { size: i + 1, root: tree.root() };
      const { verdict } = await lab.agree(files, `size ${i + 1}`, { trees: [good] });
      assertEquals(verdict, "OK");
      const bad = { size: i + 1, root: Uint8Array.from(good.root, (byte) => byte ^ 1) };
      assertEquals((await lab.agree(files, "bad", { trees: [good, bad] })).verdict, "FORK");
    }
    const beyond = { size: lines.length + 1, root: tree.root() };
    assertEquals((await lab.agree(files, "beyond", { trees: [beyond] })).verdict, "ROLLBACK");
  });
});

describe("a pruned front", () => {
  const named = /"prev_seg_sha256":"([0-9a-f]{64})"/;
  const hashes = [1, null].map((seg) => named.exec(textOf(bytesOf(files, seg)))?.[1] ?? "");
  const pruned = (removed: readonly (readonly [number, string])[]) => {
    const details = { to_seq: 1, principal: "uid:1", reason: "old", removed };
    const bytes = append(bytesOf(files, null), epochKeys(2), "audit.prune", details);
    return withMarks(withFile(files, active, bytes), headOf(bytes), epochKeys(2));
  };
  const both = pruned([[0, hashes[0] ?? ""], [1, hashes[1] ?? ""]]);
  it("verifies from where an entry says, and is missing without one", async () => {
    using lab = await LogLab.create();
    const one = withFile(both, segmentName(0), null);
    assertEquals((await lab.agree(one, "one pruned")).verdict, "FRONT-PRUNED");
    const two = withFile(one, segmentName(1), null);
    assertEquals((await lab.agree(two, "two pruned")).verdict, "FRONT-PRUNED");
    const middle = withFile(both, segmentName(1), null);
    assertEquals((await lab.agree(middle, "the middle pruned")).verdict, "MISSING");
    const unsaid = withFile(files, segmentName(0), null);
    assertEquals((await lab.agree(unsaid, "no entry")).verdict, "MISSING");
    const other = withFile(pruned([[0, "ab".repeat(32)]]), segmentName(0), null);
    assertEquals((await lab.agree(other, "another file was pruned")).verdict, "MISSING");
  });
  it("keeps anchors behind the gap", async () => {
    using lab = await LogLab.create();
    const one = withFile(both, segmentName(0), null);
    const end = headOf(bytesOf(both, null));
    const good = { seq: end.seq, prefix: end.mac.slice(0, 20) };
    assertEquals((await lab.agree(one, "anchored", { macs: [good] })).verdict, "FRONT-PRUNED");
    const bad = { seq: end.seq, prefix: "0".repeat(20) };
    assertEquals((await lab.agree(one, "forked", { macs: [bad] })).verdict, "FORK");
    const gone = { seq: 0, prefix: "0".repeat(20) };
    assertEquals((await lab.agree(one, "before", { macs: [gone] })).verdict, "FRONT-PRUNED");
  });
});

describe("a rotation that was cut short", () => {
  const sealed = () => {
    const last = bytesOf(files, 1);
    return withMarks(files, headOf(last), epochKeys(1));
  };
  it("A4 is an unclean end, in full and by seals, and damage before it is still found", async () => {
    using lab = await LogLab.create();
    const between = withFile(sealed(), active, null);
    assertEquals((await lab.agree(between, "no newest")).verdict, "UNCLEAN-END");
    assertEquals((await lab.engine(between, { mode: "seals" })).verdict, "UNCLEAN-END");
    for (const seg of [0, 1]) {
      const bytes = bytesOf(files, seg);
      for (let at = 0; at < bytes.length; at += 41) {
        const damaged = Uint8Array.from(bytes, (byte, i) => i === at ? byte ^ 1 : byte);
        const changed = withFile(between, segmentName(seg), damaged);
        assertEquals((await lab.agree(changed, `byte ${at}`)).verdict, "TAMPERED");
        const { verdict } = await lab.engine(changed, { mode: "seals" });
        assertEquals(verdict, "TAMPERED", `by seals, byte ${at} of segment ${seg}`);
      }
    }
    const back = new Map(between).set(active, bytesOf(files, 1));
    back.delete(segmentName(1));
    assertEquals((await lab.agree(back, "sealed, not moved")).verdict, "UNCLEAN-END");
  });
});
