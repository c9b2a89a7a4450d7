/**
 * What a decision asks of the world, at the one place where the answers can be noted, and given
 * again later: a decision is a pure function of them, the operation, the policy, the principal and
 * the way it was asked for.
 *
 * @module
 */
import type { CheckRun, RunFacts } from "../check/check_run.ts";
import type { CheckSpec } from "../check/check_spec.ts";
import type { ComplexityMeasure } from "../operation/complexity.ts";
import type { ChangeCount } from "../operation/count_changes.ts";
import type { ShellSurroundings } from "../operation/shell/surroundings.ts";
import type { Disk } from "../ports.ts";

/** What is counted in an operation's texts. */
export interface Measures {
  readonly complexity: ComplexityMeasure;
  readonly changes: ChangeCount;
  /** As in Facts. */
  readonly growthBytes: ReadonlyMap<string, number>;
  readonly contentBytes: number | null;
}

/** What other names a file has. */
export interface Links {
  /** Absolute paths in the project that the policy speaks of and that lead to the same file. */
  readonly others: readonly string[];
  /** False when the project holds too much to look through. */
  readonly isWhole: boolean;
  /** As in PathFact. */
  readonly hardLinkOf: string | null;
}

/** What a check came to on one request. */
export interface RunOfCheck {
  readonly run: CheckRun;
  /** Null where nothing was run. */
  readonly facts: RunFacts | null;
  /** SHA-256 of the request, in hex. */
  readonly request: string;
}

/** Asks a check; `request` is canonical JSON, see operationRequest. */
export type RunCheck = (check: CheckSpec, request: Uint8Array) => RunOfCheck;

/** Every road on which something of the world reaches a decision. */
export interface Evidence {
  readonly disk: Disk;
  /** Puts itself between the shell's reader and what it looks at. */
  readonly watchShell: (surroundings: ShellSurroundings) => ShellSurroundings;
  /** Other names of the file at a path as written; `find` walks the project for them. */
  readonly findLinks: (written: string, find: () => Links) => Links;
  readonly measure: (measure: () => Measures) => Measures;
  readonly runCheck: (check: CheckSpec, request: () => Uint8Array) => CheckRun;
}
