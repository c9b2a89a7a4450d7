import { assert, assertEquals } from "@std/assert";
import { canonicalize } from "@std/json/canonicalize";
import { describe, it } from "@std/testing/bdd";
import fc from "../support/fast_check.ts";
import { planOutcome } from "../../src/core/audit/outcome.ts";
import { outcomeKey } from "../../src/core/audit/outcome_key.ts";
import type { Entry } from "../../src/core/audit/entry.ts";
import { emptyState, foldState, restoreState } from "../../src/core/audit/state.ts";
import { encodeWatchList, parseWatchList } from "../../src/core/integrity/watch_list.ts";
import { maxKeptOutcomes, maxWatchListBytes } from "../../src/core/limits.ts";
import { sha256 } from "../support/audit_log.ts";
import { anyEntries, entryOf } from "../support/outcome_entries.ts";

const foldAll = (entries: readonly Entry[]) => entries.reduce(foldState, emptyState);

describe("foldState() property", () => {
  it("is bounded and loses no count, whatever the entries and their order", () => {
    fc.assert(fc.property(anyEntries, (entries) => {
      const { pending, pending_lost: lost, refused, touched } = foldAll(entries);
      for (const list of [pending, refused, touched]) assert(list.length <= maxKeptOutcomes);
      const seqs = pending.map(({ seq }) => seq);
      assertEquals(seqs, seqs.toSorted((a, b) => a - b));
      assertEquals(new Set(seqs).size, seqs.length);
      const promised = entries.filter(({ type, details: d }) =>
        type === "audit.decision" && d["decision"] === "allow" && d["expects_outcome"] === true &&
        d["pair"] !== undefined
      );
      assert(pending.length + lost <= promised.length);
    }));
  });

  it("is the same fold in one go, through a snapshot anywhere, and twice", () => {
    fc.assert(fc.property(anyEntries, fc.nat(400), (entries, at) => {
      const whole = foldAll(entries);
      const stored = canonicalize(foldAll(entries.slice(0, at)));
      const restored = restoreState(JSON.parse(stored));
      assert(restored !== null);
      const resumed = entries.slice(at).reduce(foldState, restored);
      assertEquals(canonicalize(resumed), canonicalize(whole));
      assertEquals(canonicalize(foldAll(entries)), canonicalize(whole));
    }));
  });
});

describe("planOutcome() property", () => {
  it("uses up each decision once: n outcomes for n decisions, and then an alarm", () => {
    const verdict = fc.constantFrom("allow", "ask", "deny");
    fc.assert(fc.property(fc.array(verdict, { maxLength: 20 }), (verdicts) => {
      const pair = { ...outcomeKey("id", "s", sha256) };
      let state = foldAll(
        verdicts.map((decision, seq) =>
          entryOf(seq, "audit.decision", { decision, expects_outcome: true, pair })
        ),
      );
      const outcome = { correlationId: "id", session: "s", tool: null, status: "done" } as const;
      const kinds: (string | null)[] = [];
      for (let i = 0; i <= verdicts.length; i++) {
        const plan = planOutcome(outcome, "uid:1", { state, sha256 });
        kinds.push(plan.alarms[0]?.details.kind ?? null);
        state = foldState(state, entryOf(100 + i, plan.event.type, plan.event.details));
      }
      const wanted = verdicts.toReversed().map((each) =>
        each === "deny" ? "ran_although_denied" : null
      );
      assertEquals(kinds, [...wanted, "outcome_without_decision"]);
      assertEquals([state.pending, state.refused], [[], []]);
    }));
  });
});

describe("encodeWatchList() property", () => {
  const path = fc.string({ unit: "grapheme", minLength: 1, maxLength: 300 })
    .filter((text) => text.isWellFormed());
  const list = fc.uniqueArray(path, { maxLength: 50 });

  it("reads back what it wrote, in whatever order the files were found", () => {
    fc.assert(fc.property(list, (paths) => {
      const files = new Map(paths.map((each) => [each, `file ${each.length}`]));
      const { bytes, cutAt } = encodeWatchList(files);
      const read = parseWatchList(bytes);
      assertEquals([cutAt, read.cutAt], [null, null]);
      assertEquals(new Map([...read.files].sort()), new Map([...files].sort()));
      const other = new Map([...files].reverse());
      assertEquals(encodeWatchList(other).bytes, bytes);
    }));
  });

  it("cuts what does not fit, and says where", () => {
    const files = new Map(
      Array.from({ length: 400 }, (_, i) => [`${1000 + i}${"x".repeat(3_000)}`, "s"]),
    );
    const { bytes, cutAt } = encodeWatchList(files);
    assert(bytes.length < maxWatchListBytes + 4_000);
    const read = parseWatchList(bytes);
    assertEquals(read.cutAt, cutAt);
    assert(
      cutAt !== null && !read.files.has(cutAt) && [...read.files.keys()].every((p) => p < cutAt),
    );
  });
});
