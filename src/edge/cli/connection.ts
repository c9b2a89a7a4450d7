/**
 * Asking somebody else to decide.
 *
 * @module
 */
import type { Alarm } from "../../core/audit/alarm.ts";
import type { Outcome, Settlement } from "../../core/audit/outcome.ts";
import type { Decision } from "../../core/decision/decision.ts";
import type { Unmeasured } from "../../core/decision/unmeasured_header.ts";
import type { JsonObject, Operation } from "../../core/operation/operation.ts";

/** How to reach a server, as the command line and the environment say. */
export interface ConnectOptions {
  readonly url: string;
  readonly root: string | null;
  readonly outputs: readonly string[];
  /** Null: the agent's token of the install at `root`. */
  readonly tokenPath: string | null;
  /** Null: the public key of the install at `root`. */
  readonly keyPath: string | null;
  /** What limits that cannot be measured are; left out: `listed`. */
  readonly unmeasured?: Unmeasured;
}

/** The road of a hook, as its command line fixes it. */
export interface HookRoadOptions {
  /** Null: the installs around working folder and targets. */
  readonly root: string | null;
  /** Null: decide in this process. */
  readonly server: string | null;
  /** As in ConnectOptions. */
  readonly tokenPath: string | null;
  readonly keyPath: string | null;
}

export interface Connection {
  readonly check: (
    operations: readonly Operation[],
    options?: { readonly expectsOutcome?: true },
  ) => Promise<readonly Decision[]>;
  /** Reports what came of an operation, or of a session's; the server looks for itself too. */
  readonly outcome: (outcome: Outcome) => Promise<readonly Alarm[]>;
  readonly settle: (settlement: Settlement) => Promise<readonly Alarm[]>;
  /** What is in force there. */
  readonly status: () => Promise<JsonObject>;
  readonly close: () => Promise<void>;
}
