import { assert, assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { encodeDetails } from "../../../src/core/audit/details.ts";
import { maxDetailsBytes } from "../../../src/core/limits.ts";
import { emptyState, type EngineState } from "../../../src/core/audit/state.ts";
import { EngineError } from "../../../src/core/errors.ts";
import type { PolicySnapshot } from "../../../src/core/integrity/policy_snapshot.ts";
import { compareTrust, trustEvents, unreadableDigest } from "../../../src/core/integrity/trust.ts";

function snapshot(digest: string, inputs: Readonly<Record<string, string>>): PolicySnapshot {
  const list = Object.entries(inputs).map(([path, sha256]) => ({ path, sha256 }));
  return { digest, inputs: list, files: new Map() };
}

const good = snapshot("sha256:good", { "a": "1", "b": "2" });
const accepted: EngineState = {
  ...emptyState,
  accepted: {
    policy_digest: "sha256:good",
    inputs: good.inputs,
    values_sha256: null,
    seq: 1,
    at: "",
  },
};
const tampered = (digest: string): EngineState => ({
  ...accepted,
  tamper: { policy_digest: digest, since_seq: 2, denied: 3 },
});
const gone = new EngineError("policy_unreadable", "gone");

describe("compareTrust()", () => {
  const rows: readonly (readonly [string, PolicySnapshot | EngineError, EngineState, string])[] = [
    ["the accepted bytes", good, accepted, "trusted sha256:good "],
    ["nothing accepted", good, emptyState, "unaccepted sha256:good "],
    ["an edit", snapshot("sha256:x", { a: "1", b: "3" }), accepted, "tampered sha256:x b"],
    ["one more", snapshot("sha256:x", { a: "1", b: "2", c: "3" }), accepted, "tampered sha256:x c"],
    ["one less", snapshot("sha256:x", { b: "2" }), accepted, "tampered sha256:x a"],
    ["all others", snapshot("sha256:x", { z: "9" }), accepted, "tampered sha256:x a,b,z"],
    ["gone", gone, accepted, `tampered ${unreadableDigest} `],
    ["gone, and never accepted", gone, emptyState, `unaccepted ${unreadableDigest} `],
    ["back again", good, tampered("sha256:x"), "trusted sha256:good "],
  ];
  for (const [name, found, state, wanted] of rows) {
    it(`${name}: ${wanted.split(" ")[0]}`, () => {
      const { status, policyDigest, changed } = compareTrust(found, state);
      assertEquals(`${status} ${policyDigest} ${changed.join(",")}`, wanted);
    });
  }

  it("takes no unreadable policy for one that was accepted as unreadable", () => {
    const odd = {
      ...accepted,
      accepted: { policy_digest: "", inputs: [], values_sha256: null, seq: 1, at: "" },
    };
    assertEquals(compareTrust(gone, odd).status, "tampered");
  });
});

describe("trustEvents()", () => {
  const bad = snapshot("sha256:x", { a: "9" });
  const eventsOf = (found: PolicySnapshot, state: EngineState) =>
    trustEvents(compareTrust(found, state), state).map(({ type, severity }) =>
      `${severity} ${type}`
    );

  it("tells of each transition once", () => {
    assertEquals(eventsOf(bad, accepted), ["CRITICAL state.policy_tampered"]);
    assertEquals(eventsOf(bad, tampered("sha256:x")), []);
    assertEquals(eventsOf(bad, tampered("sha256:y")), ["CRITICAL state.policy_tampered"]);
    assertEquals(eventsOf(good, tampered("sha256:x")), ["HIGH state.policy_restored"]);
    assertEquals(eventsOf(good, accepted), []);
    assertEquals(eventsOf(good, emptyState), []);
  });

  it("lists no more inputs than an entry holds", () => {
    // Names as long and as costly to encode as a file system lets them be.
    const name = (i: number) => `.scalpel/checks/${i}${"\u{1f600}".repeat(60)}`;
    const inputs = Object.fromEntries(Array.from({ length: 300 }, (_, i) => [name(i), "1"]));
    const [event] = trustEvents(compareTrust(snapshot("sha256:z", inputs), accepted), accepted);
    const changed = event?.details["changed"];
    assertEquals(Array.isArray(changed) && changed.length, 8);
    assert(encodeDetails(event?.details).length <= maxDetailsBytes);
  });
});
