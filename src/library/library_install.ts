/**
 * The install behind a library object, opened when it is first needed.
 *
 * @module
 */
import { EngineError } from "../core/errors.ts";
import {
  clientFile,
  findLayout,
  isMissing,
  readSurroundings,
  type Surroundings,
} from "../compose/environment.ts";
import { readGuards } from "../compose/guarded/guards.ts";
import { openInstall } from "../compose/open_install.ts";
import { type LibraryEngine, openGuardedEngine } from "./guarded_engine.ts";

/** How a library object finds its install. */
export interface LibraryOptions {
  /** Project root; default: the folder that holds `.scalpel`. */
  readonly root?: string;
}

/** What a library object holds while it works. */
export interface OpenLibrary {
  readonly engine: LibraryEngine;
  /** Decided elsewhere, by the whole policy each time. */
  readonly isGuarded: boolean;
  readonly close: () => Promise<void>;
}

/** Opens once; every caller waits for the same opening. A failure is tried again next time. */
export class LibraryInstall {
  readonly #root: string | null;
  readonly #surroundings: Surroundings;
  #opening: Promise<OpenLibrary> | null = null;

  constructor(root: string | null) {
    this.#root = root;
    this.#surroundings = readSurroundings(isMissing(clientFile) ? null : readGuards(clientFile));
  }

  get surroundings(): Surroundings {
    return this.#surroundings;
  }

  open(): Promise<OpenLibrary> {
    this.#opening ??= openLibrary(this.#surroundings, this.#root)
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

async function openLibrary(
  surroundings: Surroundings,
  root: string | null,
): Promise<OpenLibrary> {
  const layout = findLayout(surroundings, root);
  if (layout.guard === null || layout.guard.isEngine) {
    const { engine, close } = await openInstall(surroundings, { root, layout, role: "library" });
    return { engine, isGuarded: false, close };
  }
  const engine = await openGuardedEngine(surroundings, layout);
  return { engine, isGuarded: true, close: () => Promise.resolve() };
}

/**
 * The root a guide path belongs to: `ROOT/.scalpel/policy.yaml` and `ROOT/.scalpel/audit.log` are
 * the only places there are.
 *
 * @param root Given beside the path: both must mean the same folder.
 * @throws {EngineError} `usage` for any other path, or a root that contradicts it.
 */
export function rootOfPath(path: string, name: string, root: string | undefined): string {
  const suffix = `.scalpel/${name}`;
  const isOwn = path === suffix || path.endsWith(`/${suffix}`);
  const found = isOwn ? path.slice(0, -suffix.length) || "." : null;
  // The default path is relative to the root given, not to the process.
  if (found === "." && root !== undefined) return root;
  if (found !== null && (root === undefined || isSameFolder(found, root))) return found;
  throw new EngineError("usage", `Cannot use the path "${path}"`, {
    hint: `wanted ROOT/${suffix}`,
  });
}

function isSameFolder(a: string, b: string): boolean {
  try {
    return Deno.realPathSync(a) === Deno.realPathSync(b);
  } catch {
    return false;
  }
}
