import { assert, assertEquals } from "@std/assert";
import { canonicalize } from "@std/json/canonicalize";
import { describe, it } from "@std/testing/bdd";
import { type CountedEntry, encodeCounted } from "../../../src/core/audit/counted_entry.ts";
import { readHistory } from "../../../src/core/audit/read_history.ts";
import {
  emptyState,
  type EngineState,
  foldState,
  restoreState,
} from "../../../src/core/audit/state.ts";
import {
  maxAskedCounts,
  maxBudgets,
  maxCountedPrincipals,
  maxCountedSessions,
  maxPastConditions,
  sessionIdleSeconds,
} from "../../../src/core/limits.ts";
import { parsePolicy } from "../../../src/core/policy/parse_policy.ts";
import { listBudgets } from "../../../src/core/decision/list_budgets.ts";
import { entryOf } from "../../support/outcome_entries.ts";
import { chooseSeed } from "../../support/seeded.ts";

const start = 1_790_000_000;
const session = "00000001";

/** Folds decisions, one entry each. */
class Log {
  state: EngineState = emptyState;
  #seq = 0;

  add(given: Partial<CountedEntry>, principal = "uid:1", decision = "allow"): void {
    const entry = { at: start, session, counts: {}, met: [], isAsked: false, ...given };
    const details = { decision, principal, counted: encodeCounted(entry) };
    this.state = foldState(this.state, entryOf(this.#seq++, "audit.decision", details));
  }

  used(id: string, asking: Partial<Parameters<typeof readHistory>[1]> = {}): number {
    const { counts } = readHistory(this.state.counted, {
      principal: "uid:1",
      session,
      now: start,
      ...asking,
    });
    return counts[id] ?? 0;
  }
}

describe("foldState() of what was counted", () => {
  it("is nothing as long as nothing is counted", () => {
    const log = new Log();
    log.add({});
    log.add({ counts: { s1: 1 } }, "uid:1", "deny");
    log.add({ counts: { s1: 1 } }, "uid:1", "ask");
    assertEquals(log.state, emptyState);
    assertEquals(emptyState.counted, null);
  });

  it("gives the same state for a snapshot and for the entries", () => {
    const log = new Log();
    log.add({ counts: { s1: 2, h1: 1, d1: 3 }, met: ["s2", "p2", "a2"] });
    log.add({ counts: { s1: 2 }, isAsked: true }, "uid:1", "ask");
    const text = canonicalize(log.state);
    assertEquals(canonicalize(restoreState(JSON.parse(text))), text);
    const { counted: _, ...older } = log.state;
    assertEquals(restoreState(JSON.parse(canonicalize(older)))?.counted, null);
  });

  it("is total over entries that are something else", () => {
    for (const counted of [null, 1, [], {}, { at: "1", session }, { at: 1 }]) {
      const details = { decision: "allow", principal: "uid:1", counted };
      assertEquals(foldState(emptyState, entryOf(0, "audit.decision", details)), emptyState);
    }
    const entry = { at: 1, session, counts: { s1: "9", s2: 1 }, met: [1] };
    const details = { decision: "allow", principal: "uid:1", counted: entry };
    const { counted } = foldState(emptyState, entryOf(0, "audit.decision", details));
    assertEquals(counted?.principals[0]?.sessions[0]?.tally, { counts: { s2: [1] }, met: {} });
  });

  it("new names of sessions are no way to make the log forget one", () => {
    const log = new Log();
    log.add({ counts: { s1: 7 }, met: ["s2"] });
    for (let i = 0; i < maxCountedSessions; i++) log.add({ session: `f${i}`, counts: { s1: 1 } });
    assertEquals(log.state.counted?.principals[0]?.sessions.length, maxCountedSessions);
    assertEquals(log.used("s1"), 7);
    assertEquals(log.used("s1", { session: "never-seen" }), 7);
    assertEquals(log.used("s1", { session: "f9" }), 1);
    assertEquals(log.used("s1", { principal: "uid:2" }), 0);
    log.add({ counts: { s1: 1 } });
    assertEquals(log.used("s1"), 8);
  });

  it("a session goes on as long as anything is decided in it, and is noted once in an hour", () => {
    const log = new Log();
    log.add({ counts: { s1: 5 } });
    let changes = 0;
    for (let minutes = 10; minutes <= 5_000; minutes += 10) {
      const before = log.state;
      log.add({ at: start + minutes * 60 }, "uid:1", minutes % 20 === 0 ? "deny" : "allow");
      if (log.state !== before) changes++;
    }
    assertEquals(changes, Math.floor(5_000 / 70));
    assertEquals(log.used("s1", { now: start + 5_000 * 60 }), 5);
    const late = start + 5_000 * 60 + sessionIdleSeconds + 1;
    log.add({ at: late });
    assertEquals(log.used("s1", { now: late }), 0);
  });

  it("a session is over when nothing was decided in it for a day, the shared rest as well", () => {
    const log = new Log();
    for (let i = 0; i <= maxCountedSessions; i++) log.add({ session: `f${i}`, counts: { s1: 5 } });
    assertEquals(log.used("s1", { session: "new", now: start + sessionIdleSeconds }), 5);
    const now = start + sessionIdleSeconds + 1;
    assertEquals(log.used("s1", { session: "f3", now }), 0);
    assertEquals(log.used("s1", { session: "new", now }), 0);
    log.add({ at: now, session: "f3", counts: { s1: 1 } });
    const [row] = log.state.counted?.principals ?? [];
    assertEquals([row?.sessions.length, row?.rest], [1, null]);
  });

  it("principals that find no room leave the most of their counts to those that come", () => {
    const log = new Log();
    log.add({ counts: { d1: 7, s1: 3 }, met: ["p2"] });
    for (let i = 0; i < maxCountedPrincipals; i++) log.add({ counts: { d1: 1 } }, `uid:9${i}`);
    assertEquals(log.state.counted?.principals.length, maxCountedPrincipals);
    assertEquals([log.used("d1"), log.used("s1")], [7, 3]);
    assertEquals(log.used("d1", { principal: "uid:new", session: "new" }), 7);
    assertEquals(log.used("d1", { principal: "uid:93" }), 1);
    const late = start + 3 * 86_400;
    log.add({ at: late, counts: { d1: 1 } }, "uid:93");
    assertEquals(log.state.counted?.principals.length, 1);
    assertEquals(log.state.counted?.rest, null);
    assertEquals(log.used("d1", { now: late }), 0);
  });

  it("stays within its bounds, whatever is counted for how long", () => {
    const log = new Log();
    const ids = (place: string, count: number) =>
      Array.from({ length: count }, (_, i) => `${place}${String(i).padStart(8, "0")}`);
    const counts = Object.fromEntries(
      [...ids("h", maxBudgets / 2), ...ids("d", maxBudgets / 2)].map((id) => [id, 2 ** 40]),
    );
    const met = ids("p", maxPastConditions);
    for (let i = 0; i < 400; i++) {
      log.add({ at: start + i * 500, session: `s${i}`, counts, met });
    }
    const size = canonicalize(log.state.counted).length;
    // One principal of the widest policy there may be.
    assert(size < 16_384, `${size}`);
    for (let i = 0; i < 50; i++) log.add({ counts, isAsked: true }, "uid:1", "ask");
    assertEquals(log.state.counted?.asked.length, maxAskedCounts);
  });

  it("sums stay exact however large", () => {
    const log = new Log();
    for (let i = 0; i < 3; i++) log.add({ counts: { s1: 2 ** 53 - 1, d1: 2 ** 53 - 1 } });
    assertEquals([log.used("s1"), log.used("d1")], [2 ** 53 - 1, 2 ** 53 - 1]);
  });

  it("a window agrees with a count of every entry, but for its oldest part", () => {
    const seed = chooseSeed("a window");
    let state = seed;
    const random = (below: number) => {
      state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
      return state % below;
    };
    for (const [id, seconds, part] of [["h1", 3_600, 600], ["d1", 86_400, 14_400]] as const) {
      const log = new Log();
      const all: { readonly at: number; readonly count: number }[] = [];
      let now = start;
      for (let i = 0; i < 500; i++) {
        now += random(part);
        const count = 1 + random(9);
        log.add({ at: now, counts: { [id]: count } });
        all.push({ at: now, count });
        const asked = now + random(2 * seconds);
        const within = (span: number) =>
          all.reduce((sum, one) => asked - one.at <= span ? sum + one.count : sum, 0);
        const used = log.used(id, { now: asked });
        assert(used >= within(seconds), `seed ${seed}, ${id}, entry ${i}: ${used}`);
        assert(used <= within(seconds + part), `seed ${seed}, ${id}, entry ${i}: ${used}`);
      }
    }
  });
});

describe("listBudgets()", () => {
  it("tells what is used of each, in the policy's order", () => {
    const policy = parsePolicy(
      'version: "1.0"\nbudgets:\n  - {id: b, count: deletes, per: day, max: 5}\n' +
        "  - {id: a, count: files, per: session, max: 0, effect: ask}\n",
      "p",
    );
    const log = new Log();
    log.add({ counts: { [policy.budgets[0]?.counterId ?? ""]: 3 } });
    const asking = { principal: "uid:1", session, now: start };
    assertEquals(listBudgets(policy, log.state.counted, asking), [
      { id: "b", count: "deletes", per: "day", max: 5, effect: "deny", used: 3 },
      { id: "a", count: "files", per: "session", max: 0, effect: "ask", used: 0 },
    ]);
    assertEquals(listBudgets(policy, null, asking).map(({ used }) => used), [0, 0]);
    // The clock went back: what was counted is not younger for it.
    const early = { ...asking, now: 5 };
    assertEquals(listBudgets(policy, log.state.counted, early)[0]?.used, 3);
  });
});
