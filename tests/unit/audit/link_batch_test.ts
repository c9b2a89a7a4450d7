import { assertEquals, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { emptyHead } from "../../../src/core/audit/chain.ts";
import type { NewEvent } from "../../../src/core/audit/entry.ts";
import {
  followLines,
  linkBatch,
  type Position,
  snapshotDigest,
  snapshotOf,
} from "../../../src/core/audit/link_batch.ts";
import { emptyState, stateTypes } from "../../../src/core/audit/state.ts";
import { EngineError } from "../../../src/core/errors.ts";
import { maxEntriesBetweenSnapshots } from "../../../src/core/limits.ts";
import { concat, genesisEvent, hmacSha256, keys, sha256, verify } from "../../support/audit_log.ts";

const start: Position = { head: emptyHead, base: emptyHead, state: emptyState, isSealed: false };
const note: NewEvent = { type: "NOTE", severity: "LOW", details: {} };
const acceptance: NewEvent = {
  type: stateTypes.accepted,
  severity: "CRITICAL",
  details: { policy_digest: "sha256:1", inputs: [{ path: "p", sha256: "1" }] },
};

function link(events: readonly NewEvent[], from: Position) {
  return linkBatch(events, from, { keys, hmac: hmacSha256, sha256, nowMicros: () => 0 });
}

describe("linkBatch()", () => {
  for (const size of [1, 7, 64, 1000]) {
    it(`puts a snapshot every ${maxEntriesBetweenSnapshots} entries in batches of ${size}`, () => {
      const genesis = link([genesisEvent], start);
      let position = genesis.after;
      const parts = [genesis.bytes];
      const written = new Set<string>();
      while (position.head.seq < 1_000) {
        const batch = link([acceptance, ...Array(size - 1).fill(note)], position);
        assertEquals(batch.receipts.length, size);
        batch.snapshots.forEach(({ digest }) => written.add(digest));
        parts.push(batch.bytes);
        position = batch.after;
      }
      const { headers, finding } = verify(concat(parts));
      assertEquals(finding, null);
      const snapshots = headers.filter(({ type }) => type === "audit.state");
      const distances = snapshots.map(({ seq }, i) => seq - (snapshots[i - 1]?.seq ?? 0));
      assertEquals(new Set(distances.slice(1)), new Set([maxEntriesBetweenSnapshots]));
      assertEquals((distances[0] ?? 0) <= maxEntriesBetweenSnapshots, true);
      for (const header of snapshots) assertEquals(written.has(snapshotDigest(header) ?? ""), true);
      assertEquals(followLines(start, headers), position);
    });
  }

  it("names in a snapshot the state of all entries before it", () => {
    const many = Array(maxEntriesBetweenSnapshots - 1).fill(note);
    const batch = link([genesisEvent, ...many, acceptance], start);
    const [snapshot] = batch.snapshots;
    assertEquals(batch.snapshots.length, 1);
    const header = verify(batch.bytes).headers.find(({ type }) => type === "audit.state");
    assertEquals(header === undefined ? null : snapshotDigest(header), snapshot?.digest);
    const before = verify(batch.bytes).headers.filter(({ seq }) => seq < (header?.seq ?? 0));
    assertEquals(snapshotOf(followLines(start, before).state, sha256).digest, snapshot?.digest);
    assertEquals(batch.after.base.seq, (header?.seq ?? 0) - 1);
  });

  it("links none when one does not fit", () => {
    const bad = { ...note, type: "no good" };
    assertEquals(assertThrows(() => link([note, bad], start), EngineError).code, "event_invalid");
  });

  it("leaves the position it starts from as it was", () => {
    const from = link([genesisEvent], start).after;
    const copy = structuredClone(from);
    link([acceptance], from);
    assertEquals(from, copy);
  });
});
