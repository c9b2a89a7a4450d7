/** How often anybody can guess, and the state of requests through snapshots: override/SPEC.md, "The answer". */
import { assert, assertEquals } from "@std/assert";
import { canonicalize } from "@std/json/canonicalize";
import { describe, it } from "@std/testing/bdd";
import fc from "../support/fast_check.ts";
import type { Entry } from "../../src/core/audit/entry.ts";
import {
  foldAttempt,
  foldProven,
  lockedUntil,
  type LockState,
} from "../../src/core/audit/lock_state.ts";
import { isGranting, isPending } from "../../src/core/audit/override_state.ts";
import { emptyState, foldState, restoreState } from "../../src/core/audit/state.ts";
import {
  maxAllPendingRequests,
  maxClosedRequests,
  maxEnrolments,
  maxGrants,
  maxRequestPrincipals,
} from "../../src/core/limits.ts";
import { entryOf } from "../support/outcome_entries.ts";

const day = 86_400;
const hour = 3_600;

/** Guesses that are compared, as countAttempt lets them through. */
class Guesser {
  locks: readonly LockState[] = [];
  readonly made: { readonly at: number; readonly who: string }[] = [];

  guess(at: number, who: string, channel = "console"): boolean {
    if (lockedUntil(this.locks, { channel, approver: who }) > at) return false;
    const approver = who.startsWith("?") ? "?" : who;
    this.locks = foldAttempt(this.locks, { at, channel, approver, isKnown: approver !== "?" });
    this.made.push({ at, who });
    return true;
  }

  /** The most within any `seconds`. */
  most(seconds: number, isMeant: (who: string) => boolean = () => true): number {
    const times = this.made.filter(({ who }) => isMeant(who)).map(({ at }) => at);
    let first = 0;
    return times.reduce((most, at, index) => {
      while ((times[first] ?? at) <= at - seconds) first++;
      return Math.max(most, index - first + 1);
    }, 0);
  }
}

describe("lockedUntil() property", () => {
  it("TOTP-09 who guesses as fast as possible makes 34 a day of one name, 500 of a channel", () => {
    const one = new Guesser();
    for (let at = 0; at < 3 * day; at++) one.guess(at, "ada");
    assertEquals(one.most(day), 34);
    const all = new Guesser();
    for (let at = 0; at < 3 * day; at += 2) {
      for (let name = 0; name < 25; name++) all.guess(at, `${at % 4 === 0 ? "?" : "n"}${name}`);
    }
    assert(all.most(day) <= 500, `${all.most(day)} in a day`);
    assert(all.most(day) > 490, "the bound is not the bound");
  });

  it("TOTP-09 and so whatever the schedule, the names and the pauses", () => {
    const pauses = fc.oneof(
      fc.nat(3),
      fc.nat(200),
      fc.constantFrom(29, 30, 31, 179, 180, 181, 3_599, 3_600, 3_601, 40_000),
    );
    const tries = fc.array(fc.tuple(pauses, fc.constantFrom("ada", "bo", "cy", "?")), {
      minLength: 100,
      maxLength: 2_000,
    });
    fc.assert(
      fc.property(tries, (schedule) => {
        const guesser = new Guesser();
        let at = 1_790_000_000;
        for (const [pause, who] of schedule) {
          at += pause;
          guesser.guess(at, who);
          const until = lockedUntil(guesser.locks, { channel: "console", approver: who });
          const { at: last } = guesser.made.at(-1) ?? { at };
          assert(until <= last + hour, "a lock outlives an hour after the last guess");
          assertEquals(lockedUntil(guesser.locks, { channel: "server", approver: who }), 0);
        }
        assert(guesser.most(day) <= 500);
        for (const name of ["ada", "bo", "cy"]) {
          assert(guesser.most(day, (who) => who === name) <= 34, name);
        }
        assert(guesser.locks.length <= 4, "names nobody has take room");
      }),
      { numRuns: 50 },
    );
  });

  it("a proof clears its own name's failures, and one of the channel's", () => {
    const guesser = new Guesser();
    for (let i = 0; i < 20; i++) guesser.guess(i, `n${i % 10}`);
    const proven = { at: 20, channel: "console", approver: "n1", isKnown: true };
    const locks = foldProven(guesser.locks, proven);
    assertEquals(locks.find(({ approver }) => approver === "n1"), undefined);
    assertEquals(locks.find(({ approver }) => approver === "*")?.failures, 19);
    assertEquals(locks.filter(({ approver }) => approver !== "*").length, 9);
  });
});

const id = fc.constantFrom(...Array.from("0123456789abcdef", (digit) => digit.repeat(32)));
const time = fc.nat(20_000);
const principal = fc.constantFrom(...Array.from({ length: 40 }, (_, i) => `uid:${i}`));
const digest = fc.constantFrom("sha256:a", "sha256:b");
const opening = fc.record({ at: time, request: id, document: digest, expires_at: time })
  .chain((override) =>
    fc.record({ principal, policy_digest: digest, operation_digest: digest }).map((d) =>
      ["audit.decision", { decision: "deny", ...d, override }] as const
    )
  );
const using = fc.record({ at: time, grant: id }).map((override) =>
  ["audit.decision", { decision: "allow", override }] as const
);
const enrolled = fc.record({
  at: time,
  id,
  name: fc.constantFrom("ada", "bo", "cy"),
  algorithm: fc.constant("SHA1"),
  step: time,
  recovery: fc.array(id, { maxLength: 3 }),
}).map((details) => ["state.override_enrolled", details] as const);
const attempted = fc.record({
  at: time,
  channel: fc.constantFrom("console", "server"),
  approver: fc.constantFrom("ada", "bo", ""),
  is_known: fc.boolean(),
}).map((details) => ["state.override_attempted", details] as const);
const granted = fc.record({
  at: time,
  request: id,
  grant: id,
  kind: fc.constantFrom("once", "session", "pattern", "odd"),
  until: time,
  approved_by: fc.constant("ada"),
  proof: fc.constantFrom("totp", "recovery", "ssh"),
  enrolment: id,
  step: time,
  recovery: id,
}).map((details) => ["state.override_granted", details] as const);
const closed = fc.record({
  at: time,
  request: id,
  status: fc.constantFrom("denied", "cancelled", "timeout", "revoked", "granted", "pending"),
}).map((details) => ["state.override_closed", details] as const);
const others = fc.oneof(
  fc.record({ at: time, id }).map((d) => ["state.override_unenrolled", d] as const),
  fc.record({ policy_digest: digest }).map((d) => ["state.policy_accepted", d] as const),
  fc.record({ override: fc.constantFrom("x", 1, null, [], { at: "x" }, { request: 5 }) })
    .map((d) => ["audit.decision", d] as const),
  fc.constantFrom("OVERRIDE_APPROVED", "state.override_granted", "state.override_enrolled")
    .map((type) => [type, {}] as const),
);
const anyEntries: fc.Arbitrary<readonly Entry[]> = fc.array(
  fc.oneof(
    { weight: 6, arbitrary: opening },
    { weight: 3, arbitrary: granted },
    ...[using, enrolled, attempted, closed, others].map((arbitrary) => ({ weight: 1, arbitrary })),
  ),
  { maxLength: 250, size: "max" },
).map((list) => list.map(([type, details], seq) => entryOf(seq, type, details)));

const foldAll = (entries: readonly Entry[]) => entries.reduce(foldState, emptyState);

describe("foldState() of overrides, property", () => {
  it("TOTP-20 is the same in one go, through a snapshot anywhere, and from an old snapshot", () => {
    fc.assert(
      fc.property(anyEntries, fc.nat(250), (entries, at) => {
        const whole = foldAll(entries);
        const stored = JSON.parse(canonicalize(foldAll(entries.slice(0, at))));
        const restored = restoreState(stored);
        assert(restored !== null);
        assertEquals(
          canonicalize(entries.slice(at).reduce(foldState, restored)),
          canonicalize(whole),
        );
        // A version that knew no overrides wrote no such member, and no entry of them before.
        const { overrides: _, ...old } = JSON.parse(canonicalize(emptyState));
        const fromOld = restoreState(old);
        assert(fromOld !== null);
        assertEquals(canonicalize(entries.reduce(foldState, fromOld)), canonicalize(whole));
      }),
      { numRuns: 300 },
    );
  });

  it("is bounded, plain and sorted JSON, whatever the entries", () => {
    fc.assert(
      fc.property(anyEntries, (entries) => {
        const { overrides: kept } = foldAll(entries);
        if (kept === null) return;
        assert(kept.requests.length <= maxAllPendingRequests + maxGrants + maxClosedRequests);
        assert(kept.enrolments.length <= maxEnrolments);
        assert(kept.opened.length <= maxRequestPrincipals);
        assertEquals(JSON.parse(canonicalize(kept)), JSON.parse(JSON.stringify(kept)));
      }),
      { numRuns: 300 },
    );
  });

  it("O2 no entry but a grant's makes anything hold, and none brings it back", () => {
    fc.assert(
      fc.property(anyEntries, (entries) => {
        let state = emptyState;
        const over = new Set<string>();
        for (const entry of entries) {
          const before = state.overrides;
          state = foldState(state, entry);
          const now = state.overrides?.latest ?? 0;
          for (const request of state.overrides?.requests ?? []) {
            const was = before?.requests.find((one) => one.seq === request.seq);
            const holds = isGranting(request, now);
            if (holds && (was === undefined || was.grant === null)) {
              assertEquals(entry.type, "state.override_granted");
            }
            const key = `${request.seq}`;
            const isOpen = request.status === "pending" || request.status === "granted";
            if (!isOpen) over.add(key);
            assert(!over.has(key) || (!holds && !isPending(request, now)), "it came back");
            if (was?.grant && request.grant) {
              assertEquals([request.grant.until, request.grant.id], [
                was.grant.until,
                was.grant.id,
              ]);
            }
          }
        }
      }),
      { numRuns: 300 },
    );
  });

  it("O1 an accepted step is never forgotten while its enrolment stands", () => {
    fc.assert(
      fc.property(anyEntries, (entries) => {
        let state = emptyState;
        for (const entry of entries) {
          const before = state.overrides;
          state = foldState(state, entry);
          for (const one of state.overrides?.enrolments ?? []) {
            // One of a name stands at a time; the generator's ids, unlike the engine's, meet.
            const was = before?.enrolments.find(({ name }) => name === one.name);
            if (was === undefined || entry.type === "state.override_enrolled") continue;
            assert(one.last_step >= was.last_step);
            assert(one.recovery.every((hash) => was.recovery.includes(hash)));
          }
          assert((state.overrides?.unnamed_step ?? 0) >= (before?.unnamed_step ?? 0));
        }
      }),
      { numRuns: 300 },
    );
  });
});
