import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { emptyState, type EngineState } from "../../../src/core/audit/state.ts";
import { holdMarks, markDetails, touchEvents } from "../../../src/core/integrity/hold_marks.ts";
import { type FileMark, sumMarks } from "../../../src/core/integrity/policy_marks.ts";
import { sha256 } from "../../../src/core/integrity/sha256.ts";
import type { Trust } from "../../../src/core/integrity/trust.ts";

const main = ".scalpel/policy.yaml";
const plain: FileMark = {
  path: main,
  device: 1,
  inode: 7,
  mode: 0o644,
  owner: "0:0",
  timesMs: [1_000, 2_000],
};
const other: FileMark = { ...plain, path: ".scalpel/budget.yaml", inode: 8 };
const marksOf = (change: Partial<FileMark>, beside: Partial<FileMark> = {}) =>
  sumMarks([{ ...plain, ...change }, { ...other, ...beside }], { main, sha256 });

const trust: Trust = { status: "trusted", policyDigest: "sha256:a", message: "", changed: [] };
const accepted = { policy_digest: "sha256:a", inputs: [], values_sha256: null, seq: 1, at: "" };

function lockedAt(change: Partial<FileMark>, policyDigest = "sha256:a"): EngineState {
  const { fixed, policy } = marksOf(change);
  return {
    ...emptyState,
    accepted,
    locked: { policy_digest: policyDigest, fixed, policy, seq: 2 },
  };
}

describe("holdMarks() of a locked policy", () => {
  const mode = 0o444;
  const rows:
    readonly (readonly [string, Partial<FileMark>, Partial<FileMark>, Trust["status"]])[] = [
      ["as it was", {}, {}, "trusted"],
      ["written and put back", { timesMs: [1_000, 9_000] }, {}, "trusted"],
      ["the same on another device: a restart", { device: 2 }, {}, "trusted"],
      ["PATH-18 a mount", { device: 2, timesMs: [5_000, 9_000] }, {}, "tampered"],
      ["another file", { inode: 9 }, {}, "tampered"],
      ["another owner", { owner: "1:0" }, {}, "tampered"],
      ["another mode", { mode: 0o644 }, {}, "tampered"],
      ["a stricter mode", { mode: 0o400 }, {}, "tampered"],
      ["another input than policy.yaml", {}, { mode: 0o600 }, "tampered"],
    ];
  for (const [name, change, beside, expected] of rows) {
    it(name, () => {
      const found = marksOf({ mode, ...change }, beside);
      const held = holdMarks(trust, found, lockedAt({ mode }));
      assertEquals([held.status, held.policyDigest], [expected, "sha256:a"]);
    });
  }

  it("holds for the policy that was locked", () => {
    const state = lockedAt({ mode }, "sha256:b");
    assertEquals(holdMarks(trust, marksOf({ inode: 9 }), state).status, "trusted");
  });

  it("never trusts what was not, nor holds what nobody looked at", () => {
    const tampered: Trust = { ...trust, status: "tampered" };
    assertEquals(holdMarks(tampered, marksOf({ mode }), lockedAt({ mode })), tampered);
    assertEquals(holdMarks(trust, null, lockedAt({ mode })), trust);
  });
});

describe("holdMarks() of files that others may write", () => {
  const state: EngineState = { ...emptyState, accepted };
  for (const mode of [0o664, 0o646, 0o622, 0o666, 0o777]) {
    it(`${mode.toString(8)} is tampering where it was closed`, () => {
      assertEquals(holdMarks(trust, marksOf({ mode }), state).status, "tampered");
      assertEquals(holdMarks(trust, marksOf({}, { mode }), state).status, "tampered");
      const loose: EngineState = { ...state, accepted: { ...accepted, is_loose: true } };
      assertEquals(holdMarks(trust, marksOf({ mode }), loose).status, "trusted");
    });
  }
  for (const mode of [0o644, 0o755, 0o600, 0o444, 0]) {
    it(`${mode.toString(8)} is not`, () =>
      assertEquals(holdMarks(trust, marksOf({ mode }), state), trust));
  }
  it("is noted when a policy is trusted", () => {
    assertEquals(markDetails(marksOf({ mode: 0o666 }))["is_loose"], true);
    assertEquals(markDetails(marksOf({}))["is_loose"], undefined);
    assertEquals(markDetails(undefined), {});
  });
});

describe("touchEvents()", () => {
  const { seen, policy } = marksOf({});
  const state: EngineState = { ...emptyState, accepted, sighted: { seen, policy } };
  const told = (change: Partial<FileMark>, beside: Partial<FileMark> = {}) =>
    touchEvents(trust, marksOf(change, beside), state).map(({ severity, details }) =>
      [severity, details["what"]] as const
    );
  it("says what changed, once", () => {
    assertEquals(told({}), []);
    assertEquals(told({ timesMs: [1_000, 3_000] }), [["MEDIUM", ["times"]]]);
    assertEquals(told({ inode: 9, timesMs: [3_000, 3_000] }), [["HIGH", ["identity"]]]);
    assertEquals(told({ mode: 0o600, owner: "1:1" }), [["HIGH", ["mode", "owner"]]]);
    assertEquals(told({}, { inode: 9 }), [["MEDIUM", ["other files"]]]);
  });
  it("says nothing before anything was recorded, or of what is not trusted", () => {
    assertEquals(touchEvents(trust, marksOf({ inode: 9 }), emptyState), []);
    assertEquals(touchEvents({ ...trust, status: "tampered" }, marksOf({ inode: 9 }), state), []);
  });
});
