/**
 * What lstat(2) says of the policy's files, as one text: the same text, the same bytes.
 *
 * @module
 */

/** Times of files are too coarse to tell two writes apart while they are this fresh. */
const racyMs = 2_000;
/** Files in folders that are looked at one by one; with more the bytes are read every time. */
const maxStampedFiles = 64;

/** The stamp of these names in the folder, what lies below them included; null: read the bytes. */
export function stampPolicy(policyFolder: string, names: readonly string[]): string | null {
  const stamps = new Stamps();
  try {
    stamps.add(policyFolder, "identity");
    for (const name of names) stamps.add(`${policyFolder}/${name}`, "whole");
  } catch (error) {
    if (error instanceof Unsure) return null;
    throw error;
  }
  return stamps.text;
}

class Unsure extends Error {}

class Stamps {
  #parts: string[] = [];
  #folders: string[] = [];

  get text(): string {
    return this.#parts.join("\n");
  }

  /** `identity`: a folder's own times move with every file made in it. */
  add(path: string, what: "identity" | "whole"): void {
    this.#look(path, what);
    if (what === "identity") this.#folders.pop();
    for (let folder = this.#folders.pop(); folder !== undefined; folder = this.#folders.pop()) {
      for (const name of this.#list(folder)) {
        if (this.#parts.length > maxStampedFiles) throw new Unsure();
        this.#parts.push(name);
        this.#look(`${folder}/${name}`, "whole");
      }
    }
  }

  #look(path: string, what: "identity" | "whole"): void {
    const stat = lookAt(path);
    if (stat === null) {
      this.#parts.push("-");
      return;
    }
    const changed = stat.ctime?.getTime() ?? NaN;
    // SECURITY: same size and a reset mtime hide an edit; ctime cannot be reset.
    if (!(Date.now() - changed > racyMs)) throw new Unsure();
    const times = what === "identity" ? "" : `${stat.size} ${stat.mtime?.getTime()} ${changed}`;
    this.#parts.push(`${stat.dev} ${stat.ino} ${stat.mode} ${stat.uid} ${stat.nlink} ${times}`);
    if (stat.isDirectory) this.#folders.push(path);
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
