/**
 * What `sealward checks inspect` found.
 *
 * @module
 */
import type { CheckFailureCode } from "../../core/check/check_failure.ts";
import type { CheckAbi } from "../../core/check/check_job.ts";
import type { ModuleReport } from "../cli/check_workshop.ts";

export interface Inspection {
  /** As it was named. */
  readonly file: string;
  readonly sha256: string;
  readonly bytes: number;
  /** The ABI it passes as: the one asked for, else the first; null: it would be refused. */
  readonly abi: CheckAbi | null;
  /** Why, by ABI; null is whatever the ABI. Empty where it passes. */
  readonly refusals: readonly {
    readonly abi: CheckAbi | null;
    readonly code: CheckFailureCode;
    readonly message: string;
    readonly offset: number | null;
  }[];
  /** Null where there is nothing to tell. */
  readonly facts: ModuleReport | null;
}
