import { assert, assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { createAuditFile, openAuditFile } from "../../src/adapter/audit/audit_file.ts";
import { readEpochKey, writeEpochKey } from "../../src/adapter/audit/audit_epoch_key.ts";
import type { AuditOptions } from "../../src/adapter/audit/audit_options.ts";
import { verifyAuditFile } from "../../src/adapter/audit/audit_report.ts";
import { segmentPath } from "../../src/adapter/audit/audit_segments.ts";
import { KeyRing } from "../../src/core/audit/key_ring.ts";
import { firstEpoch } from "../../src/core/audit/keys.ts";
import { maxEntriesBetweenSnapshots } from "../../src/core/limits.ts";
import {
  append,
  auditOptions,
  codeOf,
  inFolder,
  makeLog,
  note,
  readAll,
  reopen,
} from "../support/audit_folder.ts";
import { hmacSha256, logId, rootSecret } from "../support/audit_log.ts";

/** A log of `segments` closed segments and an open one, each with some notes. */
async function makeSegments(
  folder: string,
  segments: number,
  changed: Partial<AuditOptions> = {},
): Promise<AuditOptions> {
  const options = await makeLog(folder, 3, changed);
  const file = await openAuditFile(options);
  for (let i = 0; i < segments; i++) {
    assert(await file.rotate());
    await append(file, note, note);
  }
  await file.close();
  return options;
}

async function verdictOf(options: AuditOptions): Promise<string> {
  return (await verifyAuditFile(options)).verdict;
}

const copy = (from: string, to: string) => Deno.copyFileSync(from, to);
const secondSecret = Uint8Array.from({ length: 32 }, (_, i) => 100 + i);

describe("AuditFile.rotate()", () => {
  it("A1 goes on in a new segment that continues the chain", async () => {
    await inFolder(async (folder) => {
      const options = await makeSegments(folder, 3);
      const report = await verifyAuditFile(options);
      assertEquals([report.verdict, report.segments], ["OK-UNANCHORED", 4]);
      const file = await openAuditFile(options);
      const entries = await readAll(file);
      assertEquals(entries.map(({ seq }) => seq), entries.map((_, i) => i));
      assertEquals(entries.filter(({ type }) => type === "audit.seal").length, 3);
      assertEquals(entries.at(-1)?.key.slice(8), ".3");
      await file.close();
      assertEquals((Deno.statSync(segmentPath(options.sidePath, 0)).mode ?? 0) & 0o777, 0o400);
    });
  });
  it("opens from the first line of a segment, and with every snapshot gone from genesis", async () => {
    await inFolder(async (folder) => {
      const options = await makeSegments(folder, 2);
      const before = await openAuditFile(options);
      const { result } = await append(before, ...Array(maxEntriesBetweenSnapshots).fill(note));
      await before.close();
      for (const { name } of Deno.readDirSync(`${options.sidePath}/state`)) {
        Deno.removeSync(`${options.sidePath}/state/${name}`);
      }
      const file = await openAuditFile(options);
      assertEquals((await append(file, note)).result, result);
      await file.close();
      assertEquals(await verdictOf(options), "OK-UNANCHORED");
    });
  });
  it("lets an open writer follow a rotation that another one made", async () => {
    await inFolder(async (folder) => {
      const options = await makeLog(folder, 2);
      const one = await openAuditFile(options);
      const other = await openAuditFile(options);
      for (let i = 0; i < 3; i++) {
        assert(await one.rotate());
        await append(one, note);
      }
      await append(other, note);
      assert(await other.rotate());
      await append(one, note);
      await one.close();
      await other.close();
      const report = await verifyAuditFile(options);
      assertEquals([report.verdict, report.segments], ["OK-UNANCHORED", 5]);
    });
  });
  it("seals nothing when an entry was changed meanwhile", async () => {
    await inFolder(async (folder) => {
      const options = await makeLog(folder, 60);
      const file = await openAuditFile(options);
      const text = Deno.readTextFileSync(options.logPath);
      Deno.writeTextFileSync(options.logPath, text.replace('"text":"x"', '"text":"y"'));
      assertEquals(await codeOf(() => file.rotate()), "audit_tampered");
      await file.close();
      assertEquals(Deno.readTextFileSync(options.logPath).includes("audit.seal"), false);
      assertEquals(await verdictOf(options), "TAMPERED");
    });
  });
  it("says when a segment is full, by size and by entries", async () => {
    await inFolder(async (folder) => {
      const options = await makeLog(folder, 30, { segmentLimits: { bytes: 1e9, entries: 20 } });
      const byEntries = await openAuditFile(options);
      assertEquals(byEntries.isFull, true);
      assert(await byEntries.rotate());
      assertEquals(byEntries.isFull, false);
      await byEntries.close();
      const bySize = await openAuditFile({
        ...options,
        segmentLimits: { bytes: 500, entries: 99 },
      });
      await append(bySize, note, note);
      assertEquals(bySize.isFull, true);
      await bySize.close();
    });
  });
});

describe("a rotation that was cut short", () => {
  /** Puts the files back to the moment after `step` of the newest rotation. */
  const steps: readonly [string, (options: AuditOptions, kept: string) => void][] = [
    ["A4 after the seal", (options, kept) => {
      copy(segmentPath(options.sidePath, 0), `${kept}/sealed`);
      Deno.removeSync(segmentPath(options.sidePath, 0));
      Deno.renameSync(`${kept}/sealed`, options.logPath);
      Deno.chmodSync(options.logPath, 0o600);
    }],
    ["A4 with the next one made aside", (options, kept) => {
      copy(options.logPath, `${options.sidePath}/segment.new`);
      copy(segmentPath(options.sidePath, 0), `${kept}/sealed`);
      Deno.removeSync(segmentPath(options.sidePath, 0));
      Deno.renameSync(`${kept}/sealed`, options.logPath);
    }],
    ["A4 with the old file moved away", (options) => Deno.removeSync(options.logPath)],
    ["A4 with the new file in place", () => {}],
  ];
  for (const [name, undo] of steps) {
    it(`${name}: the next opening ends it`, async () => {
      await inFolder(async (folder) => {
        const options = await makeLog(folder, 3);
        const file = await openAuditFile(options);
        const { sidePath, markPath } = options;
        const slots = [0, 1].flatMap((i) => [`${sidePath}/head.${i}`, `${markPath}/mark.${i}`]);
        await file.rotate();
        await file.close();
        // Heads and marks as they were when the seal was written.
        const sealed = Deno.readTextFileSync(segmentPath(sidePath, 0));
        const seal = JSON.parse(sealed.trimEnd().split("\n").at(-1) ?? "");
        const { encodeMark } = await import("../../src/core/audit/mark.ts");
        const { keys } = await import("../support/audit_log.ts");
        const head = { seq: seal.seq, mac: seal.mac, sizeBytes: sealed.length };
        const base = { seq: -1, mac: "0".repeat(64), sizeBytes: 0 };
        for (const [i, path] of slots.entries()) {
          const turn = 6 + (i >> 1);
          Deno.writeFileSync(path, encodeMark({ logId, turn, head, base }, keys, hmacSha256));
        }
        undo(options, folder);
        const cut = await verdictOf(options);
        assertEquals(cut, name.endsWith("in place") ? "OK-UNANCHORED" : "UNCLEAN-END");
        await reopen(options);
        const again = await openAuditFile(options);
        await append(again, note);
        await again.close();
        const report = await verifyAuditFile(options);
        assertEquals([report.verdict, report.segments], ["OK-UNANCHORED", 2]);
      });
    });
  }
  it("AUD-09 is not mistaken for a log whose newest segment was deleted", async () => {
    await inFolder(async (folder) => {
      const options = await makeSegments(folder, 1);
      Deno.removeSync(options.logPath);
      assertEquals(await verdictOf(options), "MISSING");
      assertEquals(await codeOf(() => reopen(options)), "audit_rollback");
      assertEquals(Array.from(Deno.readDirSync(options.sidePath)).length > 0, true);
    });
  });
});

describe("verifyAuditFile() over segments", () => {
  const edits: readonly [string, (options: AuditOptions) => void, string][] = [
    ["AUD-10 a deleted middle segment", ({ sidePath }) => {
      Deno.removeSync(segmentPath(sidePath, 1));
    }, "MISSING"],
    ["AUD-10 a deleted first segment", ({ sidePath }) => {
      Deno.removeSync(segmentPath(sidePath, 0));
    }, "MISSING"],
    ["AUD-10 two swapped segments", ({ sidePath }) => {
      Deno.renameSync(segmentPath(sidePath, 0), `${sidePath}/x`);
      Deno.renameSync(segmentPath(sidePath, 1), segmentPath(sidePath, 0));
      Deno.renameSync(`${sidePath}/x`, segmentPath(sidePath, 1));
    }, "TAMPERED"],
    ["AUD-10 a closed segment without its last line", ({ sidePath }) => {
      const path = segmentPath(sidePath, 1);
      const lines = Deno.readTextFileSync(path).split("\n");
      Deno.chmodSync(path, 0o600);
      Deno.writeTextFileSync(path, `${lines.slice(0, -2).join("\n")}\n`);
    }, "TAMPERED"],
    ["AUD-10 a closed segment without its last byte", ({ sidePath }) => {
      Deno.chmodSync(segmentPath(sidePath, 2), 0o600);
      Deno.truncateSync(
        segmentPath(sidePath, 2),
        Deno.statSync(segmentPath(sidePath, 2)).size - 1,
      );
    }, "TAMPERED"],
    ["AUD-06 an older segment in the place of the newest", ({ sidePath, logPath }) => {
      Deno.removeSync(logPath);
      copy(segmentPath(sidePath, 1), logPath);
      Deno.chmodSync(logPath, 0o600);
    }, "ROLLBACK"],
    ["AUD-06 every file as it was a segment ago", ({ sidePath, logPath }) => {
      Deno.removeSync(logPath);
      Deno.renameSync(segmentPath(sidePath, 2), logPath);
      Deno.chmodSync(logPath, 0o600);
    }, "ROLLBACK"],
    ["AUD-04 one segment twice", ({ sidePath }) => {
      copy(segmentPath(sidePath, 0), segmentPath(sidePath, 3));
    }, "TAMPERED"],
  ];
  for (const [name, edit, verdict] of edits) {
    it(`${name}: ${verdict}`, async () => {
      await inFolder(async (folder) => {
        const options = await makeSegments(folder, 3);
        edit(options);
        const report = await verifyAuditFile(options);
        assertEquals(report.verdict, verdict, report.message);
      });
    });
  }
  it("AUD-01 finds every changed byte of every segment", async () => {
    await inFolder(async (folder) => {
      const options = await makeSegments(folder, 2);
      for (const seg of [0, 1]) {
        const path = segmentPath(options.sidePath, seg);
        Deno.chmodSync(path, 0o600);
        const whole = Deno.readFileSync(path);
        for (let at = 0; at < whole.length; at += 7) {
          const changed = Uint8Array.from(whole);
          changed[at] = (changed[at] ?? 0) ^ 1;
          Deno.writeFileSync(path, changed);
          const report = await verifyAuditFile(options);
          assertEquals([report.verdict, report.segment], ["TAMPERED", seg], `byte ${at}`);
        }
        Deno.writeFileSync(path, whole);
      }
      assertEquals(await verdictOf(options), "OK-UNANCHORED");
    });
  });
  it("AUD-08 calls a log foreign whose genesis is not the recorded one", async () => {
    await inFolder(async (folder) => {
      const options = await makeSegments(folder, 1, { fingerprint: "ab".repeat(32) });
      const report = await verifyAuditFile(options);
      assertEquals([report.verdict, report.kind], ["FOREIGN-LOG", "fingerprint"]);
    });
  });
});

describe("AuditFile.rotate() to another root secret", () => {
  const rings = {
    old: () => KeyRing.ofRoots([rootSecret], logId, hmacSha256),
    both: () => KeyRing.ofRoots([secondSecret, rootSecret], logId, hmacSha256),
    new: () => KeyRing.ofRoots([secondSecret], logId, hmacSha256),
  };
  const change = () => {
    const { kid } = firstEpoch(secondSecret, logId, hmacSha256);
    return { to: kid, principal: "uid:1", reason: "yearly" };
  };
  async function changeKey(folder: string): Promise<AuditOptions> {
    const options = await makeSegments(folder, 1);
    const file = await openAuditFile({ ...options, ring: rings.both() });
    assert(await file.rotate(change()));
    await append(file, note);
    await file.close();
    return options;
  }
  it("AUD-11 SEED-14 verifies with both secrets and goes on with the new one alone", async () => {
    await inFolder(async (folder) => {
      const options = await changeKey(folder);
      assertEquals(await verdictOf({ ...options, ring: rings.both() }), "OK-UNANCHORED");
      const file = await openAuditFile({ ...options, ring: rings.new() });
      await append(file, note);
      await file.close();
      assertEquals(await codeOf(() => reopen(options)), "audit_unverifiable");
    });
  });
  it("AUD-11 says which entries cannot be verified without the old secret", async () => {
    await inFolder(async (folder) => {
      const options = await changeKey(folder);
      const ring = rings.new();
      const report = await verifyAuditFile({ ...options, ring });
      assertEquals(report.verdict, "UNVERIFIABLE");
      assertEquals(report.unverifiable.map(({ from }) => from), [0]);
      const path = segmentPath(options.sidePath, 0);
      Deno.chmodSync(path, 0o600);
      const text = Deno.readTextFileSync(path);
      Deno.writeTextFileSync(path, text.replace('"text":"x"', '"text":"y"'));
      const changed = await verifyAuditFile({ ...options, ring });
      assertEquals([changed.verdict, changed.segment], ["TAMPERED", 0]);
    });
  });
  it("AUD-11 refuses a change of the key that nobody announced", async () => {
    await inFolder(async (folder) => {
      const options = await makeSegments(folder, 0);
      const file = await openAuditFile(options);
      await file.rotate();
      await file.close();
      // The same segment under the second secret, as one who stole only that one would write it.
      const { linkEntry } = await import("../../src/core/audit/chain.ts");
      const first = JSON.parse(Deno.readTextFileSync(options.logPath).trimEnd());
      const keys = rings.new().find(change().to, 1);
      assert(keys !== null);
      const event = { type: first.type, severity: "LOW", details: first.d } as const;
      const head = { seq: first.seq - 1, mac: first.prev, sizeBytes: 0 };
      const forged = linkEntry(head, event, 1_795_370_400_000_000, keys, hmacSha256);
      Deno.writeFileSync(options.logPath, forged.line);
      const { encodeMark } = await import("../../src/core/audit/mark.ts");
      for (const turn of [20, 21]) {
        const mark = encodeMark({ logId, turn, head: forged.head, base: head }, keys, hmacSha256);
        Deno.writeFileSync(`${options.sidePath}/head.${turn % 2}`, mark);
        Deno.writeFileSync(`${options.markPath}/mark.${turn % 2}`, mark);
      }
      const report = await verifyAuditFile({ ...options, ring: rings.both() });
      assertEquals([report.verdict, report.kind], ["TAMPERED", "key"]);
    });
  });
});

describe("a host without the root secret", () => {
  async function makeForwardSecure(folder: string): Promise<() => AuditOptions> {
    const origin = firstEpoch(rootSecret, logId, hmacSha256);
    const base = auditOptions(folder, { isForwardSecure: true });
    const file = await createAuditFile({ ...base, genesis: {} });
    await append(file, note);
    await file.close();
    writeEpochKey(base.markPath, logId, origin);
    return () => {
      const epoch = readEpochKey(base.markPath, logId);
      assert(epoch !== null);
      return { ...base, ring: KeyRing.ofEpoch(epoch, [], logId, hmacSha256) };
    };
  }
  it("K- has only the epoch's key after a rotation, and goes on", async () => {
    await inFolder(async (folder) => {
      const options = await makeForwardSecure(folder);
      for (let i = 1; i < 3; i++) {
        const file = await openAuditFile(options());
        assert(await file.rotate());
        await append(file, note);
        await file.close();
        assertEquals(readEpochKey(options().markPath, logId)?.epoch, i);
      }
      const report = await verifyAuditFile(options());
      assertEquals(report.verdict, "UNVERIFIABLE");
      assertEquals(report.unverifiable.length, 1);
      // The auditor has the root secret.
      const ring = KeyRing.ofRoots([rootSecret], logId, hmacSha256);
      assertEquals(await verdictOf({ ...options(), ring }), "OK-UNANCHORED");
    });
  });
  it("K- finds old entries rewritten with the key of today", async () => {
    await inFolder(async (folder) => {
      const options = await makeForwardSecure(folder);
      const file = await openAuditFile(options());
      await file.rotate();
      await file.close();
      const path = segmentPath(options().sidePath, 0);
      Deno.chmodSync(path, 0o600);
      Deno.writeTextFileSync(path, Deno.readTextFileSync(path).replace('"text":"x"', '"text":"y"'));
      assertEquals(await verdictOf(options()), "TAMPERED");
      const ring = KeyRing.ofRoots([rootSecret], logId, hmacSha256);
      assertEquals(await verdictOf({ ...options(), ring }), "TAMPERED");
    });
  });
});
