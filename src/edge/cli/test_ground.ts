/**
 * What `sealward test` needs from the machine; implemented where everything is wired together.
 *
 * @module
 */
import type { Disk, Sha256 } from "../../core/ports.ts";

/** Where policy tests are run: everything can be read, nothing can be written. */
export interface TestGround {
  /** Of the project's root, real. */
  readonly root: string;
  /** The policy in force here, whether or not somebody trusts it. */
  readonly policyPath: string;
  /** Where tests lie when nobody names any. */
  readonly testsFolder: string;
  readonly disk: Disk;
  readonly sha256: Sha256;
  /** Files of tests at a path, absolute and sorted: a folder stands for the YAML files below it. */
  readonly listTests: (path: string) => readonly string[];
  readonly readTests: (path: string) => Uint8Array;
  /** A text that changes when one of the files does. */
  readonly stampOf: (paths: readonly string[]) => string;
}
