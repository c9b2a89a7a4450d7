/**
 * What lstat(2) says of the policy's files, as one text: the same text, the same bytes.
 *
 * @module
 */

/** Times of files are too coarse to tell two writes apart while they are this fresh. */
const racyMs = 2_000;
/** Files in folders that are looked at one by one; with more the bytes are read every time. */
const maxStampedFiles = 64;

/**
 * Makes what stamps these names in the folder, what lies below them included; null: read the bytes.
 *
 * Names that are not there cost the most to ask for. While the folder's own times stand still, no
 * name came or went in it, and those that were missing are not asked for again.
 */
export function openPolicyStamp(
  policyFolder: string,
  names: readonly string[],
): () => string | null {
  let missing: Missing | null = null;
  return () => {
    try {
      const times = timesOf(policyFolder);
      const absent = times !== null && missing?.times === times ? missing.names : noNames;
      const stamps = new Stamps();
      stamps.add(policyFolder, "identity");
      for (const name of names) {
        if (absent.has(name)) stamps.addMissing(name);
        else stamps.add(`${policyFolder}/${name}`, "whole", name);
      }
      // INVARIANT: the times are from before the names were asked for.
      missing = times === null ? null : { times, names: stamps.missing };
      return stamps.text;
    } catch (error) {
      if (error instanceof Unsure) return null;
      throw error;
    }
  };
}

/** Names that were not there while a folder's times were these. */
interface Missing {
  readonly times: string;
  readonly names: ReadonlySet<string>;
}

const noNames: ReadonlySet<string> = new Set();

/** Null while they are too fresh to tell two changes apart. */
function timesOf(folder: string): string | null {
  const stat = lookAt(folder);
  const changed = stat?.ctime?.getTime() ?? NaN;
  return Date.now() - changed > racyMs
    ? `${stat?.dev} ${stat?.ino} ${stat?.mtime?.getTime()} ${changed}`
    : null;
}

class Unsure extends Error {}

class Stamps {
  #parts: string[] = [];
  #folders: string[] = [];
  readonly missing = new Set<string>();

  get text(): string {
    return this.#parts.join("\n");
  }

  /** `identity`: a folder's own times move with every file made in it. */
  add(path: string, what: "identity" | "whole", name: string | null = null): void {
    if (!this.#look(path, what) && name !== null) this.missing.add(name);
    if (what === "identity") this.#folders.pop();
    for (let folder = this.#folders.pop(); folder !== undefined; folder = this.#folders.pop()) {
      for (const name of this.#list(folder)) {
        if (this.#parts.length > maxStampedFiles) throw new Unsure();
        this.#parts.push(name);
        this.#look(`${folder}/${name}`, "whole");
      }
    }
  }

  addMissing(name: string): void {
    this.missing.add(name);
    this.#parts.push("-");
  }

  /** Whether anything is there. */
  #look(path: string, what: "identity" | "whole"): boolean {
    const stat = lookAt(path);
    if (stat === null) {
      this.#parts.push("-");
      return false;
    }
    const changed = stat.ctime?.getTime() ?? NaN;
    // SECURITY: same size and a reset mtime hide an edit; ctime cannot be reset.
    if (!(Date.now() - changed > racyMs)) throw new Unsure();
    const times = what === "identity" ? "" : `${stat.size} ${stat.mtime?.getTime()} ${changed}`;
    this.#parts.push(`${stat.dev} ${stat.ino} ${stat.mode} ${stat.uid} ${stat.nlink} ${times}`);
    if (stat.isDirectory) this.#folders.push(path);
    return true;
  }

  #list(folder: string): readonly string[] {
    try {
      return [...Deno.readDirSync(folder)].map(({ name }) => name).sort();
    } catch {
      throw new Unsure();
    }
  }
}

function lookAt(path: string): Deno.FileInfo | null {
  try {
    return Deno.lstatSync(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw new Unsure();
  }
}
