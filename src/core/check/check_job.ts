/**
 * What a sandbox is given, and what it gives back.
 *
 * @module
 */
import type { JsonObject } from "../operation/operation.ts";
import type { Severity } from "../policy/severity.ts";
import type { CheckFailureCode } from "./check_failure.ts";
import type { CheckLimits } from "./check_limits.ts";

export const checkAbis = ["opa-1", "wasi-cmd", "native-1"] as const;
export type CheckAbi = typeof checkAbis[number];

/** A module and how to run it: everything that decides what comes out, save the request. */
export interface CheckJob {
  /** As pinned; the gate looks at these bytes and no others. */
  readonly module: Uint8Array;
  readonly abi: CheckAbi;
  /** Of `opa-1`: e.g. `policy/deny`; null for the only or first one. Else null. */
  readonly entrypoint: string | null;
  /** Of `opa-1`: `allow` reads a boolean, `violations` a list; else `violations`. */
  readonly result: "allow" | "violations";
  /** Of `opa-1`: the data document, JSON in UTF-8; else null. */
  readonly data: Uint8Array | null;
  readonly limits: CheckLimits;
}

/** One thing a check found. A check only ever adds: it has no way to say "allow". */
export interface CheckViolation {
  /** `[a-z][a-z0-9_.-]{0,63}`. */
  readonly code: string;
  /** At most 1,000 characters; untrusted, escaped by whoever shows it. */
  readonly message: string;
  /** Null: the check's own severity in the policy. */
  readonly severity: Severity | null;
  /** A file of the operation it is about; null for the whole operation. */
  readonly path: string | null;
  /** Small, plain JSON; null where it gave none. */
  readonly details: JsonObject | null;
}

/** What a run came to. Same module, settings and request: same outcome and same fuel, everywhere. */
export type CheckOutcome =
  | {
    readonly status: "ok";
    /** At most 100. */
    readonly violations: readonly CheckViolation[];
    readonly fuel: number;
    /** What it printed beside, cut to limits.logBytes; untrusted. */
    readonly log: string;
  }
  | {
    readonly status: "failed";
    readonly code: CheckFailureCode;
    /** One line. */
    readonly message: string;
    readonly fuel: number;
  };

/** A module that passed the gate. Holds no state between runs: each has an instance of its own. */
export interface LoadedCheck {
  /** @param request Canonical JSON (RFC 8785) in UTF-8; see encodeCheckRequest. Never throws. */
  readonly run: (request: Uint8Array) => CheckOutcome;
}
