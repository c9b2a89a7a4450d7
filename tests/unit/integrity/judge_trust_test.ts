import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { emptyState, type EngineState, foldState } from "../../../src/core/audit/state.ts";
import { EngineError } from "../../../src/core/errors.ts";
import { judgeTrust, type NewPolicy } from "../../../src/core/integrity/judge_trust.ts";
import { engineNotice } from "../../../src/core/integrity/refuse_terms.ts";
import { signedEvent } from "../../../src/core/integrity/signed_event.ts";
import type { Trust } from "../../../src/core/integrity/trust.ts";
import {
  anchorsOf,
  newPairKey,
  nowMs,
  type PairBytes,
  signPair,
  snapshotWith,
} from "../../support/policy_pair.ts";

const key = newPairKey();
const anchors = anchorsOf([key]);
const pair = signPair(key);

function judge(bytes: PairBytes, state: EngineState = emptyState): Trust | NewPolicy {
  return judgeTrust(snapshotWith(bytes), state, anchors);
}

/** The state once this pair is in force. */
function after(bytes: PairBytes, state: EngineState = emptyState): EngineState {
  const found = snapshotWith(bytes);
  const trust = judge(bytes, state);
  if (trust.status !== "new") throw new Error(trust.message);
  const { type, severity, details } = signedEvent(trust, found, { state, valuesSha256: "" });
  const line = { version: 1, key: "", at: "a", prev: "", mac: "" } as const;
  return foldState(state, { ...line, seq: (state.signed?.seq ?? 0) + 1, type, severity, details });
}

const inForce = after(pair);

describe("judgeTrust()", () => {
  it("MAN-02 takes no pair with any bit of manifest or signature flipped", () => {
    assertEquals(judge(pair).status, "new");
    assertEquals(judge(pair, inForce).status, "trusted");
    for (const name of ["manifest", "signature"] as const) {
      const bytes = pair[name];
      for (let bit = 0; bit < bytes.length * 8; bit++) {
        const flipped = bytes.slice();
        flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7));
        for (const state of [emptyState, inForce]) {
          const { status } = judge({ ...pair, [name]: flipped }, state);
          assertEquals(status, "tampered", `${name}, bit ${bit}`);
        }
      }
    }
  });

  it("MAN-02 takes no pair that is cut short or goes on", () => {
    for (const name of ["manifest", "signature"] as const) {
      const bytes = pair[name];
      const longer = Uint8Array.of(...bytes, 0x0a);
      for (const other of [longer, ...[0, 1, 10, -1].map((n) => bytes.slice(0, n))]) {
        assertEquals(judge({ ...pair, [name]: other }, inForce).status, "tampered", name);
      }
    }
  });

  it("does not verify again what an entry names", () => {
    const trust = judgeTrust(snapshotWith(pair), inForce, {
      ...anchors,
      verify: () => {
        throw new Error("verified");
      },
    });
    assertEquals([trust.status, (trust as Trust).isSigned], ["trusted", true]);
  });

  it("MAN-06 takes sha256 as the hash of a signature too", () => {
    assertEquals(judge({ ...pair, signature: key.sign(pair.manifest, "sha256") }).status, "new");
  });

  const refusals: readonly (readonly [string, PairBytes, EngineState, Trust["status"], string])[] =
    [
      ["MAN-04 no manifest, in force", { ...pair, manifest: null }, inForce, "tampered", "missing"],
      ["MAN-04 no signature", { ...pair, signature: null }, inForce, "tampered", "missing"],
      [
        "never signed",
        { manifest: null, signature: null },
        emptyState,
        "unaccepted",
        "sealward policy sign",
      ],
      [
        "another version, older",
        pair,
        after(signPair(key, { policy_version: 7 })),
        "tampered",
        "8",
      ],
      [
        "the same version, other bytes",
        signPair(key, { signer: "x" }),
        inForce,
        "tampered",
        "two signed policies",
      ],
      ["MAN-14 another project", signPair(key, { project: "b" }), inForce, "tampered", '"demo"'],
      [
        "MAN-15 expired",
        signPair(key, { expires_at: "2026-11-23T06:00:00Z" }),
        emptyState,
        "tampered",
        "expired",
      ],
      [
        "MAN-15 from the future",
        signPair(key, { signed_at: "2026-11-23T06:05:01Z" }),
        emptyState,
        "unaccepted",
        "clock",
      ],
      [
        "too old an engine",
        signPair(key, { policy_version: 2, min_engine: "0.1.1" }),
        inForce,
        "tampered",
        "too old",
      ],
      [
        "other files",
        signPair(key, {
          files: [{ path: ".scalpel/policy.yaml", sha256: "0".repeat(64), size: 15 }],
        }),
        emptyState,
        "tampered",
        ".scalpel/policy.yaml",
      ],
      ["a stranger's key", signPair(newPairKey()), emptyState, "tampered", "nobody trusts"],
    ];
  for (const [name, bytes, state, status, words] of refusals) {
    it(`refuses: ${name}`, () => {
      const trust = judge(bytes, state) as Trust;
      assertEquals(trust.status, status);
      assertStringIncludes(trust.message, words);
    });
  }

  it("MAN-15 lets a signer's clock be five minutes ahead, and expires to the second", () => {
    assertEquals(judge(signPair(key, { signed_at: "2026-11-23T06:05:00Z" })).status, "new");
    assertEquals(judge(signPair(key, { expires_at: "2026-11-23T06:00:01Z" })).status, "new");
  });

  it("judges again what is in force: time, engine and key", () => {
    const short = signPair(key, { expires_at: "2026-11-23T06:30:00Z" });
    const state = after(short);
    const found = snapshotWith(short);
    const at = (ms: number, keys = anchors.keys) =>
      judgeTrust(found, state, { ...anchors, keys, nowMs: ms }).status;
    assertEquals(at(nowMs), "trusted");
    assertEquals(at(nowMs + 1_800_000), "tampered");
    assertEquals(at(nowMs - 86_400_000), "unaccepted");
    assertEquals(at(nowMs, [newPairKey()]), "tampered");
  });

  it("without any key compares with what was accepted", () => {
    const trust = judgeTrust(snapshotWith(pair), emptyState, anchorsOf([]));
    assertEquals(trust.status, "unaccepted");
    assertEquals(judgeTrust(snapshotWith(pair), inForce, anchorsOf([])).status, "tampered");
  });

  it("an unreadable policy is tampering once there was one", () => {
    const gone = new EngineError("policy_unreadable", "gone");
    assertEquals(judgeTrust(gone, inForce, anchors).status, "tampered");
    assertEquals(judgeTrust(gone, emptyState, anchors).status, "unaccepted");
  });

  it("wants the snapshot that a signature needs", () => {
    const { signed: _, ...bare } = snapshotWith(pair);
    assertThrows(() => judgeTrust(bare, emptyState, anchors), EngineError, "without it");
  });
});

describe("engineNotice()", () => {
  it("tells of an engine that is older than the signer's, and of no other", () => {
    for (
      const [own, engine, isTold] of [
        ["0.1.0", "0.1.1", true],
        ["0.1.0", "0.1.0", false],
        ["0.2.0", "0.1.9", false],
        ["0.9.0", "0.10.0", true],
      ] as const
    ) {
      assertEquals(engineNotice({ engine }, own) !== null, isTold, `${own} ${engine}`);
    }
  });
});
