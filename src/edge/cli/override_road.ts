/**
 * Where a person answers requests for an exception, and an agent waits for the answer: this process
 * or a server.
 *
 * @module
 */
import type { Approval } from "../../core/override/approval.ts";
import type { OverrideListing, OverrideStatus, ShownRequest } from "../../pdp/override_desk.ts";
import type { RoadRequest } from "./road.ts";

/** Whose road: a person's who may approve, or that of whoever asked. Each has a token of its own. */
export type OverrideRole = "approver" | "asker";

export interface OverrideRoadOptions extends RoadRequest {
  readonly role: OverrideRole;
  /** Files the human named for output: they stay writable. Absolute. */
  readonly outputs?: readonly string[];
}

/**
 * The process is sealed before it is returned. Every method throws EngineError, and then nothing
 * changed; see OverrideDesk for the codes.
 */
export interface OverrideRoad {
  readonly list: () => Promise<OverrideListing>;
  readonly show: (requestId: string) => Promise<ShownRequest>;
  /** The road knows its channel. */
  readonly approve: (approval: Omit<Approval, "channel">) => Promise<OverrideStatus>;
  /** The road knows who says so. */
  readonly deny: (requestId: string, justification: string) => Promise<OverrideStatus>;
  readonly revoke: (overrideId: string, justification: string) => Promise<OverrideStatus>;
  readonly status: (requestId: string) => Promise<OverrideStatus>;
  /** Ends a pending request as timed out; one that is answered stays as it is. */
  readonly timeOut: (requestId: string) => Promise<OverrideStatus>;
  /** Things to tell people. */
  readonly warnings: readonly string[];
  readonly close: () => Promise<void>;
}
