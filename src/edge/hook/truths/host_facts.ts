/**
 * What is a host's own in its truth table; the rest every host has in common.
 *
 * @module
 */
import type { Truth } from "./truth.ts";

type Cells = Omit<Truth, "kind" | "situation">;

export interface HostFacts {
  /** Whose word the rows are: documentation and its date. */
  readonly asOf: string;
  /** What it does with an allow of ours. */
  readonly allow: Pick<Truth, "prints" | "host">;
  readonly ask: Cells;
  readonly deny: Pick<Truth, "prints" | "host">;
  /** What we print when nobody could decide. */
  readonly failure: string;
  /** What it does on status 2. */
  readonly blocks: string;
  /** What it does on any other status. */
  readonly otherwise: string;
  /** What it does when it is tired of waiting. */
  readonly late: string;
  /** What becomes of a standard output that was closed. */
  readonly unread: Pick<Truth, "host" | "outcome" | "hole" | "closes">;
  /** What we print of events after the fact that could not be recorded. */
  readonly unrecorded: string;
  /** What switches its hooks off. */
  readonly off: Pick<Truth, "situation" | "closes">;
  /** What it calls tools of MCP servers. */
  readonly mcpName: string;
  readonly own: readonly Truth[];
}
