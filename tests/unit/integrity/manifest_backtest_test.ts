import { assertEquals, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { EngineError } from "../../../src/core/errors.ts";
import { encodeManifest } from "../../../src/core/integrity/encode_manifest.ts";
import type { Manifest } from "../../../src/core/integrity/manifest.ts";
import { parseManifest } from "../../../src/core/integrity/parse_manifest.ts";

const backtest = {
  report_sha256: "a".repeat(64),
  log_id: "0123abcd",
  entries: 9,
  decisions: 5,
  widened: 2,
  acknowledged: 2,
  unjudged: 1,
};

function manifestWith(given: object | null): Manifest {
  return {
    schema_version: 1,
    project: "p",
    policy_version: 1,
    min_engine: "0.1.0",
    engine: "0.1.0",
    signer: "me",
    signed_at: "2026-11-23T06:00:00Z",
    expires_at: null,
    files: [{ path: ".scalpel/policy.yaml", sha256: "b".repeat(64), size: 1 }],
    backtest: given as Manifest["backtest"],
  };
}

describe("a manifest's backtest", () => {
  it("is what was signed, or null", () => {
    for (const given of [backtest, null]) {
      assertEquals(parseManifest(encodeManifest(manifestWith(given))).backtest, given);
    }
  });
  const spoilt: readonly (readonly [what: string, given: object])[] = [
    ["a widening nobody acknowledged", { ...backtest, acknowledged: 1 }],
    ["more acknowledged than there was", { ...backtest, acknowledged: 3 }],
    ["counts that do not agree", { ...backtest, decisions: 2 }],
    ["more decisions than entries", { ...backtest, entries: 4 }],
    ["a hash that is none", { ...backtest, report_sha256: "A".repeat(64) }],
    ["an unknown member", { ...backtest, note: "" }],
    ["a missing member", { report_sha256: backtest.report_sha256 }],
    ["a negative count", { ...backtest, unjudged: -1 }],
    ["a list", []],
  ];
  for (const [what, given] of spoilt) {
    it(`refuses ${what}`, () => {
      const bytes = encodeManifest(manifestWith(given));
      assertEquals(assertThrows(() => parseManifest(bytes), EngineError).code, "manifest_invalid");
    });
  }
});
