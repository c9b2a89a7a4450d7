/**
 * What `sealward mcp` needs of the machine.
 *
 * @module
 */
import type { Sha256 } from "../../core/ports.ts";
import type { McpRoad } from "../mcp/mcp_guard.ts";
import type { McpServer } from "../mcp/run_stdio.ts";

export interface McpOptions {
  readonly root: string | null;
  /** As in ConnectOptions; null: decide in this process. */
  readonly server: string | null;
  readonly tokenPath: string | null;
  readonly keyPath: string | null;
  /** The program to start and its arguments; null: there is none to start. */
  readonly command: readonly [string, ...string[]] | null;
  readonly say: (line: string) => void;
}

/** An open road, sealed, with the server that was started before. */
export interface OpenMcp {
  readonly road: McpRoad;
  readonly server: McpServer | null;
  readonly sha256: Sha256;
  /** Not to be guessed, and the same nowhere else. */
  readonly session: string;
  readonly close: () => Promise<void>;
}

/** Standard streams of this process, and its signals. */
export interface OwnStreams {
  readonly input: ReadableStream<Uint8Array>;
  readonly output: WritableStream<Uint8Array>;
  /** Aborts when the process is told to stop. */
  readonly stop: AbortSignal;
}

export interface McpKeeper {
  readonly open: (options: McpOptions) => Promise<OpenMcp>;
  readonly streams: () => OwnStreams;
  /** Starts a server to look at it, and gives up everything else; nothing is decided. */
  readonly start: (command: readonly [string, ...string[]]) => Promise<McpServer>;
}
