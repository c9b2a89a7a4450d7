/** Closed segments, each verified by itself and joined afterwards, against the walk of the whole log. */
import { assert, assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { openAuditFile } from "../../src/adapter/audit/audit_file.ts";
import type { AuditOptions } from "../../src/adapter/audit/audit_options.ts";
import { verifyAuditFile } from "../../src/adapter/audit/audit_report.ts";
import { segmentPath } from "../../src/adapter/audit/audit_segments.ts";
import { verifySegmentFile } from "../../src/adapter/audit/audit_verify_segment.ts";
import { startNativeHash } from "../../src/adapter/native_hash.ts";
import { joinSegments } from "../../src/core/audit/join_segments.ts";
import { KeyRing } from "../../src/core/audit/key_ring.ts";
import { firstEpoch } from "../../src/core/audit/keys.ts";
import { parseSegmentResults } from "../../src/core/audit/parse_segment_results.ts";
import type { SegmentResult } from "../../src/core/audit/segment_result.ts";
import { append, auditOptions, codeOf, inFolder, makeLog, note } from "../support/audit_folder.ts";
import { hmacSha256, logId, rootSecret, sha256 } from "../support/audit_log.ts";

const otherSecret = crypto.getRandomValues(new Uint8Array(32));
const check = {
  secrets: [rootSecret],
  hmac: hmacSha256,
  sha256,
  startHash: startNativeHash,
} as const;
const verify = (path: string) => verifySegmentFile(path, check);

/** Four closed segments, 0 to 3, and an open one. */
async function makeSegments(
  folder: string,
  changed: Partial<AuditOptions> = {},
): Promise<AuditOptions> {
  const options = await makeLog(folder, 5, changed);
  const file = await openAuditFile(options);
  for (let i = 0; i < 4; i++) {
    assert(await file.rotate());
    await append(file, ...Array(20).fill(note));
  }
  await file.close();
  return options;
}

const pathsOf = ({ sidePath }: AuditOptions) =>
  [0, 1, 2, 3].map((seg) => segmentPath(sidePath, seg));

async function verifyAll(paths: readonly string[]): Promise<readonly SegmentResult[]> {
  const results: SegmentResult[] = [];
  for (const path of paths) results.push(await verify(path));
  return results;
}

function edit(path: string, change: (text: string) => string): void {
  Deno.chmodSync(path, 0o600);
  Deno.writeTextFileSync(path, change(Deno.readTextFileSync(path)));
}

async function hexOf(path: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", Deno.readFileSync(path));
  return new Uint8Array(digest).toHex();
}

describe("verifySegmentFile()", () => {
  it("AUD-34 needs the file and the root secret, and joins to what the whole walk finds", async () => {
    await inFolder(async (folder) => {
      const options = await makeSegments(folder);
      const results = await verifyAll(pathsOf(options));
      for (const [seg, { found, verdict }] of results.entries()) {
        const path = segmentPath(options.sidePath, seg);
        assertEquals([verdict, found?.seg, found?.log_id], ["OK-UNANCHORED", seg, logId]);
        assertEquals([found?.sha256, found?.bytes], [await hexOf(path), Deno.statSync(path).size]);
      }
      const joined = joinSegments(results);
      const whole = await verifyAuditFile(options);
      const [, second] = results;
      assertEquals(joined.verdict, "OK-UNANCHORED");
      assertEquals([joined.segments, joined.first_seq, joined.last_seg], [4, 0, 3]);
      assertEquals(second?.found?.prev, results[0]?.found?.head_mac);
      // The open segment has what the closed ones do not.
      const [firstLine = ""] = Deno.readTextFileSync(options.logPath).split("\n");
      assertEquals(JSON.parse(firstLine).prev, joined.head_mac);
      assertEquals(JSON.parse(firstLine).d.genesis, joined.fingerprint);
      assertEquals(whole.entries > joined.entries, true);
    });
  });
  it("AUD-01 finds a change of any byte", async () => {
    await inFolder(async (folder) => {
      const options = await makeSegments(folder);
      const path = segmentPath(options.sidePath, 1);
      const bytes = Deno.readFileSync(path);
      Deno.chmodSync(path, 0o600);
      const kinds = new Set<string>();
      for (let at = 0; at < bytes.length; at += at < 1_200 ? 1 : 7) {
        const changed = Uint8Array.from(bytes);
        changed[at] = (changed[at] ?? 0) ^ 1;
        Deno.writeFileSync(path, changed);
        const { verdict, found, fault } = await verify(path);
        kinds.add(verdict);
        assertEquals([found, fault === null], [null, false], `byte ${at}`);
      }
      // A first line that names another key or log leads to no key of ours.
      assertEquals([...kinds].sort(), ["NO-SEGMENT", "TAMPERED", "UNVERIFIABLE"]);
    });
  });
  it("AUD-09 AUD-13 answers bad input with a verdict and a place", async () => {
    await inFolder(async (folder) => {
      const options = await makeSegments(folder);
      const text = Deno.readTextFileSync(segmentPath(options.sidePath, 1));
      const lines = text.split("\n").slice(0, -1);
      const line = (from: number, to?: number) => `${lines.slice(from, to).join("\n")}\n`;
      const genesis = Deno.readTextFileSync(segmentPath(options.sidePath, 0)).split("\n")[0];
      const rows: readonly (readonly [string, string | Uint8Array<ArrayBuffer>, string, string])[] =
        [
          ["empty", "", "NO-SEGMENT", "syntax"],
          ["empty lines", "\n".repeat(100_000), "NO-SEGMENT", "syntax"],
          ["garbage", crypto.getRandomValues(new Uint8Array(50_000)), "NO-SEGMENT", "syntax"],
          ["one long line", "x".repeat(5_000_000), "NO-SEGMENT", "syntax"],
          ["one long line of ours", `{"v":1,"seq":${"1".repeat(5_000_000)}`, "TAMPERED", "syntax"],
          ["a byte order mark", `\ufeff${text}`, "NO-SEGMENT", "syntax"],
          ["CR LF", text.replaceAll("\n", "\r\n"), "TAMPERED", "syntax"],
          ["another line's beginning", line(1), "TAMPERED", "structure"],
          ["the genesis line alone", `${genesis}\n`, "TAMPERED", "seal"],
          ["no seal", line(0, -1), "TAMPERED", "seal"],
          ["a torn end", text.slice(0, -9), "TAMPERED", "frame"],
          ["something behind the seal", `${text}x`, "TAMPERED", "frame"],
          ["a swap", `${line(0, 3)}${line(4, 5)}${line(3, 4)}${line(5)}`, "TAMPERED", "sequence"],
          ["a line removed", `${line(0, 3)}${line(4)}`, "TAMPERED", "sequence"],
          ["the newest segment", Deno.readTextFileSync(options.logPath), "TAMPERED", "seal"],
        ];
      const path = `${folder}/file`;
      for (const [name, content, verdict, kind] of rows) {
        if (typeof content === "string") Deno.writeTextFileSync(path, content);
        else Deno.writeFileSync(path, content);
        const result = await verify(path);
        assertEquals(
          [result.verdict, result.fault?.kind, result.found],
          [verdict, kind, null],
          name,
        );
      }
    });
  });
  it("AUD-24 refuses what is no regular file with one name", async () => {
    await inFolder(async (folder) => {
      const options = await makeSegments(folder);
      Deno.symlinkSync(segmentPath(options.sidePath, 0), `${folder}/link`);
      Deno.linkSync(segmentPath(options.sidePath, 1), `${folder}/second`);
      for (const name of ["link", "second", "work", "absent"]) {
        assertEquals(await codeOf(() => verify(`${folder}/${name}`)), "audit_unreadable", name);
      }
    });
  });
  it("says nothing of a file under another secret", async () => {
    await inFolder(async (folder) => {
      const options = await makeSegments(folder);
      const path = segmentPath(options.sidePath, 2);
      const { verdict, found } = await verifySegmentFile(path, {
        ...check,
        secrets: [otherSecret],
      });
      assertEquals([verdict, found], ["UNVERIFIABLE", null]);
      const both = await verifySegmentFile(path, { ...check, secrets: [otherSecret, rootSecret] });
      assertEquals(both, await verify(path));
    });
  });
});

describe("joinSegments()", () => {
  it("AUD-10 finds what is missing, swapped, doubled, forked or of another log", async () => {
    await inFolder(async (folder) => {
      await Deno.mkdir(`${folder}/a/work`, { recursive: true });
      await Deno.mkdir(`${folder}/b/work`, { recursive: true });
      await Deno.mkdir(`${folder}/c/work`, { recursive: true });
      const a = await verifyAll(pathsOf(await makeSegments(`${folder}/a`)));
      // The same secret and id, another history; and the same secret, another id.
      const b = await verifyAll(pathsOf(await makeSegments(`${folder}/b`)));
      const c = await verifyAll(
        pathsOf(await makeSegments(`${folder}/c`, { logId: "f".repeat(32) })),
      );
      const pick = (from: readonly SegmentResult[], ...at: number[]) =>
        from.filter((_, i) => at.includes(i));
      const rows: readonly (readonly [string, readonly SegmentResult[], string, string | null])[] =
        [
          ["all", a, "OK-UNANCHORED", null],
          ["any order", a.toReversed(), "OK-UNANCHORED", null],
          ["a job that ran twice", [...a, ...pick(a, 1)], "OK-UNANCHORED", null],
          ["without the front", pick(a, 2, 3), "OK-UNANCHORED", null],
          ["a gap", pick(a, 0, 1, 3), "MISSING", null],
          [
            "another history's segment",
            [...pick(a, 0, 1, 3), ...pick(b, 2)],
            "FOREIGN-LOG",
            "fingerprint",
          ],
          ["another log", [...pick(a, 0, 1), ...pick(c, 2)], "FOREIGN-LOG", "log_id"],
        ];
      for (const [name, results, verdict, kind] of rows) {
        const joined = joinSegments(results);
        assertEquals([joined.verdict, joined.kind], [verdict, kind], name);
      }
    });
  });
  it("AUD-06 tells two histories that begin alike", async () => {
    await inFolder(async (folder) => {
      const options = await makeLog(folder, 5);
      const one = await openAuditFile(options);
      assert(await one.rotate());
      await append(one, note);
      await one.close();
      const copied = new Deno.Command("cp", {
        args: ["-a", `${folder}/work`, `${folder}/state`, `${folder}/copy`],
      });
      await Deno.mkdir(`${folder}/copy`);
      assert(copied.outputSync().success);
      const twin = auditOptions(`${folder}/copy`);
      for (const one of [options, twin]) {
        const file = await openAuditFile(one);
        await append(file, note);
        for (let i = 0; i < 2; i++) assert(await file.rotate());
        await file.close();
      }
      const first = await verifyAll([0, 1, 2].map((seg) => segmentPath(options.sidePath, seg)));
      const second = await verifyAll([1, 2].map((seg) => segmentPath(twin.sidePath, seg)));
      assertEquals(joinSegments(first).verdict, "OK-UNANCHORED");
      assertEquals(joinSegments([...first, ...second]).verdict, "FORK");
      const mixed = [...first.slice(0, 2), ...second.slice(1)];
      const joined = joinSegments(mixed);
      assertEquals([joined.verdict, joined.kind, joined.file], [
        "TAMPERED",
        "seal",
        first[1]?.file,
      ]);
    });
  });
  it("AUD-06 holds them against head codes of seals", async () => {
    await inFolder(async (folder) => {
      const results = await verifyAll(pathsOf(await makeSegments(folder)));
      const [zero = fail(), , two = fail(), three = fail()] = results.map(({ found }) =>
        found ?? fail()
      );
      const code = (seq: number, mac: string) => ({ seq, prefix: mac.slice(0, 20) });
      const sealed = code(three.head_seq, three.head_mac);
      const rows:
        readonly (readonly [string, number, readonly (typeof sealed)[], string, number])[] = [
          ["the last seal", 4, [sealed], "OK", 1],
          ["two", 4, [sealed, code(zero.head_seq, zero.head_mac)], "OK", 2],
          ["what a later one continues", 4, [code(two.first_seq - 1, two.prev)], "OK", 1],
          ["an entry within", 4, [code(three.head_seq - 1, "ab".repeat(10))], "OK-UNANCHORED", 0],
          ["another history", 4, [sealed, code(zero.head_seq, "ab".repeat(10))], "FORK", 1],
          ["a lost end", 3, [sealed], "MISSING", 0],
        ];
      for (const [name, count, codes, verdict, anchors] of rows) {
        const joined = joinSegments(results.slice(0, count), codes);
        assertEquals([joined.verdict, joined.anchors], [verdict, anchors], name);
      }
    });
  });
  it("names the tampered file before all else", async () => {
    await inFolder(async (folder) => {
      const options = await makeSegments(folder);
      const paths = pathsOf(options);
      edit(paths[2] ?? "", (text) => text.replace('"text":"x"', '"text":"y"'));
      const joined = joinSegments(await verifyAll([paths[2], paths[0]].map((path) => path ?? "")));
      assertEquals([joined.verdict, joined.kind, joined.file], ["TAMPERED", "mac", paths[2]]);
      const whole = await verifyAuditFile(options);
      assertEquals([whole.verdict, whole.segment, whole.kind], ["TAMPERED", 2, "mac"]);
    });
  });
  it("AUD-11 follows a change of the root secret, and only an announced one", async () => {
    await inFolder(async (folder) => {
      const options = await makeSegments(folder);
      const ring = KeyRing.ofRoots([otherSecret, rootSecret], logId, hmacSha256);
      const { kid: to } = firstEpoch(otherSecret, logId, hmacSha256);
      const file = await openAuditFile({ ...options, ring });
      assert(await file.rotate({ to, principal: "uid:1", reason: "yearly" }));
      assert(await file.rotate());
      await file.close();
      const secrets = [rootSecret, otherSecret] as const;
      const results: SegmentResult[] = [];
      for (const seg of [3, 4, 5]) {
        const path = segmentPath(options.sidePath, seg);
        results.push(await verifySegmentFile(path, { ...check, secrets }));
      }
      assertEquals(joinSegments(results).verdict, "OK-UNANCHORED");
      const [before, ...after] = results.map((one) => ({ ...one, found: one.found ?? fail() }));
      const broken = after.map((one) => ({ ...one, found: { ...one.found, key_begin: null } }));
      const joined = joinSegments([before ?? fail(), ...broken]);
      assertEquals([joined.verdict, joined.kind], ["TAMPERED", "key"]);
      // With the new secret alone the older segments cannot be judged; nobody calls them tampered.
      const blind = await verifySegmentFile(segmentPath(options.sidePath, 3), {
        ...check,
        secrets: [otherSecret],
      });
      assertEquals(joinSegments([blind, ...after]).verdict, "UNVERIFIABLE");
    });
  });
});

describe("parseSegmentResults()", () => {
  it("reads back what was printed, and nothing else", async () => {
    await inFolder(async (folder) => {
      const results = await verifyAll(pathsOf(await makeSegments(folder)));
      const rows = results.map((one) => ({ schema_version: 1, ...one }));
      const lines = rows.map((row) => `${JSON.stringify(row)}\n`).join("");
      const joined = JSON.stringify({ schema_version: 1, joined: joinSegments(results) });
      assertEquals(parseSegmentResults(`${lines}${joined}\n`), results);
      const document = { schema_version: 1, segments: results, joined: null };
      assertEquals(parseSegmentResults(JSON.stringify(document, null, 2)), results);
      const [row = fail()] = rows;
      const found = row.found ?? fail();
      const wrong: readonly unknown[] = [
        1,
        [],
        {},
        { ...row, schema_version: 2 },
        { ...row, verdict: "OK" },
        { ...row, verdict: "TAMPERED" },
        { ...row, found: null },
        { ...row, found: { ...found, seg: -1 } },
        { ...row, found: { ...found, seg: 1e9 } },
        { ...row, found: { ...found, sha256: found.sha256.toUpperCase() } },
        { ...row, found: { ...found, entries: found.entries + 1 } },
        { ...row, found: { ...found, prev_seg_sha256: found.sha256 } },
        { ...row, found: { ...found, key_begin: {} } },
      ];
      for (const value of wrong) {
        const text = JSON.stringify(value);
        const code = await codeOf(() => Promise.resolve().then(() => parseSegmentResults(text)));
        assertEquals(code, "proof_invalid", text);
      }
    });
  });
});

function fail(): never {
  throw new Error("not found");
}
