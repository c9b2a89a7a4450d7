/**
 * What `sealward test` needs from the machine; implemented where everything is wired together.
 *
 * @module
 */
import type { LoadSandbox } from "../../core/check/check_sandbox.ts";
import type { Disk, NowMicros, Sha256 } from "../../core/ports.ts";

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
  readonly nowMicros: NowMicros;
  /** Where the policy's checks run; started before anything else was given up. */
  readonly loadSandbox: LoadSandbox;
  /** Files of tests at a path, absolute and sorted: a folder stands for the YAML files below it. */
  readonly listTests: (path: string) => readonly string[];
  readonly isFolder: (path: string) => boolean;
  readonly readTests: (path: string) => Uint8Array;
  /** A text that changes when one of the files does. */
  readonly stampOf: (paths: readonly string[]) => string;
  /** Ends what runs checks. */
  readonly close: () => Promise<void>;
}
