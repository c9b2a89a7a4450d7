/**
 * Who is asked about a root.
 *
 * @module
 */
/** What the command line says of the road; null where it says nothing. */
export interface RoadRequest {
  readonly root: string | null;
  readonly server: string | null;
  readonly tokenPath: string | null;
  readonly keyPath: string | null;
}

/** A way to a server; in a guarded root client.json's. */
export interface Road {
  readonly url: string;
  /** Null: the one that goes with the root. */
  readonly tokenPath: string | null;
  readonly keyPath: string | null;
}
