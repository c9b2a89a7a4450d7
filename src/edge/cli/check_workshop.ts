/**
 * What commands for people who write checks need from the machine; implemented where everything is
 * wired together.
 *
 * @module
 */
import type { CheckFailure } from "../../core/check/check_failure.ts";
import type { CheckAbi } from "../../core/check/check_job.ts";
import type { CheckLimits } from "../../core/check/check_limits.ts";
import type { Disk } from "../../core/ports.ts";
import type { TrialSandbox } from "../../pdp/try_check.ts";

export interface WorkshopRequest {
  /** As given with --root. */
  readonly root: string | null;
  /**
   * `one`: one sandbox process, and no other after it was killed; `many`: others in its place;
   * `nothing`: no module is run.
   */
  readonly runs: "nothing" | "one" | "many";
  /** The policy where people edit it stays writable. */
  readonly writesPolicy?: boolean;
  /** False: somebody else seals this process before a module is read. */
  readonly seals?: boolean;
}

/** What a module is; names are untrusted. */
export interface ModuleReport {
  /** The first ABI it passes as; null: none. */
  readonly abi: CheckAbi | null;
  readonly fits: readonly { readonly abi: CheckAbi; readonly failure: CheckFailure | null }[];
  readonly imports: readonly {
    readonly module: string;
    readonly name: string;
    readonly type: string;
  }[];
  readonly exports: readonly { readonly name: string; readonly type: string }[];
  readonly features: readonly string[];
  readonly customSections: readonly string[];
  readonly instructions: number;
  readonly hasStart: boolean;
  readonly headroom: readonly {
    readonly limit: string;
    readonly got: number;
    readonly wanted: number;
  }[];
}

/** Sealed: all can be read, nothing be written but what was asked for, and nothing be started. */
export interface CheckWorkshop extends TrialSandbox {
  /** Of the project's root, real. */
  readonly root: string;
  /** Where people edit the policy, and put modules; what is in force may lie elsewhere. */
  readonly policyPath: string;
  readonly checksFolder: string;
  readonly disk: Disk;
  /**
   * A regular file, or a link to one. SECURITY: this is for trying out; what a policy pins is read
   * by stricter rules.
   *
   * @throws {EngineError} `check_unreadable`; `check_refused` for more than `limitBytes`.
   */
  readonly readFile: (path: string, limitBytes: number) => Uint8Array<ArrayBuffer>;
  /** Looks, and runs nothing. @throws {CheckFailure} Where there is nothing to tell. */
  readonly describe: (
    module: Uint8Array<ArrayBuffer>,
    limits: Pick<CheckLimits, "moduleBytes" | "memoryPages">,
  ) => Promise<ModuleReport>;
  /**
   * Puts `text` in the place of the policy, whole or not at all.
   *
   * @param before What a person was shown.
   * @throws {EngineError} `output_unwritable`: it is locked, not plain, or not the same any more.
   */
  readonly replacePolicy: (before: string, text: string) => void;
  /** Ends its processes. */
  readonly close: () => Promise<void>;
}
