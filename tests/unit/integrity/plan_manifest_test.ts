import { assertEquals, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { EngineError } from "../../../src/core/errors.ts";
import type { Manifest } from "../../../src/core/integrity/manifest.ts";
import { type ManifestWish, planManifest } from "../../../src/core/integrity/plan_manifest.ts";
import { version } from "../../../src/core/version.ts";
import { manifestOf, nowMs, policyFileEntry } from "../../support/policy_pair.ts";

function plan(given: Partial<ManifestWish> = {}): Manifest {
  return planManifest({
    previous: null,
    covered: [policyFileEntry],
    policyVersion: null,
    project: null,
    defaultProject: "demo-1",
    minEngine: null,
    signer: "me",
    nowMs,
    expiresMs: null,
    backtest: null,
    ...given,
  });
}

describe("planManifest()", () => {
  it("begins with version 1 of a project of its own", () => {
    assertEquals(plan(), {
      ...manifestOf(),
      project: "demo-1",
      signer: "me",
      min_engine: version,
      engine: version,
      signed_at: "2026-11-23T06:00:00Z",
    });
  });

  it("goes on from the last manifest", () => {
    const previous = manifestOf({ policy_version: 6, project: "p", min_engine: "0.0.9" });
    const next = plan({ previous });
    assertEquals([next.policy_version, next.project, next.min_engine], [7, "p", "0.0.9"]);
    assertEquals(plan({ previous, policyVersion: 40 }).policy_version, 40);
    assertEquals(plan({ previous, project: "p" }).project, "p");
  });

  it("never goes back, nor to another project, nor past the last number there is", () => {
    const previous = manifestOf({ policy_version: 6, project: "p" });
    for (const policyVersion of [6, 5, 1]) {
      assertEquals(codeOf(() => plan({ previous, policyVersion })), "usage");
    }
    assertEquals(codeOf(() => plan({ previous, project: "q" })), "usage");
    const last = manifestOf({ policy_version: Number.MAX_SAFE_INTEGER });
    assertEquals(codeOf(() => plan({ previous: last })), "manifest_invalid");
  });

  it("MAN-15 signs nothing that has expired already", () => {
    assertEquals(codeOf(() => plan({ expiresMs: nowMs })), "manifest_invalid");
    assertEquals(plan({ expiresMs: nowMs + 1000 }).expires_at, "2026-11-23T06:00:01Z");
  });
});

function codeOf(act: () => unknown): string {
  return assertThrows(act, EngineError).code;
}
