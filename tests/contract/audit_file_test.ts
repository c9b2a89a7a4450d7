import { assert, assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { createAuditFile, openAuditFile } from "../../src/adapter/audit/audit_file.ts";
import type { AuditOptions } from "../../src/adapter/audit/audit_options.ts";
import { verifyAuditFile } from "../../src/adapter/audit/audit_report.ts";
import type { NewEvent } from "../../src/core/audit/entry.ts";
import { stateTypes } from "../../src/core/audit/state.ts";
import { EngineError } from "../../src/core/errors.ts";
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

const acceptance: NewEvent = {
  type: stateTypes.accepted,
  severity: "CRITICAL",
  details: { policy_digest: "sha256:aa", inputs: [{ path: "p", sha256: "aa" }] },
};

describe("createAuditFile()", () => {
  it("writes a genesis that names the log, and what the caller adds", () =>
    inFolder(async (folder) => {
      const options = auditOptions(folder);
      const file = await createAuditFile({ ...options, genesis: { tool: "x", log: "forged" } });
      const [genesis] = await readAll(file);
      assertEquals(genesis?.details, {
        log: options.logId,
        alg: "HMAC-SHA256",
        seg: 0,
        tool: "x",
      });
      await file.close();
    }));

  it("leaves files nobody else can read or write", () =>
    inFolder(async (folder) => {
      const { logPath, sidePath, markPath } = await makeLog(folder, 1);
      const modeOf = (path: string) => (Deno.statSync(path).mode ?? 0) & 0o777;
      for (const path of [logPath, `${sidePath}/head.0`, `${markPath}/mark.1`]) {
        assertEquals(modeOf(path), 0o600, path);
      }
      for (const path of [sidePath, `${sidePath}/state`, markPath]) {
        assertEquals(modeOf(path), 0o700, path);
      }
    }));

  it("refuses when log, side folder or mark exist", () =>
    inFolder(async (folder) => {
      const options = await makeLog(folder, 1);
      const { logPath, sidePath, markPath } = options;
      const create = () => createAuditFile({ ...options, genesis: {} });
      assertEquals(await codeOf(create), "already_initialized");
      await Deno.remove(logPath);
      assertEquals(await codeOf(create), "already_initialized");
      await Deno.remove(sidePath, { recursive: true });
      assertEquals(await codeOf(create), "already_initialized");
      await Deno.remove(`${markPath}/mark.0`);
      assertEquals(await codeOf(create), "already_initialized");
    }));
});

describe("createAuditFiles()", () => {
  it("leaves one log when two create it at once, and none without a workspace", () =>
    inFolder(async (folder) => {
      const options = { ...auditOptions(folder), genesis: {} };
      const both = await Promise.allSettled([createAuditFile(options), createAuditFile(options)]);
      assertEquals(both.map(({ status }) => status), ["fulfilled", "rejected"]);
      for (const one of both) if (one.status === "fulfilled") await one.value.close();
      const nowhere = { ...auditOptions(`${folder}/none`), genesis: {} };
      assertEquals(await codeOf(() => createAuditFile(nowhere)), "audit_unwritable");
    }));
});

describe("transact()", () => {
  it("A3 answers with receipts of entries that are in the log", () =>
    inFolder(async (folder) => {
      const file = await createAuditFile({ ...auditOptions(folder), genesis: {} });
      const { receipts, result } = await file.transact(({ head }) => ({
        events: [note, acceptance],
        result: head.seq,
      }));
      const entries = await readAll(file);
      assertEquals(result, 0);
      assertEquals(receipts, entries.slice(1).map(({ seq, mac, at }) => ({ seq, mac, at })));
      await file.close();
    }));

  it("shows the next transaction the state of the last, in this and in another process", () =>
    inFolder(async (folder) => {
      const options = await makeLog(folder, 0);
      const [one, two] = [await openAuditFile(options), await openAuditFile(options)];
      const before = await one.transact((view) => ({ events: [acceptance], result: view }));
      const after = await two.transact((view) => ({ events: [], result: view }));
      assertEquals(before.result.state.accepted, null);
      assertEquals(after.result.state.accepted?.policy_digest, "sha256:aa");
      assertEquals(/^sha256:[0-9a-f]{64}$/.test(after.result.stateDigest), true);
      assertEquals(before.result.stateDigest === after.result.stateDigest, false);
      await append(two, note);
      await append(one, note);
      assertEquals((await one.verifyAll()).head_seq, 3);
      await one.close();
      await two.close();
    }));

  it("writes nothing when there is nothing to record", () =>
    inFolder(async (folder) => {
      const options = await makeLog(folder, 1);
      const file = await openAuditFile(options);
      const before = Deno.readFileSync(options.logPath);
      await append(file);
      assertEquals(Deno.readFileSync(options.logPath), before);
      await file.close();
    }));

  it("writes nothing when one event does not fit, and goes on", () =>
    inFolder(async (folder) => {
      const file = await openAuditFile(await makeLog(folder, 1));
      const bad = { ...note, details: { text: "x".repeat(9_000) } };
      assertEquals(await codeOf(() => append(file, note, bad)), "event_invalid");
      await append(file, note);
      assertEquals((await file.verifyAll()).entries, 3);
      await file.close();
    }));

  it("passes on what build throws, and lets go of the lock", () =>
    inFolder(async (folder) => {
      const file = await openAuditFile(await makeLog(folder, 1));
      const failing = () =>
        file.transact(() => {
          throw new EngineError("internal", "x");
        });
      assertEquals(await codeOf(failing), "internal");
      await append(file, note);
      await file.close();
    }));

  it("refuses after close", () =>
    inFolder(async (folder) => {
      const file = await openAuditFile(await makeLog(folder, 1));
      await file.close();
      assertEquals(await codeOf(() => append(file, note)), "audit_unwritable");
    }));

  it("DOS-08 gives up when another process keeps the lock, and works when it is free", () =>
    inFolder(async (folder) => {
      const options = await makeLog(folder, 1);
      const file = await openAuditFile({ ...options, lockTimeoutMs: 100 });
      const holder = await Deno.open(`${options.sidePath}/lock`, { write: true });
      await holder.lock(true);
      const startedMs = performance.now();
      const waiting = [1, 2, 3].map(() => codeOf(() => append(file, note)));
      assertEquals(await Promise.all(waiting), ["audit_busy", "audit_busy", "audit_busy"]);
      assert(performance.now() - startedMs < 1_000);
      await holder.unlock();
      holder.close();
      await append(file, note);
      await file.close();
    }));

  it("follows a lock file that was replaced", () =>
    inFolder(async (folder) => {
      const options = await makeLog(folder, 1);
      const file = await openAuditFile(options);
      await Deno.remove(`${options.sidePath}/lock`);
      await append(file, note);
      const other = await openAuditFile(options);
      await append(other, note);
      await append(file, note);
      assertEquals((await file.verifyAll()).verdict, "OK-UNANCHORED");
      await file.close();
      await other.close();
    }));
});

describe("openAuditFile()", () => {
  it("reads only from the newest snapshot on, and comes to the same state", () =>
    inFolder(async (folder) => {
      const options = await makeLog(folder, 10);
      const file = await openAuditFile(options);
      await append(file, acceptance, ...Array(5 * maxEntriesBetweenSnapshots).fill(note));
      const { result } = await append(file);
      await file.close();
      let macs = 0;
      const counted: AuditOptions = {
        ...options,
        hmac: (key, data) => {
          macs++;
          return options.hmac(key, data);
        },
      };
      const again = await openAuditFile(counted);
      assert(macs < maxEntriesBetweenSnapshots + 50, `${macs} MACs`);
      assertEquals((await append(again)).result, result);
      assertEquals(result.accepted?.seq, 11);
      await again.close();
    }));

  it("FLT-10 folds the state anew when its snapshot is damaged or gone", () =>
    inFolder(async (folder) => {
      const options = await makeLog(folder, 0);
      const file = await openAuditFile(options);
      await append(file, acceptance, ...Array(maxEntriesBetweenSnapshots).fill(note));
      await file.close();
      const states = [...Deno.readDirSync(`${options.sidePath}/state`)].map(({ name }) => name);
      assertEquals(states.length, 1);
      for (const spoil of [Deno.truncateSync, Deno.removeSync]) {
        spoil(`${options.sidePath}/state/${states[0]}`);
        const again = await openAuditFile(options);
        assertEquals((await append(again)).result.accepted?.policy_digest, "sha256:aa");
        await again.close();
      }
    }));

  it("A4 goes on when entries are durable that head and mark do not know", () =>
    inFolder(async (folder) => {
      const options = await makeLog(folder, 2);
      const slots = [`${options.sidePath}/head`, `${options.markPath}/mark`]
        .flatMap((path) => [`${path}.0`, `${path}.1`]);
      const old = slots.map((path) => Deno.readFileSync(path));
      const file = await openAuditFile(options);
      await append(file, note);
      await file.close();
      slots.forEach((path, i) => Deno.writeFileSync(path, old[i] ?? new Uint8Array()));
      const again = await openAuditFile(options);
      assertEquals((await again.verifyAll()).head_seq, 3);
      await again.close();
      Deno.truncateSync(options.logPath, Deno.statSync(options.logPath).size - 400);
      assertEquals(await codeOf(() => reopen(options)), "audit_rollback");
    }));

  it("AUD-31 A4 repairs a torn end, keeps the bytes and says so", () =>
    inFolder(async (folder) => {
      const options = await makeLog(folder, 2);
      const whole = Deno.readFileSync(options.logPath);
      const torn = new TextEncoder().encode('{"v":1,"seq":3,"key":');
      Deno.writeFileSync(options.logPath, torn, { append: true });
      assertEquals((await verifyAuditFile(options)).verdict, "UNCLEAN-END");
      const file = await openAuditFile(options);
      const last = (await readAll(file)).at(-1);
      const [kept] = [...Deno.readDirSync(`${options.sidePath}/quarantine`)];
      assertEquals(last?.type, "audit.recovery");
      assertEquals(last?.details, { bytes: torn.length, sha256: kept?.name ?? "", last_seq: 2 });
      assertEquals(Deno.readFileSync(`${options.sidePath}/quarantine/${kept?.name}`), torn);
      assertEquals(Deno.readFileSync(options.logPath).subarray(0, whole.length), whole);
      assertEquals((await file.verifyAll()).verdict, "OK-UNANCHORED");
      await file.close();
    }));

  it("AUD-31 A4 repairs what another writer tore while this one runs", () =>
    inFolder(async (folder) => {
      const options = await makeLog(folder, 2);
      const file = await openAuditFile(options);
      Deno.writeTextFileSync(options.logPath, '{"v":1', { append: true });
      const { receipts } = await append(file, note);
      assertEquals(receipts[0]?.seq, 4);
      assertEquals((await file.verifyAll()).verdict, "OK-UNANCHORED");
      await file.close();
    }));
});
