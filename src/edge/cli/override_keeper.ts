/**
 * What a human needs to enrol an authenticator app and to end an enrolment. Implemented where
 * everything is wired together.
 *
 * @module
 */
import type { Hmac } from "../../core/override/totp.ts";
import type { RandomBytes } from "../../core/ports.ts";
import type { OverrideDesk } from "../../pdp/override_desk.ts";

/** An install, open and sealed but for the folder of seeds and named outputs. */
export interface OverrideKeeper {
  readonly overrides: Pick<
    OverrideDesk,
    "list" | "enrol" | "unenrol" | "clockBack" | "acceptClock"
  >;
  /** `uid:1000`, or `user` where the system does not say. */
  readonly principal: string;
  /** Name of the project's folder, for what an app shows. */
  readonly project: string;
  readonly warnings: readonly string[];
  readonly hmac: Hmac;
  readonly randomBytes: RandomBytes;
  readonly nowUnixSeconds: () => number;
  /** Durable when it returns. @throws {EngineError} `output_unwritable`. */
  readonly writeSeed: (id: string, seed: Uint8Array) => void;
  /** @throws {EngineError} `output_unwritable`. */
  readonly removeSeed: (id: string) => void;
  readonly close: () => Promise<void>;
}
