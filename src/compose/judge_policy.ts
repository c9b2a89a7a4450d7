/**
 * What the policy on disk is worth now, for people who look after an install.
 *
 * @module
 */
import { nowMicros } from "../adapter/clock.ts";
import type { Layout } from "../adapter/layout.ts";
import { openPolicyStore } from "../adapter/policy_store.ts";
import type { EngineState } from "../core/audit/state.ts";
import { createVerifier } from "../core/integrity/create_verifier.ts";
import { holdMarks } from "../core/integrity/hold_marks.ts";
import { judgeTrust, type NewPolicy } from "../core/integrity/judge_trust.ts";
import type { PolicySnapshot } from "../core/integrity/policy_snapshot.ts";
import { sha256 } from "../core/integrity/sha256.ts";
import type { Trust } from "../core/integrity/trust.ts";
import type { Surroundings } from "./environment.ts";

/** Reads and judges; `new` is a signed policy that the next decision puts in force. */
export async function judgePolicy(
  { readTrustedKeys }: Pick<Surroundings, "readTrustedKeys">,
  layout: Pick<Layout, "policyFolder">,
  state: EngineState,
): Promise<{ readonly snapshot: PolicySnapshot; readonly trust: Trust | NewPolicy }> {
  const keys = await readTrustedKeys();
  const snapshot = openPolicyStore(layout)(keys.length === 0 ? "inputs" : "signed");
  const { verifyEd25519, sha512 } = await import("../adapter/signing_key.ts");
  const verify = createVerifier({ verifyEd25519, sha256, sha512 });
  const nowMs = Math.floor(nowMicros() / 1000);
  const trust = judgeTrust(snapshot, state, { keys, nowMs, sha256, verify });
  const marks = snapshot.marks ?? null;
  return { snapshot, trust: trust.status === "new" ? trust : holdMarks(trust, marks, state) };
}
