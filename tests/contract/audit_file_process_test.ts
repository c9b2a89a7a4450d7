import { assert, assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { openAuditFile } from "../../src/adapter/audit/audit_file.ts";
import { verifyAuditFile } from "../../src/adapter/audit/audit_report.ts";
import { maxEntriesBetweenSnapshots } from "../../src/core/limits.ts";
import { inFolder, makeLog, readAll, reopen } from "../support/audit_folder.ts";
import { logId, rootSecret } from "../support/audit_log.ts";
import { verifyIndependently } from "../support/independent_verifier.ts";

const worker = new URL("../support/audit_worker.ts", import.meta.url).pathname;
const reader = new URL("../support/audit_reader.ts", import.meta.url).pathname;
const config = new URL("../../deno.json", import.meta.url).pathname;

function denoArgs(program: string, folder: string, permissions: readonly string[]) {
  const run = ["run", "--quiet", "--no-prompt", "--no-check", "--config", config];
  return [...run, ...permissions, program, folder];
}

/** Write access exactly as narrow as the sealed engine's. */
function sealed(folder: string): readonly string[] {
  const writable = ["work/audit.log", "work/audit.log.d", "state/log"];
  return ["--allow-read", `--allow-write=${writable.map((path) => `${folder}/${path}`).join()}`];
}

function start(folder: string, ...args: readonly string[]): Deno.ChildProcess {
  return new Deno.Command(Deno.execPath(), {
    args: [...denoArgs(worker, folder, sealed(folder)), ...args],
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
}

async function linesOf(child: Deno.ChildProcess): Promise<readonly string[]> {
  const { stdout } = await child.output();
  return new TextDecoder().decode(stdout).split("\n").slice(0, -1);
}

describe("transact() in several processes", () => {
  it("AUD-30 FLT-20 makes one chain of what 8 processes append", () =>
    inFolder(async (folder) => {
      const options = await makeLog(folder, 0);
      const children = Array.from({ length: 8 }, () => start(folder, "50"));
      const seqs = (await Promise.all(children.map(linesOf))).flat().map(Number);
      assertEquals(new Set(seqs).size, 400);
      const log = Deno.readFileSync(options.logPath);
      const independent = await verifyIndependently(log, { rootSecret, logId });
      assertEquals(independent.isIntact, true);
      const file = await openAuditFile(options);
      const notes = (await readAll(file)).filter(({ type }) => type === "NOTE");
      assertEquals(notes.map(({ seq }) => seq), seqs.toSorted((a, b) => a - b));
      assertEquals((await file.verifyAll()).verdict, "OK-UNANCHORED");
      await file.close();
    }));

  it("AUD-31 FLT-08 A3 A4 loses no acknowledged entry when writers are killed", () =>
    inFolder(async (folder) => {
      const options = await makeLog(folder, 0);
      const acknowledged: number[] = [];
      for (let run = 0; run < 10; run++) {
        const children = [start(folder, "0", "3000"), start(folder, "0", "10")];
        const ending = children.map(linesOf);
        await new Promise((resolve) => setTimeout(resolve, 350 + run * 13));
        for (const child of children) child.kill("SIGKILL");
        for (const lines of await Promise.all(ending)) acknowledged.push(...lines.map(Number));
        const { verdict } = await verifyAuditFile(options);
        assert(["OK-UNANCHORED", "UNCLEAN-END"].includes(verdict), verdict);
        await reopen(options);
      }
      assert(acknowledged.length > 100, `only ${acknowledged.length} entries were written`);
      assertEquals(new Set(acknowledged).size, acknowledged.length);
      const file = await openAuditFile(options);
      const present = new Set((await readAll(file)).map(({ seq }) => seq));
      assertEquals(acknowledged.filter((seq) => !present.has(seq)), []);
      await file.close();
    }));
});

describe("openAuditFile() in a sealed process", () => {
  it("appends, takes snapshots and repairs with write access to the log's own places only", () =>
    inFolder(async (folder) => {
      const options = await makeLog(folder, 0);
      Deno.writeTextFileSync(options.logPath, '{"torn', { append: true });
      const count = maxEntriesBetweenSnapshots + 5;
      const lines = await linesOf(start(folder, String(count)));
      assertEquals(lines.length, count);
      assertEquals(lines[0], "2");
      assertEquals([...Deno.readDirSync(`${options.sidePath}/state`)].length, 1);
      assertEquals([...Deno.readDirSync(`${options.sidePath}/quarantine`)].length, 1);
      assertEquals((await verifyAuditFile(options)).verdict, "OK-UNANCHORED");
    }));

  it("FLT-19 verifies without any write access", () =>
    inFolder(async (folder) => {
      await makeLog(folder, 5);
      const child = new Deno.Command(Deno.execPath(), {
        args: denoArgs(reader, folder, ["--allow-read"]),
        stdout: "piped",
        stderr: "inherit",
      }).spawn();
      assertEquals(await linesOf(child), ["OK-UNANCHORED"]);
    }));

  it("FLT-19 cannot open for writing without write access", () =>
    inFolder(async (folder) => {
      await makeLog(folder, 5);
      const child = new Deno.Command(Deno.execPath(), {
        args: [...denoArgs(worker, folder, ["--allow-read"]), "1"],
        stdout: "piped",
        stderr: "inherit",
      }).spawn();
      assertEquals(await linesOf(child), ["audit_unwritable"]);
    }));
});

describe("transact() on a disk that is full", () => {
  it("FLT-03 FLT-18 A3 acknowledges nothing it could not write, and goes on once there is room", () =>
    inFolder(async (folder) => {
      const options = await makeLog(folder, 0);
      const run = denoArgs(worker, folder, sealed(folder)).map((arg) => `'${arg}'`).join(" ");
      // A file size limit is a disk that fills up in the middle of a write: the write is short.
      const limited = (bytes: number) =>
        new Deno.Command("bash", {
          args: ["-c", `trap '' XFSZ; ulimit -f 20; exec '${Deno.execPath()}' ${run} 0 ${bytes}`],
          stdout: "piped",
          stderr: "inherit",
        }).spawn();
      const lines = await linesOf(limited(3_000));
      assertEquals(lines.at(-1), "audit_unwritable");
      const acknowledged = lines.slice(0, -1).map(Number);
      assert(acknowledged.length > 2);
      assertEquals((await verifyAuditFile(options)).verdict, "UNCLEAN-END");
      assertEquals((await linesOf(limited(3_000))).at(-1), "audit_unwritable");
      const file = await openAuditFile(options);
      const entries = await readAll(file);
      assertEquals(acknowledged.every((seq) => entries[seq]?.type === "NOTE"), true);
      assertEquals((await file.verifyAll()).verdict, "OK-UNANCHORED");
      await file.close();
    }));
});
