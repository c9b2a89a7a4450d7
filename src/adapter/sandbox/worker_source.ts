/**
 * Where workers come from.
 *
 * @module
 */

/** Told what a worker does. */
export interface WorkerListener {
  /** @param bytes Not changed afterwards. */
  readonly onBytes: (bytes: Uint8Array) => void;
  /** Once, when it is gone; nothing comes after it. */
  readonly onEnd: () => void;
}

/** One process, alive or not. */
export interface WorkerLink {
  /** Never waits; what cannot be written shows as an end. */
  readonly send: (bytes: Uint8Array<ArrayBuffer>) => void;
  /** Immediately; onEnd follows. */
  readonly kill: () => void;
}

export interface WorkerSource {
  /** False: no worker can be had any more. */
  readonly canStart: () => boolean;
  /** Starts a worker. Null: none can be started now. */
  readonly start: (listener: WorkerListener) => WorkerLink | null;
  /** Ends all workers and waits until they are gone. */
  readonly close: () => Promise<void>;
}
