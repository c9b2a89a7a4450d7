/**
 * Trust in the policy at one moment, and the policy itself where it is trusted.
 *
 * @module
 */
import type { EngineState } from "../core/audit/state.ts";
import { type EngineError, toEngineError } from "../core/errors.ts";
import type { PolicySnapshot } from "../core/integrity/policy_snapshot.ts";
import { compareTrust, type Trust } from "../core/integrity/trust.ts";
import { type LoadedPolicy, parseKeptPolicy } from "../core/policy/kept_policy.ts";
import type { EngineParts } from "./engine.ts";

/** Trust in the policy at one moment, and the policy itself where it is trusted. */
export interface Standing {
  readonly trust: Trust;
  readonly loaded: LoadedPolicy | null;
}

/** Thrown inside a transaction, which then writes nothing: the YAML readers must be loaded first. */
class ReadersNeeded extends Error {}

export interface Standings {
  /** Hashes on every call; parses again only when the digest is another one. */
  readonly read: (state: EngineState) => Standing;
  /** Runs `act` again with the YAML readers where it turns out to need them. */
  readonly withReaders: <T>(act: () => Promise<T>) => Promise<T>;
}

/** Reads through the parts; keeps the policy it parsed last. */
export function createStandings(
  { readPolicy, readKept }: Pick<EngineParts, "readPolicy" | "readKept">,
): Standings {
  let last: LoadedPolicy | null = null;
  let loadText: ((snapshot: PolicySnapshot) => LoadedPolicy) | null = null;
  const load = (snapshot: PolicySnapshot, state: EngineState): LoadedPolicy => {
    const keptDigest = state.accepted?.values_sha256 ?? null;
    const kept = keptDigest === null ? null : readKept(keptDigest);
    const loaded = kept && parseKeptPolicy(new TextDecoder().decode(kept), snapshot);
    if (loaded !== null) return loaded;
    if (loadText === null) throw new ReadersNeeded();
    return loadText(snapshot);
  };
  const read = (state: EngineState): Standing => {
    const found = readSnapshot(readPolicy);
    const trust = compareTrust(found, state);
    if (!("digest" in found)) {
      // Never accepted and not even readable: there is nothing a human could have meant. And a
      // system that is out of resources says nothing about the policy.
      if (trust.status === "unaccepted" || found.code === "resources_exhausted") throw found;
      return { trust, loaded: null };
    }
    if (trust.status !== "trusted") return { trust, loaded: null };
    if (last?.digest !== found.digest) last = load(found, state);
    return { trust, loaded: last };
  };
  const withReaders = async <T>(act: () => Promise<T>): Promise<T> => {
    try {
      return await act();
    } catch (error) {
      if (!(error instanceof ReadersNeeded)) throw error;
      loadText = (await import("../core/policy/load_policy.ts")).loadPolicy;
      return await act();
    }
  };
  return { read, withReaders };
}

function readSnapshot(read: () => PolicySnapshot): PolicySnapshot | EngineError {
  try {
    return read();
  } catch (error) {
    return toEngineError(error);
  }
}
