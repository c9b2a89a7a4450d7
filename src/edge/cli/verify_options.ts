/**
 * What verifying a log is asked for.
 *
 * @module
 */

/** What `audit verify` is asked for. */
export interface VerifyLogOptions {
  /** `seals`: closed segments by their hashes; `since`: those verified before by their hashes. */
  readonly mode: "full" | "seals" | "since";
  /** Beginnings of MACs noted elsewhere, 20 to 64 hex digits. */
  readonly macs: readonly { readonly seq: number; readonly prefix: string }[];
  /** Signed checkpoints, whole. */
  readonly checkpoints: readonly string[];
  /** They are signed with; null: the install's own. */
  readonly key: string | null;
  /** Root secrets an auditor brings. */
  readonly secretFiles: readonly string[];
  /** Null: as many as the machine likes. */
  readonly threads: number | null;
  /** Gives up every permission before it looks; the process can do nothing else afterwards. */
  readonly isSealed: boolean;
  readonly onTotal?: (bytes: number) => void;
  readonly onVerified?: (bytes: number, entries: number) => void;
}

/** What `audit verify-segment` is asked for; absolute paths. */
export interface VerifySegmentsOptions {
  readonly files: readonly string[];
  /** Root secrets; at least one. */
  readonly secretFiles: readonly string[];
  readonly onTotal: (bytes: number) => void;
  readonly onVerified: (bytes: number, entries: number) => void;
}
