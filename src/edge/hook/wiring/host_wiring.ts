/**
 * What `hook install`, `uninstall`, `status` and `explain` know of a host: data, but for the
 * canary. One object for each host; nothing of it is asked when a hook runs.
 *
 * @module
 */
import type { JsonObject } from "../../../core/operation/operation.ts";
import type { HostFacts } from "../truths/host_facts.ts";
import type { Truth } from "../truths/truth.ts";
import type { HostName, LinePurpose } from "./hook_line.ts";
import type { Scope } from "./scope.ts";

/** One event to wire. */
export interface WiredEvent {
  readonly event: string;
  readonly purpose: LinePurpose;
  /** Null where the event has no tools to choose among, or where none means all of them. */
  readonly matcher: string | null;
}

export interface CanaryRequest {
  /** Absolute path of the project's root. */
  readonly root: string;
  /** Nobody else's: found again in the log's entry. */
  readonly toolUseId: string;
}

export interface UserFolder {
  /** The variable that moves it, one the program may read; null where none does. */
  readonly variable: string | null;
  /** Below the home of the user. */
  readonly name: string;
  /** The variable names what stands in for the home, not the folder. */
  readonly isHome?: true;
}

export interface HostWiring {
  readonly host: HostName;
  /** As people call it. */
  readonly title: string;
  /** The first is the default. */
  readonly scopes: readonly [Scope, ...Scope[]];
  readonly userFolder: UserFolder;
  /** Below the root for local and project, below the user's folder, absolute for managed. */
  readonly files: { readonly [S in Scope]?: string };
  /** A host that reads the same files: with both wired, each call is judged and counted twice. */
  readonly beside?: HostName;
  /** The managed settings can keep every other hook from running. */
  readonly isExclusive?: true;
  readonly events: readonly WiredEvent[];
  /** What stands in the list of an event. */
  readonly entryOf: (event: WiredEvent, command: string) => JsonObject;
  /** A member the host wants beside the hooks, and its value. */
  readonly version?: number;
  /** Members the host takes beside the hooks, where it refuses a file with any other. */
  readonly onlyMembers?: readonly string[];
  /** What the host would send before a write to the policy. */
  readonly canaryOf: (request: CanaryRequest) => JsonObject;
  /** Why a document on standard output is no denial to the host; null when it is one. */
  readonly findFault: (answer: JsonObject) => string | null;
  /** A status of 2 without a reason does not block. */
  readonly needsReason?: true;
  /** Files that may switch the hooks off and are no place to hold them; absolute. */
  readonly switchFiles: (root: string, userFolder: string | null) => readonly string[];
  /** A plain look for what switches hooks off, beside what every host has. */
  readonly switchedOff?: RegExp;
  /** What no look from outside can prove, and how a person looks. */
  readonly unproven: string;
  /** Its truth table: what is its own, or every row. */
  readonly facts: HostFacts | { readonly asOf: string; readonly rows: readonly Truth[] };
}
