/**
 * What approvals make of the denials of one transaction; loaded where something is denied that a
 * person may approve.
 *
 * @module
 */
import type { EngineState } from "../core/audit/state.ts";
import type { Exceptions } from "../core/override/exceptions.ts";
import { hasAnyProof, termsOf } from "../core/override/terms.ts";
import type { Policy } from "../core/policy/policy.ts";
import type { EngineParts } from "./engine.ts";
import { Needed } from "./needed.ts";

let loaded: typeof Exceptions | null = null;

async function load(): Promise<void> {
  loaded = (await import("../core/override/exceptions.ts")).Exceptions;
}

/** Null where nobody may approve anything. */
export function exceptionsOf(
  policy: Policy | null,
  { isSigned, overrides }: { readonly isSigned: boolean } & Pick<EngineState, "overrides">,
  parts: Pick<
    EngineParts,
    "attestation" | "hasUnnamedSecret" | "installId" | "nowMicros" | "sha256" | "randomBytes"
  >,
): (() => Exceptions) | null {
  const terms = policy === null ? null : termsOf(policy.overrides, parts.hasUnnamedSecret);
  // A request that nobody's approval could count for is offered to nobody.
  if (terms === null || !hasAnyProof(terms, parts.attestation === "guarded")) return null;
  let made: Exceptions | null = null;
  return () => {
    if (made !== null) return made;
    if (loaded === null) throw new Needed(load);
    const nowSeconds = Math.floor(parts.nowMicros() / 1_000_000);
    made = new loaded(overrides, { ...parts, terms, isSigned, nowSeconds });
    return made;
  };
}
