import { assertEquals, assertRejects } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { emptyHead, linkEntry } from "../../../src/core/audit/chain.ts";
import type { Entry } from "../../../src/core/audit/entry.ts";
import type { EventFilter } from "../../../src/core/audit/event_filter.ts";
import { EventSelection } from "../../../src/core/audit/query.ts";
import { EngineError } from "../../../src/core/errors.ts";
import { hmacSha256, keys, startMicros } from "../../support/audit_log.ts";

async function* tenEntries(): AsyncGenerator<Entry> {
  let head = emptyHead;
  for (let i = 0; i < 10; i++) {
    const severity = i % 2 === 0 ? "LOW" : "HIGH";
    const event = { type: i < 5 ? "A" : "B", severity, details: {} } as const;
    const link = linkEntry(head, event, startMicros + i * 1_000_000, keys, hmacSha256);
    head = link.head;
    yield await Promise.resolve(link.entry);
  }
}

async function seqs(filter: EventFilter): Promise<readonly number[]> {
  const selection = new EventSelection(filter, { root: "/p", nowMicros: startMicros });
  for await (const entry of tenEntries()) selection.offer(entry);
  return selection.entries.map(({ seq }) => seq);
}

describe("EventSelection", () => {
  const rows: readonly [EventFilter, readonly number[]][] = [
    [{}, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]],
    [{ type: "B" }, [5, 6, 7, 8, 9]],
    [{ type: "b" }, []],
    [{ severity: "HIGH" }, [1, 3, 5, 7, 9]],
    [{ type: "A", severity: "LOW" }, [0, 2, 4]],
    [{ since: "2026-11-22T18:00:07Z" }, [7, 8, 9]],
    [{ until: "2026-11-22T18:00:02.000000Z" }, [0, 1, 2]],
    [{ since: "2026-11-22T19:00:03+01:00", until: "2026-11-22T18:00:04Z" }, [3, 4]],
    [{ afterSeq: 7 }, [8, 9]],
    [{ limit: 3 }, [7, 8, 9]],
    [{ type: "A", limit: 1 }, [4]],
    [{ afterSeq: 100 }, []],
    [{ afterSeq: 2, limit: 3 }, [3, 4, 5]],
    [{ afterSeq: 2, limit: 3, type: "B" }, [5, 6, 7]],
  ];
  for (const [filter, expected] of rows) {
    it(`selects by ${JSON.stringify(filter)}`, async () => {
      assertEquals(await seqs(filter), expected);
    });
  }
  it("refuses instants and limits it cannot mean", async () => {
    for (const filter of [{ since: "noon" }, { until: "" }, { limit: 0 }, { limit: 1.5 }]) {
      const error = await assertRejects(() => seqs(filter), EngineError);
      assertEquals(error.code, "usage");
    }
  });
});
