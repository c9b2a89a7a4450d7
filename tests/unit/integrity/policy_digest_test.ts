import { createHash } from "node:crypto";
import { assertEquals, assertNotEquals, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { EngineError } from "../../../src/core/errors.ts";
import { policyDigest } from "../../../src/core/integrity/policy_digest.ts";

const sha256 = (data: Uint8Array) => new Uint8Array(createHash("sha256").update(data).digest());
const a = "a".repeat(64);
const b = "b".repeat(64);

describe("policyDigest()", () => {
  it("hashes the bytes of SPEC.md", () => {
    const inputs = [
      { path: ".scalpel/policy.yaml", sha256: a },
      { path: ".scalpel/\u00fc.wasm", sha256: b },
    ];
    // printf 'sealward-policy-v1\naaa... 20 .scalpel/policy.yaml\nbbb... 16 .scalpel/\u00fc.wasm\n' | sha256sum
    const golden = "sha256:d81bfe8909af41d3ebb378f6e7b6475850063daab253fb26054f905df2f303cc";
    assertEquals(policyDigest(inputs, sha256), golden);
    assertEquals(policyDigest(inputs.toReversed(), sha256), golden);
  });

  it("of no inputs is the digest of the domain alone", () => {
    // printf 'sealward-policy-v1\n' | sha256sum
    assertEquals(
      policyDigest([], sha256),
      "sha256:eb5cde490a6e9940485db63c1dfba03e58a65661b6c820d4ef25ba49809c8e7a",
    );
  });

  it("differs when a path, a hash or a border between them differs", () => {
    const digests = [
      [{ path: "x", sha256: a }],
      [{ path: "y", sha256: a }],
      [{ path: "x", sha256: b }],
      [{ path: "x", sha256: a }, { path: "y", sha256: b }],
      [{ path: `x\n${b} 1 y`, sha256: a }],
    ].map((inputs) => policyDigest(inputs, sha256));
    assertEquals(new Set(digests).size, digests.length);
    assertNotEquals(digests[0], policyDigest([], sha256));
  });

  it("throws on lists that are no lists of inputs", () => {
    const rows = [
      [{ path: "x", sha256: a }, { path: "x", sha256: b }],
      [{ path: "x", sha256: a }, { path: "w", sha256: a }, { path: "x", sha256: a }],
      [{ path: "", sha256: a }],
      [{ path: "\ud800", sha256: a }],
      [{ path: "x", sha256: "A".repeat(64) }],
      [{ path: "x", sha256: a.slice(1) }],
      [{ path: "x", sha256: `sha256:${a}` }],
    ];
    for (const row of rows) {
      assertEquals(assertThrows(() => policyDigest(row, sha256), EngineError).code, "internal");
    }
  });
});
