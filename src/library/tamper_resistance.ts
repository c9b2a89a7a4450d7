/**
 * The guide's TamperResistance over the engine.
 *
 * @module
 */
import { openPolicyStore } from "../adapter/policy_store.ts";
import { findLayout } from "../compose/environment.ts";
import type { Decision } from "../core/decision/decision.ts";
import { EngineError, PolicyModificationError, TamperDetectedError } from "../core/errors.ts";
import type { Operation as ParsedOperation } from "../core/operation/operation.ts";
import { LibraryInstall, type LibraryOptions, rootOfPath } from "./library_install.ts";
import {
  type DecisionToOverride,
  type HumanOverrideOptions,
  HumanOverrides,
} from "./human_overrides.ts";
import { type Operation, parseOperationInput } from "./operation_input.ts";
import type { OverrideDecision } from "./override_decision.ts";
import { pause } from "./pause.ts";
import { OperationDeniedError, type PolicyDecision, toPolicyDecision } from "./policy_decision.ts";

/** Who asks, as the engine knows it; a guarded root's server goes by the token instead. */
const principal = "library";

export interface TamperResistanceOptions extends LibraryOptions {
  /** Default `.scalpel/policy.yaml`. */
  readonly policyPath?: string;
}

/**
 * Policy enforcement inside a caller's own process. The process keeps its permissions: what is
 * promised here is detection, not a wall (README, "Security").
 */
export class TamperResistance {
  readonly #install: LibraryInstall;
  readonly #pinnedDigest: string;
  readonly #overrides: HumanOverrides;

  /**
   * Locks the policy file (0444) and pins its digest.
   *
   * @throws {EngineError} `policy_unreadable` when there is no policy, `usage` when `policyPath`
   *   is not `.scalpel/policy.yaml` of some root.
   */
  constructor(options: TamperResistanceOptions | string = {}) {
    const { policyPath = ".scalpel/policy.yaml", root } = typeof options === "string"
      ? { policyPath: options }
      : options;
    const found = rootOfPath(policyPath, "policy.yaml", root);
    this.#install = new LibraryInstall(found);
    const layout = findLayout(this.#install.surroundings, found);
    this.#pinnedDigest = openPolicyStore(layout)().digest;
    lock(layout.policyPath);
    this.#overrides = new HumanOverrides({
      principal,
      openDesk: async () => (await this.#install.open()).engine.overrides,
      ask: (operation) => this.#decide(operation, "policy"),
      nowMs: () => performance.now(),
      nowUnixMs: () => Date.now(),
      pause,
    });
  }

  /**
   * Whether the policy is the one pinned at construction and accepted by a human.
   *
   * @returns True; a policy that is not intact throws.
   * @throws {TamperDetectedError} `policy_tampered`, or what is wrong with the log.
   * @throws {EngineError} `policy_unaccepted`, `not_initialized`.
   */
  async verifyPolicyIntegrity(): Promise<true> {
    const { engine } = await this.#install.open();
    const { status, policy_digest: digest, message } = await engine.verifyPolicy();
    if (status === "unaccepted") throw new EngineError("policy_unaccepted", message);
    if (status === "tampered" || digest !== this.#pinnedDigest) {
      throw new TamperDetectedError(
        "policy_tampered",
        status === "tampered" ? message : "The policy changed since this object was made",
        { hint: "restore it, or accept it and make a new object" },
      );
    }
    return true;
  }

  /**
   * Would this change a protected file? Limits, operations and defaults are left aside, save in a
   * guarded root: its server knows one question only, and whatever it denies is denied here.
   *
   * @returns True when it would not; the answer is durable.
   * @throws {PolicyModificationError} When it would.
   * @throws {TamperDetectedError} `policy_tampered`: then nothing is allowed.
   */
  async preventPolicyModification(operation: Operation): Promise<true> {
    const decision = await this.#check(operation, "protected_files");
    if (decision.allowed) return true;
    const codes = decision.violations.map(({ code }) => code);
    if (codes.includes("policy_tampered")) {
      throw new TamperDetectedError("policy_tampered", decision.reason);
    }
    if (codes.includes("policy_unaccepted")) {
      throw new EngineError("policy_unaccepted", decision.reason);
    }
    throw new PolicyModificationError(decision.reason);
  }

  /**
   * Decides by the whole policy. A denial is an answer, not an exception.
   *
   * @throws {TamperDetectedError} `policy_tampered`: the policy is not the pinned one.
   * @throws {EngineError} `operation_invalid`, and whatever keeps the log from being written.
   */
  check(operation: Operation): Promise<PolicyDecision> {
    return this.#check(operation, "policy");
  }

  /**
   * Runs `act` only after a durable allow.
   *
   * @returns What `act` returned.
   * @throws {OperationDeniedError} Denied or to be asked: `act` did not run.
   */
  async guard<T>(operation: Operation, act: () => T | Promise<T>): Promise<T> {
    const decision = await this.check(operation);
    if (!decision.allowed) throw new OperationDeniedError(decision);
    return await act();
  }

  /**
   * Asks a person to lift a denial, and waits. The engine names what is to be approved; where the
   * decision is not one that this object's check() gave for the same operation, it is decided anew,
   * and that answer's request is the one a person sees. An approval counts once: the next check()
   * or guard() of the operation uses it up.
   *
   * What is allowed already needs no approval, and `approved` is false then too ("Nothing to
   * override"): nobody approved anything, so go by check() or guard().
   *
   * @returns At once where nobody may or can approve. After `timeoutSeconds` the request is
   *   withdrawn (OVERRIDE_TIMEOUT in the log) and `approved` is false.
   * @throws {EngineError} `usage` for an option out of bounds; whatever check() throws.
   */
  requireHumanOverride(
    operation: Operation,
    policyDecision: DecisionToOverride,
    options: HumanOverrideOptions = {},
  ): Promise<OverrideDecision> {
    return this.#overrides.require(parseOperationInput(operation), policyDecision, options);
  }

  /**
   * Whether the engine would lift a denial by this grant now. An id it did not give is not valid.
   *
   * @param expiresAt Can only narrow: a time that is over, or null, makes it false.
   */
  isOverrideValid(overrideId: string | null, expiresAt?: Date | null): Promise<boolean> {
    return this.#overrides.isValid(overrideId, expiresAt);
  }

  /** Gives back the log; the object may be used again. */
  close(): Promise<void> {
    return this.#install.close();
  }

  async #check(
    operation: Operation,
    scope: "policy" | "protected_files",
  ): Promise<PolicyDecision> {
    const parsed = parseOperationInput(operation);
    const envelope = await this.#decide(parsed, scope);
    const decision = toPolicyDecision(envelope);
    this.#overrides.remember(decision, envelope, parsed);
    return decision;
  }

  async #decide(
    operation: ParsedOperation,
    scope: "policy" | "protected_files",
  ): Promise<Decision> {
    const { engine } = await this.#install.open();
    const options = { scope, readsUnknownAsTool: true } as const;
    const decision = (await engine.check([operation], principal, options))[0];
    if (decision === undefined) throw new EngineError("internal", "The engine gave no answer");
    this.#requirePin(decision.policy_digest);
    return decision;
  }

  #requirePin(digest: string): void {
    if (digest === this.#pinnedDigest) return;
    throw new TamperDetectedError(
      "policy_tampered",
      "The policy changed since this object was made",
      { hint: "accept it and make a new object" },
    );
  }
}

function lock(path: string): void {
  try {
    Deno.chmodSync(path, 0o444);
  } catch {
    // Another user's file: its owner's mode stands, and the hash is what is relied on.
  }
}
