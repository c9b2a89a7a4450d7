/** Following and exporting over a log in memory that a test can spoil between two readings. */
import { assertEquals, assertRejects } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import type { AuditPort } from "../../src/core/audit/audit_port.ts";
import { emptyHead, linkEntry } from "../../src/core/audit/chain.ts";
import type { Entry, Head, NewEvent } from "../../src/core/audit/entry.ts";
import { EngineError, TamperDetectedError } from "../../src/core/errors.ts";
import type { EngineParts } from "../../src/pdp.ts";
import { exportEvents } from "../../src/pdp/export_events.ts";
import { followEvents, readEvents, streamEvents } from "../../src/pdp/read_events.ts";
import { hmacSha256, keys, startMicros } from "../support/audit_log.ts";

/** A log without disk: what it yields is what `entries` holds when it is asked. */
class MemoryAudit {
  entries: Entry[] = [];
  head: Head = emptyHead;
  /** Thrown when a walk gets to this entry. */
  faultAt: number | null = null;

  append(...events: readonly NewEvent[]): void {
    for (const event of events) {
      const link = linkEntry(this.head, event, startMicros, keys, hmacSha256);
      this.head = link.head;
      this.entries.push(link.entry);
    }
  }

  transact(build: Parameters<AuditPort["transact"]>[0]) {
    const view = { state: null as never, stateDigest: "", head: this.head };
    const { events, result } = build(view);
    const before = this.entries.length;
    this.append(...events);
    return Promise.resolve({ result, receipts: this.entries.slice(before) });
  }

  async *readVerified(fromSeq = 0): AsyncGenerator<Entry> {
    for (const entry of [...this.entries]) {
      await Promise.resolve();
      if (entry.seq === this.faultAt) throw new TamperDetectedError("audit_tampered", "Entry 3");
      if (entry.seq >= fromSeq) yield entry;
    }
  }
}

function createParts(log: MemoryAudit): EngineParts {
  const audit = {
    transact: (build: Parameters<AuditPort["transact"]>[0]) => log.transact(build),
    readVerified: (fromSeq?: number) => log.readVerified(fromSeq),
    followVerified: () => {
      let next = 0;
      return {
        readNew: async function* () {
          for await (const entry of log.readVerified(next)) {
            next = entry.seq + 1;
            yield entry;
          }
        },
      };
    },
  };
  return {
    audit,
    disk: { root: "/p" },
    nowMicros: () => startMicros,
  } as unknown as EngineParts;
}

const note = (n: number): NewEvent => ({ type: "NOTE", severity: "LOW", details: { n } });
const seqsOf = (entries: readonly Entry[]) => entries.map(({ seq }) => seq);

function createLog(count: number): { readonly audit: MemoryAudit; readonly parts: EngineParts } {
  const audit = new MemoryAudit();
  audit.append(...Array.from({ length: count }, (_, n) => note(n)));
  return { audit, parts: createParts(audit) };
}

describe("followEvents()", () => {
  it("gives the newest first, then what is new, each once", async () => {
    const { audit, parts } = createLog(5);
    const follower = followEvents({ type: "NOTE", limit: 2 }, parts);
    assertEquals(seqsOf(await follower.readNew()), [3, 4]);
    assertEquals(seqsOf(await follower.readNew()), []);
    audit.append(note(5), { ...note(6), type: "OTHER" }, note(7), note(8));
    assertEquals(seqsOf(await follower.readNew()), [5, 7, 8]);
    assertEquals(seqsOf(await follower.readNew()), []);
  });
});

describe("streamEvents()", () => {
  it("gives entries as they come, and what it filtered by", async () => {
    const { parts } = createLog(4);
    const { encoded, entries } = streamEvents({ afterSeq: 1, since: "1h" }, parts);
    assertEquals(encoded, { since: "2026-11-22T17:00:00.000000Z", after: 1 });
    assertEquals(seqsOf(await Array.fromAsync(entries)), [2, 3]);
  });
  it("A1 readEvents gives nothing of a log that does not verify", async () => {
    const { audit, parts } = createLog(5);
    audit.faultAt = 4;
    await assertRejects(() => readEvents({ limit: 1 }, parts), TamperDetectedError);
  });
});

describe("exportEvents()", () => {
  const request = { filter: { type: "NOTE" }, as: "jsonl", to: "stdout" } as const;

  it("records who takes what before the first entry is given", async () => {
    const { audit, parts } = createLog(3);
    const { rows, receipt, entries } = await exportEvents(request, "uid:7", parts);
    assertEquals([rows, receipt.seq], [3, 3]);
    const { type, severity, details } = audit.entries[3] ?? {};
    assertEquals([type, severity], ["audit.export", "MEDIUM"]);
    assertEquals(details, {
      principal: "uid:7",
      as: "jsonl",
      to: "stdout",
      rows: 3,
      through_seq: 2,
      filter: { type: "NOTE" },
    });
    audit.append(note(9));
    assertEquals(seqsOf(await Array.fromAsync(entries)), [0, 1, 2]);
  });

  it("A1 a spoilt log is not exported, and no entry says it was", async () => {
    const { audit, parts } = createLog(5);
    audit.faultAt = 4;
    await assertRejects(() => exportEvents(request, "uid:7", parts), TamperDetectedError);
    assertEquals(audit.entries.length, 5);
  });

  it("A1 a log spoilt meanwhile ends the export where it stops verifying", async () => {
    const { audit, parts } = createLog(5);
    const { entries } = await exportEvents(request, "uid:7", parts);
    audit.faultAt = 3;
    const given: number[] = [];
    await assertRejects(async () => {
      for await (const { seq } of entries) given.push(seq);
    }, TamperDetectedError);
    assertEquals(given, [0, 1, 2]);
  });

  it("A2 a log swapped meanwhile is no success", async () => {
    const { audit, parts } = createLog(5);
    const { entries } = await exportEvents(request, "uid:7", parts);
    audit.entries = [];
    audit.head = emptyHead;
    audit.append(...Array.from({ length: 5 }, (_, n) => note(n + 100)));
    const error = await assertRejects(() => Array.fromAsync(entries), EngineError);
    assertEquals(error.code, "audit_rollback");
  });
});
