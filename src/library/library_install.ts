/**
 * The install behind a library object, opened when it is first needed.
 *
 * @module
 */
import { readSurroundings, type Surroundings } from "../compose/environment.ts";
import { type OpenedInstall, openInstall } from "../compose/open_install.ts";

/** How a library object finds its install. */
export interface LibraryOptions {
  /** Project root; default: the folder that holds `.scalpel`. */
  readonly root?: string;
}

/** Opens once; every caller waits for the same opening. A failure is tried again next time. */
export class LibraryInstall {
  readonly #root: string | null;
  readonly #surroundings: Surroundings;
  #opening: Promise<OpenedInstall> | null = null;

  constructor(root: string | null) {
    this.#root = root;
    this.#surroundings = readSurroundings();
  }

  get surroundings(): Surroundings {
    return this.#surroundings;
  }

  open(): Promise<OpenedInstall> {
    this.#opening ??= openInstall(this.#surroundings, { root: this.#root, role: "library" })
      .catch((error: unknown) => {
        this.#opening = null;
        throw error;
      });
    return this.#opening;
  }

  async close(): Promise<void> {
    const opening = this.#opening;
    this.#opening = null;
    if (opening !== null) await (await opening).close();
  }
}

/** `a/b/.scalpel/x` belongs to the root `a/b`; any other path to its own folder. */
export function rootOfPath(path: string): string | null {
  const at = path.lastIndexOf("/.scalpel/");
  if (at >= 0) return path.slice(0, at) || "/";
  return path.startsWith(".scalpel/") ? "." : null;
}
