/**
 * Snapshots of the engine's state: files named by their hash, in the log's side folder.
 *
 * @module
 */
import { encodeHex } from "@std/encoding/hex";
import type { StateSnapshot } from "../../core/audit/link_batch.ts";
import { type EngineState, restoreState } from "../../core/audit/state.ts";
import { EngineError } from "../../core/errors.ts";
import type { Sha256 } from "../../core/ports.ts";
import { RegularFile, writeDurable } from "./audit_disk.ts";

/** A larger file there is none of ours, and is not read into memory to find out. */
const maxStateBytes = 4_194_304;

/** The snapshots of one log. */
export class StateStore {
  readonly #folder: string;
  readonly #sha256: Sha256;
  /** Known to be durable, so that an unchanged state is not written again. */
  #newest: string | null = null;

  constructor(folder: string, sha256: Sha256) {
    this.#folder = folder;
    this.#sha256 = sha256;
  }

  /** @throws {EngineError} `audit_unwritable`. */
  write({ digest, bytes }: StateSnapshot): void {
    if (digest === this.#newest) return;
    writeDurable(this.#folder, `${digest}.json`, bytes);
    this.#newest = digest;
  }

  /** Removes the snapshots nothing opens from and no segment begins with. */
  keepOnly(digests: ReadonlySet<string>): void {
    for (const { name } of Deno.readDirSync(this.#folder)) {
      if (name.endsWith(".json") && !digests.has(name.slice(0, -5))) {
        removeQuietly(`${this.#folder}/${name}`);
      }
    }
  }

  /**
   * The state a verified snapshot entry names. Null when its file is gone, damaged or of another
   * version: the log has everything that is needed to fold it anew.
   */
  read(digest: string): EngineState | null {
    const bytes = this.#readBytes(`${this.#folder}/${digest}.json`);
    if (bytes === null || encodeHex(this.#sha256(bytes)) !== digest) return null;
    // The hash stands in a line under the log's MAC: these bytes are this engine's own.
    const state = restoreState(JSON.parse(new TextDecoder().decode(bytes)));
    if (state !== null) this.#newest = digest;
    return state;
  }

  #readBytes(path: string): Uint8Array | null {
    try {
      using file = new RegularFile(path, "read");
      const size = file.sizeBytes();
      return size > maxStateBytes ? null : file.readAt(0, size);
    } catch (error) {
      if (error instanceof EngineError) return null;
      throw error;
    }
  }
}

/** What cannot be removed only takes room. */
function removeQuietly(path: string): void {
  try {
    Deno.removeSync(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotCapable) throw error;
  }
}
