/**
 * A human's acceptance of one exact policy, as an entry of the log.
 *
 * @module
 */
import { keepInput } from "../adapter/kept_inputs.ts";
import type { Receipt } from "../core/audit/entry.ts";
import { stateTypes } from "../core/audit/state.ts";
import { EngineError, TamperDetectedError } from "../core/errors.ts";
import { markDetails } from "../core/integrity/hold_marks.ts";
import type { PolicySnapshot } from "../core/integrity/policy_snapshot.ts";
import { keepPolicy, loadPolicy } from "../core/policy/load_policy.ts";
import { weakeningEvents } from "../core/policy/weakening_events.ts";
import type { Layout } from "../adapter/layout.ts";
import { openPolicyStore } from "../adapter/policy_store.ts";
import { findLayout, type Surroundings } from "./environment.ts";
import { openLog } from "./open_install.ts";

/**
 * Accepts what was shown, keeping a copy of each input so that the next change can be shown too.
 *
 * @throws {EngineError} `policy_tampered` when the disk no longer holds what was shown;
 *   `signature_required` where a key is trusted; every refusal of lintPolicy.
 */
export async function acceptPolicy(
  surroundings: Surroundings,
  root: string | null,
  shown: PolicySnapshot,
): Promise<Receipt> {
  await requireUnsigned(surroundings);
  return await acceptAt(surroundings, findLayout(surroundings, root), shown);
}

/** The same where the layout is known, and that no key is trusted. */
export async function acceptAt(
  surroundings: Surroundings,
  layout: Layout,
  shown: PolicySnapshot,
): Promise<Receipt> {
  const { refuseFaulty } = await import("../core/policy/refuse_faulty.ts");
  refuseFaulty(shown);
  const { audit } = await openLog(surroundings, layout);
  try {
    keepInputs(layout, shown);
    const valuesSha256 = keepValues(layout, shown);
    const { receipts } = await audit.transact(({ state }) => {
      // SECURITY: between showing and accepting somebody may have swapped the file.
      const now = openPolicyStore(layout)();
      if (now.digest !== shown.digest) throw swapped();
      const details = {
        policy_digest: shown.digest,
        previous_digest: state.accepted?.policy_digest ?? null,
        inputs: shown.inputs.map(({ path, sha256 }) => ({ path, sha256 })),
        values_sha256: valuesSha256,
        ...markDetails(now.marks),
        principal: surroundings.uid === null ? "user" : `uid:${surroundings.uid}`,
      };
      const accepted = { type: stateTypes.accepted, severity: "CRITICAL", details } as const;
      return { events: [accepted, ...weakeningEvents(loadPolicy(shown), state)], result: 0 };
    });
    const receipt = receipts[0];
    if (receipt === undefined) throw new EngineError("internal", "The log returned no receipt");
    return receipt;
  } finally {
    await audit.close();
  }
}

/**
 * Refuses to accept where a key is trusted: whoever can run a command could else do without it.
 *
 * @throws {EngineError} `signature_required`
 */
export async function requireUnsigned({ readTrustedKeys }: Surroundings): Promise<void> {
  const keys = await readTrustedKeys();
  if (keys.length === 0) return;
  throw new EngineError(
    "signature_required",
    "Cannot accept: this host trusts signed policies only",
    {
      hint: "run `sealward policy sign --key FILE`, with one of the keys: " +
        keys.slice(0, 4).map(({ fingerprint }) => fingerprint).join(", "),
    },
  );
}

function swapped(): TamperDetectedError {
  return new TamperDetectedError(
    "policy_tampered",
    "Cannot accept: the policy on disk is no longer the one that was shown",
    { hint: "look at it again with `sealward policy accept`" },
  );
}

function keepInputs(layout: Layout, shown: PolicySnapshot): void {
  for (const { path } of shown.inputs) {
    const bytes = shown.files.get(path);
    if (bytes !== undefined) keepInput(layout, bytes);
  }
}

/** Keeps the policy's plain values under their hash, so that deciding needs no YAML reader. */
function keepValues(layout: Layout, shown: PolicySnapshot): string {
  return keepInput(layout, new TextEncoder().encode(keepPolicy(shown)));
}

/** SHA-256 by path of the inputs accepted last; empty before the first time. */
export async function readAcceptedInputs(
  surroundings: Surroundings,
  root: string | null,
): Promise<ReadonlyMap<string, string>> {
  const { audit } = await openLog(surroundings, findLayout(surroundings, root));
  try {
    const { result } = await audit.transact(({ state }) => ({ events: [], result: state }));
    return new Map(result.accepted?.inputs.map(({ path, sha256 }) => [path, sha256]));
  } finally {
    await audit.close();
  }
}
