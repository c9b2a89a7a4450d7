import { assert, assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { openAuditFile } from "../../src/adapter/audit/audit_file.ts";
import type { AuditOptions } from "../../src/adapter/audit/audit_options.ts";
import { verifyAuditFile } from "../../src/adapter/audit/audit_report.ts";
import { KeyRing } from "../../src/core/audit/key_ring.ts";
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
import { hmacSha256, logId } from "../support/audit_log.ts";

function readLines(options: AuditOptions): readonly string[] {
  return Deno.readTextFileSync(options.logPath).split("\n").slice(0, -1);
}

function writeLines(options: AuditOptions, lines: readonly string[]): void {
  Deno.writeTextFileSync(options.logPath, lines.map((line) => `${line}\n`).join(""));
}

function copyFolder(from: string, to: string): void {
  const { success } = new Deno.Command("cp", { args: ["-a", from, to] }).outputSync();
  assert(success);
}

function mkfifo(path: string): void {
  assert(new Deno.Command("mkfifo", { args: [path] }).outputSync().success);
}

describe("openAuditFile()", () => {
  type Edit = (lines: readonly string[]) => readonly string[];
  const swap: Edit = ([a = "", b = "", c = "", ...rest]) => [a, c, b, ...rest];
  const edits: readonly [string, Edit, string, number][] = [
    ["AUD-01 an edit", (l) => l.with(3, l[3]?.replace("LOW", "HIGH") ?? ""), "TAMPERED", 3],
    ["AUD-02 a deleted first line", (l) => l.slice(1), "TAMPERED", 0],
    ["AUD-02 a deleted line", (l) => l.toSpliced(4, 1), "TAMPERED", 4],
    ["AUD-02 a deleted last line", (l) => l.slice(0, -1), "ROLLBACK", 8],
    ["AUD-02 five deleted last lines", (l) => l.slice(0, -5), "ROLLBACK", 4],
    ["AUD-04 a swap", swap, "TAMPERED", 1],
    ["AUD-04 the reverse", (l) => l.toReversed(), "TAMPERED", 0],
    ["AUD-04 a copy", (l) => l.toSpliced(5, 0, l[4] ?? ""), "TAMPERED", 5],
    ["AUD-04 the last first", (l) => [l.at(-1) ?? "", ...l.slice(0, -1)], "TAMPERED", 0],
    ["AUD-16 a broken line", (l) => l.with(6, "{}"), "TAMPERED", 6],
    ["AUD-09 no line", () => [], "ROLLBACK", 0],
  ];
  for (const [name, edit, verdict, seq] of edits) {
    it(`refuses ${name}, and the report says where`, () =>
      inFolder(async (folder) => {
        const options = await makeLog(folder, 8);
        writeLines(options, edit(readLines(options)));
        const before = Deno.readFileSync(options.logPath);
        const code = verdict === "ROLLBACK" ? "audit_rollback" : "audit_tampered";
        assertEquals(await codeOf(() => reopen(options)), code);
        const report = await verifyAuditFile(options);
        assertEquals([report.verdict, report.seq], [verdict, seq]);
        assertEquals(Deno.readFileSync(options.logPath), before);
      }));
  }

  it("A1 says honestly: an edit before the newest snapshot is found by verifyAll(), not by open", () =>
    inFolder(async (folder) => {
      const options = await makeLog(folder, 2 * maxEntriesBetweenSnapshots);
      const lines = readLines(options);
      writeLines(options, lines.with(7, lines[7]?.replace("LOW", "LOX") ?? ""));
      const file = await openAuditFile(options);
      const report = await file.verifyAll();
      assertEquals([report.verdict, report.seq, report.kind], ["TAMPERED", 7, "syntax"]);
      assertEquals(await codeOf(() => readAll(file)), "audit_tampered");
      await file.close();
    }));

  it("AUD-06 refuses an older copy of the log, alone or with its side folder", () =>
    inFolder(async (folder) => {
      const options = await makeLog(folder, 3);
      copyFolder(`${folder}/work`, `${folder}/old`);
      const file = await openAuditFile(options);
      await append(file, note, note);
      await file.close();
      await Deno.copyFile(`${folder}/old/audit.log`, options.logPath);
      assertEquals(await codeOf(() => reopen(options)), "audit_rollback");
      await Deno.remove(`${folder}/work`, { recursive: true });
      copyFolder(`${folder}/old`, `${folder}/work`);
      assertEquals(await codeOf(() => reopen(options)), "audit_rollback");
      assertEquals((await verifyAuditFile(options)).verdict, "ROLLBACK");
    }));

  it("AUD-06 A2 an older copy of everything passes, but not beside an engine that runs", () =>
    inFolder(async (folder) => {
      const options = await makeLog(folder, 3);
      for (const part of ["work", "state"]) {
        copyFolder(`${folder}/${part}`, `${folder}/${part}.old`);
      }
      const file = await openAuditFile(options);
      await append(file, note, note);
      for (const part of ["work", "state"]) {
        await Deno.remove(`${folder}/${part}`, { recursive: true });
        copyFolder(`${folder}/${part}.old`, `${folder}/${part}`);
      }
      assertEquals((await verifyAuditFile(options)).verdict, "OK-UNANCHORED");
      assertEquals((await file.verifyAll()).verdict, "ROLLBACK");
      assertEquals(await codeOf(() => append(file, note)), "audit_tampered");
      await file.close();
    }));

  it("AUD-08 calls the log of another install foreign", () =>
    inFolder(async (folder) => {
      const options = await makeLog(folder, 3);
      await Deno.mkdir(`${folder}/b/work`, { recursive: true });
      const other = await makeLog(`${folder}/b`, 3, { logId: "b0".repeat(16) });
      await Deno.copyFile(other.logPath, options.logPath);
      assertEquals(await codeOf(() => reopen(options)), "audit_foreign");
      assertEquals((await verifyAuditFile(options)).verdict, "FOREIGN-LOG");
      await Deno.remove(options.sidePath, { recursive: true });
      copyFolder(other.sidePath, options.sidePath);
      assertEquals(await codeOf(() => reopen(options)), "audit_foreign");
    }));

  it("does not call a log tampered only because the secret is another", () =>
    inFolder(async (folder) => {
      const options = await makeLog(folder, 3);
      const ring = KeyRing.ofRoots([new Uint8Array(32).fill(7)], logId, hmacSha256);
      const wrong = { ...options, ring };
      assertEquals(await codeOf(() => reopen(wrong)), "audit_unverifiable");
      assertEquals((await verifyAuditFile(wrong)).verdict, "UNVERIFIABLE");
      await reopen(options);
    }));

  const removals: readonly [string, (options: AuditOptions) => void, string][] = [
    ["the log", ({ logPath }) => Deno.removeSync(logPath), "audit_missing"],
    ["the log's bytes", ({ logPath }) => Deno.truncateSync(logPath), "audit_rollback"],
    ["one head", ({ sidePath }) => Deno.removeSync(`${sidePath}/head.1`), "audit_missing"],
    ["one mark", ({ markPath }) => Deno.removeSync(`${markPath}/mark.0`), "audit_missing"],
    ["log and heads", ({ logPath, sidePath }) => {
      Deno.removeSync(logPath);
      Deno.removeSync(sidePath, { recursive: true });
    }, "audit_missing"],
    ["the side folder", ({ sidePath }) => {
      Deno.removeSync(sidePath, { recursive: true });
    }, "audit_missing"],
    ["all marks", ({ markPath }) => {
      Deno.removeSync(markPath, { recursive: true });
    }, "audit_missing"],
    ["the heads' bytes", ({ sidePath }) => {
      for (const slot of [0, 1]) Deno.truncateSync(`${sidePath}/head.${slot}`);
    }, "audit_tampered"],
    ["the marks' sense", ({ markPath }) => {
      for (const slot of [0, 1]) Deno.writeTextFileSync(`${markPath}/mark.${slot}`, "garbage");
    }, "audit_tampered"],
  ];
  for (const [name, remove, code] of removals) {
    it(`AUD-09 FLT-10 fails closed without ${name}`, () =>
      inFolder(async (folder) => {
        const options = await makeLog(folder, 3);
        remove(options);
        assertEquals(await codeOf(() => reopen(options)), code);
        const { verdict } = await verifyAuditFile(options);
        const expected = { audit_missing: "MISSING", audit_rollback: "ROLLBACK" }[code];
        assertEquals(verdict, expected ?? "TAMPERED");
      }));
  }

  it("FLT-10 works with one damaged slot of each pair and heals it", () =>
    inFolder(async (folder) => {
      const options = await makeLog(folder, 3);
      for (const slot of [`${options.sidePath}/head.0`, `${options.markPath}/mark.1`]) {
        Deno.writeFileSync(slot, new Uint8Array(512));
      }
      const file = await openAuditFile(options);
      await append(file, note);
      await append(file, note);
      await file.close();
      await reopen(options);
      const bytes = Deno.readFileSync(`${options.sidePath}/head.0`);
      assert(new TextDecoder().decode(bytes).includes('"hmac"'));
    }));
});

describe("RegularFile", () => {
  const places: readonly [string, (path: string, real: string) => void][] = [
    ["a link to the log", (path, real) => Deno.symlinkSync(real, path)],
    ["a link to /dev/null", (path) => Deno.symlinkSync("/dev/null", path)],
    ["a link to /dev/full", (path) => Deno.symlinkSync("/dev/full", path)],
    ["a link to nothing", (path) => Deno.symlinkSync("nowhere", path)],
    ["a FIFO", (path) => mkfifo(path)],
    ["a folder", (path) => Deno.mkdirSync(path)],
    ["a second name of the log", (path, real) => Deno.linkSync(real, path)],
    ["a copy", (path, real) => Deno.copyFileSync(real, path)],
  ];
  for (const [name, put] of places) {
    it(`AUD-24 AUD-27 refuses ${name} in the log's place, at once`, () =>
      inFolder(async (folder) => {
        const options = await makeLog(folder, 3);
        const file = await openAuditFile(options);
        await Deno.rename(options.logPath, `${folder}/moved.log`);
        put(options.logPath, `${folder}/moved.log`);
        const startedMs = performance.now();
        const running = await codeOf(() => append(file, note));
        assertEquals(running, "audit_tampered");
        if (name !== "a copy") {
          assertEquals(await codeOf(() => reopen(options)), "audit_tampered");
          assertEquals((await verifyAuditFile(options)).verdict, "TAMPERED");
        }
        assert(performance.now() - startedMs < 1_000);
        await file.close();
      }));
  }

  it("AUD-24 refuses links in place of lock, head and mark", () =>
    inFolder(async (folder) => {
      const options = await makeLog(folder, 3);
      const { sidePath, markPath } = options;
      for (const path of [`${sidePath}/lock`, `${sidePath}/head.0`, `${markPath}/mark.1`]) {
        await Deno.rename(path, `${folder}/moved`);
        await Deno.symlink(`${folder}/moved`, path);
        assertEquals(await codeOf(() => reopen(options)), "audit_tampered");
        await Deno.remove(path);
        await Deno.rename(`${folder}/moved`, path);
      }
      await reopen(options);
    }));

  it("AUD-27 RACE-10 refuses to append to a log that was renamed, removed or cut", () =>
    inFolder(async (folder) => {
      const options = await makeLog(folder, 3);
      const file = await openAuditFile(options);
      await Deno.rename(options.logPath, `${folder}/moved.log`);
      assertEquals(await codeOf(() => append(file, note)), "audit_missing");
      await Deno.rename(`${folder}/moved.log`, options.logPath);
      await append(file, note);
      Deno.truncateSync(options.logPath, 100);
      assertEquals(await codeOf(() => append(file, note)), "audit_rollback");
      Deno.removeSync(options.logPath);
      assertEquals(await codeOf(() => append(file, note)), "audit_missing");
      await file.close();
    }));

  it("FLT-06 notices at the next append that the last one is not there", () =>
    inFolder(async (folder) => {
      const options = await makeLog(folder, 3);
      const file = await openAuditFile(options);
      const before = Deno.readFileSync(options.logPath);
      await append(file, note);
      const { size } = Deno.statSync(options.logPath);
      Deno.writeFileSync(options.logPath, before);
      assertEquals(await codeOf(() => append(file, note)), "audit_rollback");
      Deno.truncateSync(options.logPath, size);
      assertEquals(await codeOf(() => append(file, note)), "audit_tampered");
      await file.close();
    }));
});

describe("verifyAll()", () => {
  it("AUD-19 never takes an append that goes on for tampering", () =>
    inFolder(async (folder) => {
      const options = await makeLog(folder, 20);
      const [writer, reader] = [await openAuditFile(options), await openAuditFile(options)];
      for (let run = 0; run < 100; run++) {
        const verifying = reader.verifyAll();
        const appending = [1, 2, 3].map(() => append(writer, note, note));
        const { verdict, entries } = await verifying;
        assertEquals(verdict, "OK-UNANCHORED");
        assert(entries >= 21);
        await Promise.all(appending);
      }
      assertEquals((await readAll(reader)).length, (await writer.verifyAll()).entries);
      await writer.close();
      await reader.close();
    }));

  it("looks at a log nobody can open", () =>
    inFolder(async (folder) => {
      const report = await verifyAuditFile(auditOptions(folder));
      assertEquals([report.verdict, report.entries], ["MISSING", 0]);
    }));
});
