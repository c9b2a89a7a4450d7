import { assert, assertEquals, assertRejects } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { openAtRest } from "../../src/adapter/audit/audit_at_rest.ts";
import { openAuditFile } from "../../src/adapter/audit/audit_file.ts";
import type { AuditOptions } from "../../src/adapter/audit/audit_options.ts";
import { verifyAuditFile } from "../../src/adapter/audit/audit_report.ts";
import { segmentPath } from "../../src/adapter/audit/audit_segments.ts";
import { verifyLogFiles, type VerifyRequest } from "../../src/adapter/audit/audit_verify.ts";
import { readVerified } from "../../src/adapter/audit/audit_verified.ts";
import { walkParallel } from "../../src/adapter/audit/audit_walk_parallel.ts";
import { startNativeHash } from "../../src/adapter/native_hash.ts";
import { judgeLog } from "../../src/core/audit/judge_log.ts";
import type { LogReport } from "../../src/core/audit/log_report.ts";
import { Frontier } from "../../src/core/audit/merkle/frontier.ts";
import { hashLeaf } from "../../src/core/audit/merkle/hash_leaf.ts";
import { KeyRing } from "../../src/core/audit/key_ring.ts";
import { pruneEvent } from "../../src/core/audit/segment.ts";
import { append, inFolder, makeLog, note, readAll } from "../support/audit_folder.ts";
import { hmacSha256, logId } from "../support/audit_log.ts";

const full: VerifyRequest = { mode: "full", macs: [], trees: [], threads: 1 };

async function makeSegments(folder: string, segments: number): Promise<AuditOptions> {
  const options = await makeLog(folder, 5);
  const file = await openAuditFile(options);
  for (let i = 0; i < segments; i++) {
    assert(await file.rotate());
    await append(file, ...Array(20).fill(note));
  }
  await file.close();
  return options;
}

async function verifyParallel(options: AuditOptions): Promise<LogReport> {
  using rest = await openAtRest(options);
  const how = { startHash: startNativeHash, threads: 2, onVerified: () => {} };
  return judgeLog(await walkParallel(rest, options, how));
}

/** All lines of a log, oldest first, as text. */
function readLines({ sidePath, logPath }: AuditOptions, segments: number): readonly string[] {
  const paths = Array.from({ length: segments }, (_, seg) => segmentPath(sidePath, seg));
  return [...paths, logPath].flatMap((path) =>
    Deno.readTextFileSync(path).split("\n").slice(0, -1)
  );
}

function rootOf(lines: readonly string[]): Uint8Array {
  const tree = new Frontier();
  for (const line of lines) tree.append(hashLeaf(new TextEncoder().encode(line)));
  return tree.root();
}

function edit(path: string, change: (text: string) => string): void {
  Deno.chmodSync(path, 0o600);
  Deno.writeTextFileSync(path, change(Deno.readTextFileSync(path)));
}

/** What was done to a log of three closed segments. */
const edits: readonly [string, (options: AuditOptions) => void][] = [
  ["nothing", () => {}],
  ["an edited entry", ({ sidePath }) => {
    edit(segmentPath(sidePath, 1), (text) => text.replace('"text":"x"', '"text":"y"'));
  }],
  ["an edited seal", ({ sidePath }) => {
    edit(segmentPath(sidePath, 1), (text) => text.replace('"n":', '"m":'));
  }],
  ["an edited first line", ({ sidePath }) => {
    edit(segmentPath(sidePath, 2), (text) => text.replace('"seg":2', '"seg":3'));
  }],
  ["a cut segment", ({ sidePath }) => {
    edit(segmentPath(sidePath, 0), (text) => text.slice(0, -9));
  }],
  ["an edited newest segment", ({ logPath }) => {
    edit(logPath, (text) => text.replace('"text":"x"', '"text":"y"'));
  }],
  ["a missing segment", ({ sidePath }) => Deno.removeSync(segmentPath(sidePath, 1))],
  ["a segment in another's place", ({ sidePath }) => {
    Deno.renameSync(segmentPath(sidePath, 2), segmentPath(sidePath, 1));
  }],
];

describe("every way to verify", () => {
  for (const [name, change] of edits) {
    it(`AUD-10 reaches one verdict: ${name}`, async () => {
      await inFolder(async (folder) => {
        const options = await makeSegments(folder, 3);
        await verifyLogFiles(options, { ...full, mode: "since" });
        change(options);
        const walked = await verifyAuditFile(options);
        assertEquals(await verifyLogFiles(options, full), walked);
        assertEquals(await verifyParallel(options), walked);
        assertEquals(walked.verdict === "OK-UNANCHORED", name === "nothing", walked.message);
        const seals = await verifyLogFiles(options, { ...full, mode: "seals" });
        const since = await verifyLogFiles(options, { ...full, mode: "since" });
        for (const { verdict, segment } of [seals, since]) {
          assertEquals([verdict, segment], [walked.verdict, walked.segment]);
        }
      });
    });
  }
  it("AUD-01 finds any byte of a closed segment by its seal", async () => {
    await inFolder(async (folder) => {
      const options = await makeSegments(folder, 2);
      const path = segmentPath(options.sidePath, 0);
      const whole = Deno.readFileSync(path);
      Deno.chmodSync(path, 0o600);
      for (let at = 0; at < whole.length; at += 3) {
        const changed = Uint8Array.from(whole);
        changed[at] = (changed[at] ?? 0) ^ 1;
        Deno.writeFileSync(path, changed);
        const { verdict } = await verifyLogFiles(options, { ...full, mode: "seals" });
        assertEquals(verdict, "TAMPERED", `byte ${at}`);
      }
    });
  });
});

describe("verifyLogFiles() against anchors", () => {
  it("AUD-06 says OK only when something outside agrees", async () => {
    await inFolder(async (folder) => {
      const options = await makeSegments(folder, 2);
      const lines = readLines(options, 2);
      for (const size of [1, 7, 8, 20, lines.length]) {
        const entry = JSON.parse(lines[size - 1] ?? "");
        const macs = [{ seq: entry.seq, prefix: entry.mac.slice(0, 20) }];
        const trees = [{ size, root: rootOf(lines.slice(0, size)) }];
        for (const anchors of [{ macs }, { trees }, { macs, trees }]) {
          const { verdict, anchors: count } = await verifyLogFiles(options, {
            ...full,
            ...anchors,
          });
          assertEquals([verdict, count], ["OK", Object.keys(anchors).length]);
        }
      }
    });
  });
  it("AUD-06 calls another history a fork", async () => {
    await inFolder(async (folder) => {
      const options = await makeSegments(folder, 1);
      const macs = [{ seq: 9, prefix: "ab".repeat(10) }];
      const byMac = await verifyLogFiles(options, { ...full, macs });
      assertEquals([byMac.verdict, byMac.seq], ["FORK", 9]);
      const trees = [{ size: 9, root: new Uint8Array(32) }];
      assertEquals((await verifyLogFiles(options, { ...full, trees })).verdict, "FORK");
    });
  });
  it("AUD-06 finds everything rolled back together, heads and marks too", async () => {
    await inFolder(async (folder) => {
      const options = await makeSegments(folder, 1);
      const copied = new Deno.Command("cp", { args: ["-a", folder, `${folder}.old`] }).outputSync();
      assert(copied.success);
      const file = await openAuditFile(options);
      const { receipts } = await append(file, note);
      await file.close();
      const macs = receipts.map(({ seq, mac }) => ({ seq, prefix: mac.slice(0, 20) }));
      const lines = readLines(options, 1);
      const trees = [{ size: lines.length, root: rootOf(lines) }];
      Deno.removeSync(folder, { recursive: true });
      Deno.renameSync(`${folder}.old`, folder);
      assertEquals((await verifyLogFiles(options, full)).verdict, "OK-UNANCHORED");
      assertEquals((await verifyLogFiles(options, { ...full, macs })).verdict, "ROLLBACK");
      assertEquals((await verifyLogFiles(options, { ...full, trees })).verdict, "ROLLBACK");
    });
  });
});

describe("a log whose front was pruned", () => {
  async function prune(options: AuditOptions): Promise<void> {
    const file = await openAuditFile(options);
    const path = segmentPath(options.sidePath, 0);
    const sha256 = new Uint8Array(
      await crypto.subtle.digest("SHA-256", Deno.readFileSync(path)),
    ).toHex();
    const by = { toSeq: 6, principal: "uid:1", reason: "old" };
    await append(file, pruneEvent([[0, sha256]], by));
    assert(await file.rotate());
    await append(file, note);
    await file.close();
    Deno.removeSync(path);
  }
  it("AUD-10 verifies from where it begins, in every way", async () => {
    await inFolder(async (folder) => {
      const options = await makeSegments(folder, 2);
      await prune(options);
      for (const mode of ["full", "seals", "since"] as const) {
        const report = await verifyLogFiles(options, { ...full, mode });
        assertEquals([report.verdict, report.first_seq], ["FRONT-PRUNED", 7], mode);
      }
      assertEquals((await verifyParallel(options)).verdict, "FRONT-PRUNED");
      const file = await openAuditFile(options);
      assertEquals((await readAll(file))[0]?.seq, 7);
      await append(file, note);
      await file.close();
    });
  });
  it("AUD-10 misses one more segment", async () => {
    await inFolder(async (folder) => {
      const options = await makeSegments(folder, 2);
      await prune(options);
      Deno.removeSync(segmentPath(options.sidePath, 1));
      for (const mode of ["full", "seals"] as const) {
        assertEquals((await verifyLogFiles(options, { ...full, mode })).verdict, "MISSING", mode);
      }
    });
  });
});

describe("verifyLogFiles() since the last time", () => {
  it("goes on where it was interrupted", async () => {
    await inFolder(async (folder) => {
      const options = await makeSegments(folder, 4);
      let windows = 0;
      const stop = () => {
        if (++windows === 4) throw new Error("interrupted");
      };
      const since: VerifyRequest = { ...full, mode: "since", rememberMs: 0 };
      await assertRejects(() => verifyLogFiles(options, { ...since, onVerified: stop }), Error);
      assertEquals([...readVerified(options).keys()], [0, 1]);
      windows = 0;
      const onVerified = () => windows++;
      const { verdict } = await verifyLogFiles(options, { ...since, onVerified });
      // Segments 2 and 3 and the newest one; the others by their hashes.
      assertEquals([verdict, windows], ["OK-UNANCHORED", 3]);
    });
  });
  it("does not take a cache of another log, or a changed one", async () => {
    await inFolder(async (folder) => {
      const options = await makeSegments(folder, 2);
      await verifyLogFiles(options, { ...full, mode: "since" });
      const path = `${options.sidePath}/verified`;
      const cache = Deno.readTextFileSync(path);
      edit(segmentPath(options.sidePath, 0), (text) => text.replace('"text":"x"', '"text":"y"'));
      const changed = Deno.readFileSync(segmentPath(options.sidePath, 0));
      const sha256 = new Uint8Array(await crypto.subtle.digest("SHA-256", changed)).toHex();
      Deno.writeTextFileSync(path, cache.replace(/(?<=\n0 )[0-9a-f]{64}/, sha256));
      const report = await verifyLogFiles(options, { ...full, mode: "since" });
      assertEquals([report.verdict, report.segment], ["TAMPERED", 0]);
    });
  });
  it("says what cannot be verified with the wrong secret, whatever is cached", async () => {
    await inFolder(async (folder) => {
      const options = await makeSegments(folder, 1);
      await verifyLogFiles(options, { ...full, mode: "since" });
      const ring = KeyRing.ofRoots([new Uint8Array(32).fill(9)], logId, hmacSha256);
      for (const mode of ["full", "seals", "since"] as const) {
        const { verdict } = await verifyLogFiles({ ...options, ring }, { ...full, mode });
        assertEquals(verdict, "UNVERIFIABLE", mode);
      }
    });
  });
});
