import { assert, assertEquals, assertThrows } from "@std/assert";
import { encodeHex } from "@std/encoding/hex";
import { describe, it } from "@std/testing/bdd";
import { acceptCut, examineCut } from "../../src/adapter/audit/accepted_rollback.ts";
import { openAuditFile } from "../../src/adapter/audit/audit_file.ts";
import type { AuditOptions } from "../../src/adapter/audit/audit_options.ts";
import { identifyFile, pruneSegments } from "../../src/adapter/audit/audit_prune.ts";
import { verifyAuditFile } from "../../src/adapter/audit/audit_report.ts";
import { listSegments, segmentPath } from "../../src/adapter/audit/audit_segments.ts";
import { bindSegments } from "../../src/adapter/audit/bound_segments.ts";
import { readClosedSegment } from "../../src/adapter/audit/closed_segment.ts";
import { startNativeHash } from "../../src/adapter/native_hash.ts";
import {
  archivePaths,
  archiveSegment,
  type ArchiveTarget,
} from "../../src/adapter/audit/segment_archive.ts";
import { newSigningKeyPem, openSigningKey, verifyEd25519 } from "../../src/adapter/signing_key.ts";
import { listInputsOf, removeUnnamedInputs } from "../../src/adapter/audit/unnamed_inputs.ts";
import type { NewEvent } from "../../src/core/audit/entry.ts";
import { KeyRing } from "../../src/core/audit/key_ring.ts";
import { firstEpoch } from "../../src/core/audit/keys.ts";
import { verifyProof } from "../../src/core/audit/verify_proof.ts";
import { EngineError } from "../../src/core/errors.ts";
import { maxSegmentsPerEntry } from "../../src/core/limits.ts";
import { referencedInputs } from "../../src/core/replay/referenced_inputs.ts";
import {
  append,
  codeOf,
  inFolder,
  makeLog,
  note,
  readAll,
  reopen,
} from "../support/audit_folder.ts";
import { hmacSha256, logId, rootSecret, sha256 } from "../support/audit_log.ts";
import type { LogFiles } from "../support/independent/walk_log.ts";
import { createReader } from "../support/independent_verifier.ts";

const by = { principal: "uid:1", reason: "a test" };

/** A log of closed segments and an open one, each of some notes. */
async function makeSegments(folder: string, segments: number): Promise<AuditOptions> {
  const options = await makeLog(folder, 3);
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

function edit(path: string, change: (text: string) => string): void {
  Deno.chmodSync(path, 0o600);
  Deno.writeTextFileSync(path, change(Deno.readTextFileSync(path)));
}

function errorOf(body: () => unknown): string {
  return assertThrows(body, EngineError).code;
}

/** What is to be pruned of a log, as its verified files say. */
function plan(options: AuditOptions, segments: readonly number[], isNamed = false) {
  const bound = bindSegments(options, startNativeHash, 0);
  return segments.map((seg) => ({
    ...readClosedSegment(options.sidePath, seg),
    sha256: bound.get(seg) ?? "",
    identity: identifyFile(segmentPath(options.sidePath, seg)),
    isNamed,
  }));
}

describe("bindSegments()", () => {
  it("A1 has the hash of every file, and finds any that is another", async () => {
    await inFolder(async (folder) => {
      const options = await makeSegments(folder, 3);
      const bound = bindSegments(options, startNativeHash, 0);
      for (const [seg, digest] of bound) {
        const bytes = Deno.readFileSync(segmentPath(options.sidePath, seg));
        assertEquals(encodeHex(sha256(bytes)), digest);
      }
      assertEquals([...bound.keys()], [2, 1, 0]);
      for (const seg of [0, 1, 2]) {
        const path = segmentPath(options.sidePath, seg);
        const text = Deno.readTextFileSync(path);
        edit(path, () => text.replace('"text":"x"', '"text":"y"'));
        assertEquals(errorOf(() => bindSegments(options, startNativeHash, 0)), "audit_tampered");
        edit(path, () => text);
      }
      edit(options.logPath, (text) => text.replace('"prev_seg_sha256":"', '"prev_seg_sha256":"0'));
      assertEquals(errorOf(() => bindSegments(options, startNativeHash, 0)), "audit_tampered");
    });
  });
  it("AUD-10 finds a file under another number", async () => {
    await inFolder(async (folder) => {
      const options = await makeSegments(folder, 3);
      Deno.renameSync(segmentPath(options.sidePath, 2), segmentPath(options.sidePath, 7));
      assertEquals(errorOf(() => bindSegments(options, startNativeHash, 0)), "audit_tampered");
    });
  });
});

describe("pruneSegments()", () => {
  it("says what goes, then removes it; one more that goes is missing", async () => {
    await inFolder(async (folder) => {
      const options = await makeSegments(folder, 4);
      const audit = await openAuditFile(options);
      const segments = plan(options, [0, 1]);
      const receipts = await pruneSegments(audit, options.sidePath, { segments, by });
      assertEquals(listSegments(options.sidePath), [2, 3]);
      const report = await verifyAuditFile(options);
      const toSeq = segments[1]?.lastSeq ?? 0;
      assertEquals([report.verdict, report.first_seq], ["FRONT-PRUNED", toSeq + 1]);
      const entry = (await readAll(audit)).find(({ seq }) => seq === receipts[0]?.seq);
      assertEquals(entry?.details, {
        to_seq: toSeq,
        principal: "uid:1",
        reason: "a test",
        removed: segments.map(({ seg, sha256 }) => [seg, sha256]),
      });
      await audit.close();
      await reopen(options);
      Deno.removeSync(segmentPath(options.sidePath, 2));
      assertEquals(await verdictOf(options), "MISSING");
    });
  });
  it("names at most 64 segments in an entry", async () => {
    await inFolder(async (folder) => {
      const options = await makeSegments(folder, maxSegmentsPerEntry + 2);
      const audit = await openAuditFile(options);
      const segments = plan(options, listSegments(options.sidePath).slice(0, -1));
      const receipts = await pruneSegments(audit, options.sidePath, {
        segments,
        by: { ...by, reason: "\u{1f600}".repeat(250) },
      });
      await audit.close();
      assertEquals(receipts.length, 2);
      assertEquals(await verdictOf(options), "FRONT-PRUNED");
    });
  });
  it("A4 cut short at any file, ends without another entry", async () => {
    for (const removed of [0, 1, 2]) {
      await inFolder(async (folder) => {
        const options = await makeSegments(folder, 3);
        const audit = await openAuditFile(options);
        const { sidePath } = options;
        const kept = [0, 1, 2].map((seg) => Deno.readFileSync(segmentPath(sidePath, seg)));
        await pruneSegments(audit, sidePath, { segments: plan(options, [0, 1, 2]), by });
        for (let seg = removed; seg < 3; seg++) {
          Deno.writeFileSync(segmentPath(sidePath, seg), kept[seg] ?? new Uint8Array());
        }
        const { head_seq, verdict } = await verifyAuditFile(options);
        assertEquals(verdict, removed === 0 ? "OK-UNANCHORED" : "FRONT-PRUNED");
        const segments = plan(options, listSegments(sidePath), true);
        assertEquals(await pruneSegments(audit, sidePath, { segments, by }), []);
        await audit.close();
        const report = await verifyAuditFile(options);
        assertEquals([report.verdict, report.head_seq], ["FRONT-PRUNED", head_seq]);
      });
    }
  });
  it("removes nothing when a file changed after it was looked at", async () => {
    await inFolder(async (folder) => {
      const options = await makeSegments(folder, 2);
      const audit = await openAuditFile(options);
      const segments = plan(options, [0, 1]);
      edit(segmentPath(options.sidePath, 1), (text) => `${text} `);
      const before = Deno.readTextFileSync(options.logPath);
      const prune = () => pruneSegments(audit, options.sidePath, { segments, by });
      assertEquals(await codeOf(prune), "audit_tampered");
      await audit.close();
      assertEquals(listSegments(options.sidePath), [0, 1]);
      assertEquals(Deno.readTextFileSync(options.logPath), before);
    });
  });
  it("never takes a segment from the middle", async () => {
    await inFolder(async (folder) => {
      const options = await makeSegments(folder, 3);
      const audit = await openAuditFile(options);
      const segments = plan(options, [1]);
      const prune = () => pruneSegments(audit, options.sidePath, { segments, by });
      assertEquals(await codeOf(prune), "audit_tampered");
      await audit.close();
      assertEquals(listSegments(options.sidePath), [0, 1, 2]);
    });
  });
});

describe("segments that were removed by an entry whose key is elsewhere", () => {
  const newSecret = Uint8Array.from({ length: 32 }, (_, i) => 100 + i);
  const ring = KeyRing.ofRoots([newSecret], logId, hmacSha256);

  function readFiles({ logPath, sidePath, markPath }: AuditOptions): LogFiles {
    const paths = [
      ["audit.log", logPath],
      ...listSegments(sidePath).map((seg) => segmentPath(sidePath, seg))
        .map((path) => [`audit.log.d/${path.slice(-18)}`, path]),
      ...[0, 1].map((i) => [`audit.log.d/head.${i}`, `${sidePath}/head.${i}`]),
      ...[0, 1].map((i) => [`mark.${i}`, `${markPath}/mark.${i}`]),
    ] as const;
    return new Map(paths.map(([name = "", path = ""]) => [name, Deno.readFileSync(path)]));
  }

  /** Segments 2 to 4, of which 3 says that 0 and 1 were removed; 5 is under another secret. */
  async function makePruned(folder: string): Promise<AuditOptions> {
    const options = await makeSegments(folder, 3);
    const both = KeyRing.ofRoots([newSecret, rootSecret], logId, hmacSha256);
    const audit = await openAuditFile({ ...options, ring: both });
    await pruneSegments(audit, options.sidePath, { segments: plan(options, [0, 1]), by });
    await audit.rotate();
    const { kid } = firstEpoch(newSecret, logId, hmacSha256);
    await audit.rotate({ to: kid, principal: "uid:1", reason: "a test" });
    await audit.close();
    return { ...options, ring };
  }
  const edits: readonly [string, (options: AuditOptions) => void, string][] = [
    ["no file of them", () => {}, "UNVERIFIABLE"],
    ["AUD-10 one more gone", ({ sidePath }) => {
      Deno.removeSync(segmentPath(sidePath, 2));
    }, "MISSING"],
    ["AUD-10 the one gone that says so", ({ sidePath }) => {
      Deno.removeSync(segmentPath(sidePath, 2));
      Deno.removeSync(segmentPath(sidePath, 3));
    }, "MISSING"],
    ["AUD-01 the entry changed to name one more", ({ sidePath }) => {
      const named = encodeHex(sha256(Deno.readFileSync(segmentPath(sidePath, 2))));
      Deno.removeSync(segmentPath(sidePath, 2));
      const path = segmentPath(sidePath, 3);
      edit(path, (text) => text.replace(/"removed":\[\[0,"[0-9a-f]+"/, `"removed":[[2,"${named}"`));
    }, "TAMPERED"],
  ];
  for (const [name, change, verdict] of edits) {
    it(`${name}: ${verdict}, and the second reader agrees`, async () => {
      await inFolder(async (folder) => {
        const options = await makePruned(folder);
        change(options);
        assertEquals(await verdictOf(options), verdict);
        const read = await createReader({ rootSecrets: [newSecret], logId });
        assertEquals((await read(readFiles(options))).verdict, verdict);
      });
    });
  }
});

describe("archiveSegment()", () => {
  function target(folder: string): ArchiveTarget & { readonly publicKey: Uint8Array } {
    const key = openSigningKey(newSigningKeyPem());
    Deno.mkdirSync(`${folder}/out`);
    const signer = { ...key, logId };
    return {
      folder: `${folder}/out`,
      signer,
      startHash: startNativeHash,
      publicKey: key.publicKey,
    };
  }
  it("copies the file, and proves its seal to who has the public key alone", async () => {
    await inFolder(async (folder) => {
      const options = await makeSegments(folder, 5);
      const to = target(folder);
      for (const [seg, digest] of bindSegments(options, startNativeHash, 0)) {
        const source = { sidePath: options.sidePath, seg, sha256: digest };
        assertEquals(archiveSegment(source, to), true);
        const [copyPath, proofPath] = archivePaths(to.folder, seg);
        assertEquals((Deno.statSync(copyPath).mode ?? 0) & 0o777, 0o600);
        const proof = Deno.readTextFileSync(proofPath);
        const result = verifyProof(proof, { key: to.publicKey, verifyEd25519 });
        assert(result.verdict === "PROVEN", `segment ${seg}: ${JSON.stringify(result)}`);
        const text = Deno.readTextFileSync(copyPath);
        const body = text.slice(0, text.trimEnd().lastIndexOf("\n") + 1);
        const { sha256: named } = result.entry["d"] as Record<string, unknown>;
        assertEquals(encodeHex(sha256(new TextEncoder().encode(body))), named);
        assertEquals(archiveSegment(source, to), false);
      }
    });
  });
  it("refuses a file that stands there, a link, and a segment that is another", async () => {
    await inFolder(async (folder) => {
      const options = await makeSegments(folder, 1);
      const to = target(folder);
      const source = {
        sidePath: options.sidePath,
        seg: 0,
        sha256: bindSegments(options, startNativeHash, 0).get(0) ?? "",
      };
      for (const path of archivePaths(to.folder, 0)) {
        Deno.writeTextFileSync(path, "mine");
        assertEquals(errorOf(() => archiveSegment(source, to)), "keeping_refused");
        assertEquals(Deno.readTextFileSync(path), "mine");
        Deno.removeSync(path);
        Deno.symlinkSync(`${folder}/elsewhere`, path);
        assertEquals(errorOf(() => archiveSegment(source, to)), "keeping_refused");
        Deno.removeSync(path);
      }
      edit(segmentPath(options.sidePath, 0), (text) => text.replace('"text":"x"', '"text":"y"'));
      assertEquals(errorOf(() => archiveSegment(source, to)), "audit_tampered");
      assertEquals([...Deno.readDirSync(to.folder)], []);
    });
  });
});

describe("removeUnnamedInputs()", () => {
  const name = (text: string) => encodeHex(sha256(new TextEncoder().encode(text)));
  it("removes what only removed entries name, and nothing else", async () => {
    await inFolder(async (folder) => {
      const options = await makeSegments(folder, 1);
      const { logPath, sidePath } = options;
      const input = `${sidePath}/input`;
      Deno.mkdirSync(input, { recursive: true });
      const decision = (text: string): NewEvent => ({
        type: "audit.decision",
        severity: "LOW",
        details: { input: `sha256:${name(text)}` },
      });
      const audit = await openAuditFile(options);
      const accepted = { inputs: [], values_sha256: name("accepted") };
      await append(audit, { type: "state.policy_accepted", severity: "LOW", details: accepted });
      await append(audit, ...["gone", "again", "in the state", "not kept"].map(decision));
      // More than one window of lines.
      for (let i = 0; i < 60; i++) {
        const big = { ...note, details: { text: "x".repeat(8_000) } };
        await append(audit, big, big, big);
      }
      await append(audit, decision("late"));
      await audit.rotate();
      await append(audit, decision("again"));
      await audit.rotate();
      const texts = ["accepted", "gone", "again", "in the state", "late", "of nobody"];
      for (const text of texts) Deno.writeTextFileSync(`${input}/${name(text)}`, "x");
      const types = new Set(["audit.decision"]);
      const findReferences = referencedInputs;
      const candidates = listInputsOf(sidePath, [0, 1], { types, findReferences });
      assertEquals(candidates.size, 5);
      await pruneSegments(audit, sidePath, { segments: plan(options, [0, 1]), by });
      await audit.close();
      const state = JSON.stringify({ watched: name("in the state") });
      const removed = removeUnnamedInputs(candidates, { logPath, sidePath, state });
      assertEquals(removed, { count: 2, bytes: 2 });
      const left = [...Deno.readDirSync(input)].map((one) => one.name).sort();
      const kept = texts.filter((text) => text !== "gone" && text !== "late");
      assertEquals(left, kept.map(name).sort());
    });
  });
});

describe("acceptCut()", () => {
  const slotsOf = ({ sidePath, markPath }: AuditOptions) =>
    [0, 1].flatMap((i) => [`${sidePath}/head.${i}`, `${markPath}/mark.${i}`]);

  /** A log that lost its last `lost` entries, and what its slots hold. */
  async function cutLog(folder: string, { lost, torn = 0, segments = 1 }: {
    readonly lost: number;
    readonly torn?: number;
    readonly segments?: number;
  }) {
    const options = await makeSegments(folder, segments);
    const audit = await openAuditFile(options);
    await append(audit, ...Array(30).fill(note));
    await audit.close();
    const lines = Deno.readTextFileSync(options.logPath).trimEnd().split("\n");
    const tail = lines.slice(-lost).join("\n");
    const rest = `${lines.slice(0, -lost).join("\n")}\n${tail.slice(0, torn)}`;
    Deno.writeTextFileSync(options.logPath, rest);
    const slots = slotsOf(options).map((path) => ({ path, bytes: Deno.readFileSync(path) }));
    return { options, slots };
  }
  for (const segments of [0, 1]) {
    for (const lost of [1, 2, 20]) {
      for (const torn of [0, 40]) {
        const name = `${lost} lost entries of segment ${segments}${torn > 0 ? ", torn" : ""}`;
        it(`AUD-06 goes on behind ${name}, cut short or not`, async () => {
          await inFolder(async (folder) => {
            const { options, slots } = await cutLog(folder, { lost, torn, segments });
            assertEquals(await verdictOf(options), "ROLLBACK");
            assertEquals(await codeOf(() => reopen(options)), "audit_rollback");
            const cut = examineCut(options);
            assertEquals(cut.lost.to.seq - cut.lost.from + 1, lost);
            acceptCut(options, cut, by);
            // Killed before heads and marks.
            for (const { path, bytes } of slots) Deno.writeFileSync(path, bytes);
            assertEquals(await verdictOf(options), "ROLLBACK");
            assertEquals(await codeOf(() => reopen(options)), "audit_rollback");
            const again = examineCut(options);
            assertEquals([again.isBegun, again.lost], [true, cut.lost]);
            assertEquals(acceptCut(options, again, by), null);
            assertEquals(await verdictOf(options), "OK-UNANCHORED");
            const audit = await openAuditFile(options);
            await append(audit, note);
            const entries = await readAll(audit);
            await audit.close();
            const accepted = entries.filter(({ type }) => type === "audit.rollback_accepted");
            assertEquals(accepted.map(({ severity, details }) => [severity, details]), [[
              "CRITICAL",
              {
                lost_from: cut.lost.from,
                lost_to: cut.lost.to.seq,
                lost_mac: cut.lost.to.mac,
                principal: "uid:1",
                reason: "a test",
              },
            ]]);
            const kept = [...Deno.readDirSync(`${options.sidePath}/quarantine`)];
            for (const { bytes } of slots) {
              assert(kept.some((one) => one.name === encodeHex(sha256(bytes))));
            }
          });
        });
      }
    }
  }
  it("AUD-06 cut once more, is rolled back once more", async () => {
    await inFolder(async (folder) => {
      const { options } = await cutLog(folder, { lost: 2 });
      acceptCut(options, examineCut(options), by);
      edit(options.logPath, (text) => text.slice(0, text.trimEnd().lastIndexOf("\n") + 1));
      assertEquals(await verdictOf(options), "ROLLBACK");
    });
  });
  const others: readonly [string, (options: AuditOptions) => void, string][] = [
    ["AUD-01 an edited entry", ({ logPath }) => {
      edit(logPath, (text) => text.replace('"text":"x"', '"text":"y"'));
    }, "audit_tampered"],
    ["AUD-09 no newest segment", ({ logPath }) => Deno.removeSync(logPath), "audit_missing"],
    ["AUD-09 an empty file", ({ logPath }) => edit(logPath, () => ""), "audit_missing"],
    ["AUD-06 an older segment in its place", ({ logPath, sidePath }) => {
      Deno.removeSync(logPath);
      Deno.copyFileSync(segmentPath(sidePath, 0), logPath);
      Deno.chmodSync(logPath, 0o600);
    }, "audit_missing"],
    ["a head that nothing is known of", (options) => {
      for (const path of slotsOf(options)) {
        edit(path, (text) => text.replace('"turn":', '"turn":1'));
      }
    }, "audit_tampered"],
  ];
  for (const [name, change, code] of others) {
    it(`refuses ${name}`, async () => {
      await inFolder(async (folder) => {
        const { options } = await cutLog(folder, { lost: 2 });
        change(options);
        assertEquals(errorOf(() => examineCut(options)), code);
      });
    });
  }
  it("refuses a log that lost nothing", async () => {
    await inFolder(async (folder) => {
      const options = await makeSegments(folder, 1);
      assertEquals(errorOf(() => examineCut(options)), "audit_rollback");
    });
  });
  it("AUD-06 refuses another history, as long as any head knows of it", async () => {
    for (const entries of [4, 5, 6]) {
      await inFolder(async (folder) => {
        const options = await makeSegments(folder, 1);
        const paths = [options.logPath, ...slotsOf(options)];
        const read = () => paths.map((path) => Deno.readFileSync(path));
        const write = (all: readonly Uint8Array[]) =>
          all.forEach((bytes, i) => Deno.writeFileSync(paths[i] ?? "", bytes));
        const appendEach = async (count: number, text: string) => {
          const audit = await openAuditFile(options);
          for (let i = 0; i < count; i++) await append(audit, { ...note, details: { text } });
          await audit.close();
        };
        const before = read();
        await appendEach(5, "one story");
        const known = read();
        write(before);
        await appendEach(entries, "another");
        for (const [i, path] of paths.entries()) {
          if (i > 0) Deno.writeFileSync(path, known[i] ?? new Uint8Array());
        }
        assertEquals(await verdictOf(options), "ROLLBACK");
        assertEquals(errorOf(() => examineCut(options)), "audit_rollback");
      });
    }
  });
});
