/**
 * A signed policy comes into force: both parsers read it, and an entry says so, before anything is
 * decided by it. Loaded when there is one.
 *
 * @module
 */
import type { EngineState } from "../core/audit/state.ts";
import { signedEvent } from "../core/integrity/signed_event.ts";
import { keepPolicy } from "../core/policy/load_policy.ts";
import { refuseFaulty } from "../core/policy/refuse_faulty.ts";
import type { EngineParts } from "./engine.ts";
import type { JudgedPolicy } from "./judged_policy.ts";

/**
 * Appends the entry, or nothing when it is there already, or when what lies there now does not count.
 * A transaction of its own: the decisions that follow are made on the state behind it.
 *
 * @throws {EngineError} What stands against the policy's text; then it does not come into force.
 */
export async function recordSigned(
  judge: (state: EngineState) => JudgedPolicy,
  { audit, keep }: Pick<EngineParts, "audit" | "keep">,
): Promise<void> {
  await audit.transact(({ state }) => {
    // SECURITY: judged again under the lock: what is recorded is what was hashed and verified here.
    const { found, trust } = judge(state);
    if (trust.status !== "new" || !("digest" in found)) return { events: [], result: null };
    refuseFaulty(found);
    for (const { path } of found.inputs) keep(found.files.get(path) ?? new Uint8Array());
    const valuesSha256 = keep(new TextEncoder().encode(keepPolicy(found)));
    return { events: [signedEvent(trust, found, { state, valuesSha256 })], result: null };
  });
}
