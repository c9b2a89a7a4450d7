/**
 * Trust in the policy at one moment, and the policy itself where it is trusted.
 *
 * @module
 */
import type { NewEvent } from "../core/audit/entry.ts";
import type { EngineState } from "../core/audit/state.ts";
import { EngineError, toEngineError } from "../core/errors.ts";
import { holdMarks, markDetails, touchEvents } from "../core/integrity/hold_marks.ts";
import type { judgeTrust, TrustAnchors } from "../core/integrity/judge_trust.ts";
import type { PolicySnapshot } from "../core/integrity/policy_snapshot.ts";
import { compareTrust, type Trust, trustEvents } from "../core/integrity/trust.ts";
import type { TrustedKey } from "../core/integrity/trusted_key.ts";
import { type LoadedPolicy, parseKeptPolicy } from "../core/policy/kept_policy.ts";
import { weakeningEvents } from "../core/policy/weakening_events.ts";
import type { EngineParts } from "./engine.ts";
import type { JudgedPolicy } from "./judged_policy.ts";
import { Needed, withTurns } from "./needed.ts";

/** Trust in the policy at one moment, and the policy itself where it is trusted. */
export interface Standing {
  readonly trust: Trust;
  readonly loaded: LoadedPolicy | null;
  /** What `loaded` was read from. */
  readonly snapshot: PolicySnapshot | null;
  /** What the log has to say of it first; nothing while nothing changes. */
  readonly events: readonly NewEvent[];
}

export interface Standings {
  /** Hashes on every call; parses again only when the digest is another one. */
  readonly read: (state: EngineState) => Standing;
  /**
   * Runs `act` again with the YAML readers, or with what verifies signatures, where it turns out to
   * need them; and behind the entry of a signed policy that is new.
   */
  readonly withReaders: <T>(act: () => Promise<T>) => Promise<T>;
}

type StandingParts = Pick<
  EngineParts,
  | "readPolicy"
  | "readTrustedKeys"
  | "loadSignatureTools"
  | "readKept"
  | "keep"
  | "audit"
  | "sha256"
  | "nowMicros"
>;

/** Reads through the parts. */
export function createStandings(parts: StandingParts): Standings {
  const policies = new PolicyLoader(parts.readKept);
  let verify: TrustAnchors["verify"] | null = null;
  let anchors: Anchors | null = null;
  const loadVerifier = async (): Promise<void> => {
    const { createVerifier } = await import("../core/integrity/create_verifier.ts");
    verify = createVerifier({ sha256: parts.sha256, ...await parts.loadSignatureTools() });
  };
  const record = async (): Promise<void> =>
    await (await import("./record_signed.ts")).recordSigned(judge, parts);
  const judge = (state: EngineState): JudgedPolicy =>
    judgePolicy(state, parts, anchors, (signature, message) => {
      if (verify === null) throw new Needed(loadVerifier);
      return verify(signature, message);
    });
  const read = (state: EngineState): Standing => {
    const { found, trust } = judge(state);
    if (trust.status === "new") throw new Needed(record);
    if (!("digest" in found)) {
      // Never accepted and not even readable: there is nothing a human could have meant. And a
      // system that is out of resources says nothing about the policy.
      if (trust.status === "unaccepted" || found.code === "resources_exhausted") throw found;
      return { trust, ...nothing, events: trustEvents(trust, state) };
    }
    if (trust.status !== "trusted") {
      return { trust, ...nothing, events: trustEvents(trust, state) };
    }
    const loaded = policies.load(found, state);
    const events = trustedEvents(trust, found, { state, loaded });
    return { trust, loaded, snapshot: found, events };
  };
  const withReaders = async <T>(act: () => Promise<T>): Promise<T> => {
    // SECURITY: keys that cannot be read are no reason to do without: this throws, and nothing is
    // decided.
    anchors = await readAnchors(parts);
    return await withTurns(act);
  };
  return { read, withReaders };
}

const nothing = { loaded: null, snapshot: null };

/** Parses trusted policies, and keeps the one it parsed last. */
class PolicyLoader {
  readonly #readKept: EngineParts["readKept"];
  #last: LoadedPolicy | null = null;
  #loadText: ((snapshot: PolicySnapshot) => LoadedPolicy) | null = null;

  constructor(readKept: EngineParts["readKept"]) {
    this.#readKept = readKept;
  }

  load(snapshot: PolicySnapshot, { accepted }: EngineState): LoadedPolicy {
    if (this.#last?.digest !== snapshot.digest) {
      this.#last = this.#loadKept(snapshot, accepted?.values_sha256 ?? null);
    }
    return this.#last;
  }

  async #loadReaders(): Promise<void> {
    this.#loadText = (await import("../core/policy/load_policy.ts")).loadPolicy;
  }

  #loadKept(snapshot: PolicySnapshot, keptDigest: string | null): LoadedPolicy {
    const kept = keptDigest === null ? null : this.#readKept(keptDigest);
    const loaded = kept && parseKeptPolicy(new TextDecoder().decode(kept), snapshot);
    if (loaded !== null) return loaded;
    if (this.#loadText === null) throw new Needed(() => this.#loadReaders());
    return this.#loadText(snapshot);
  }
}

/** Keys as they were before the transaction, and the code that judges by them. */
interface Anchors {
  readonly keys: readonly TrustedKey[];
  /** Null where no key is trusted: then nobody pays for it. */
  readonly judgeTrust: typeof judgeTrust | null;
}

async function readAnchors({ readTrustedKeys }: StandingParts): Promise<Anchors> {
  const keys = await readTrustedKeys();
  if (keys.length === 0) return { keys, judgeTrust: null };
  const { judgeTrust } = await import("../core/integrity/judge_trust.ts");
  return { keys, judgeTrust };
}

function trustedEvents(
  trust: Trust,
  { marks }: PolicySnapshot,
  { state, loaded }: { readonly state: EngineState; readonly loaded: LoadedPolicy },
): readonly NewEvent[] {
  // Put back is touched: one entry says both.
  const events = state.tamper === null
    ? touchEvents(trust, marks ?? null, state)
    : trustEvents(trust, state).map((event) => {
      return { ...event, details: { ...event.details, ...markDetails(marks) } };
    });
  return [...events, ...weakeningEvents(loaded, state)];
}

function judgePolicy(
  state: EngineState,
  { readPolicy, nowMicros, sha256 }: StandingParts,
  anchors: Anchors | null,
  verify: TrustAnchors["verify"],
): JudgedPolicy {
  if (anchors === null) throw new EngineError("internal", "Nobody looked which keys are trusted");
  const { keys, judgeTrust } = anchors;
  const found = readSnapshot(() => readPolicy(judgeTrust === null ? "inputs" : "signed"));
  const nowMs = Math.floor(nowMicros() / 1000);
  const trust = judgeTrust === null
    ? compareTrust(found, state)
    : judgeTrust(found, state, { keys, nowMs, sha256, verify });
  const marks = "digest" in found ? found.marks ?? null : null;
  return { found, trust: trust.status === "new" ? trust : holdMarks(trust, marks, state) };
}

function readSnapshot(read: () => PolicySnapshot): PolicySnapshot | EngineError {
  try {
    return read();
  } catch (error) {
    return toEngineError(error);
  }
}
