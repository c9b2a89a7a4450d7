/**
 * `/dev/stdout` and its like open the file behind the stream once more, and for writing.
 *
 * @module
 */

/** What a process substitution goes by here; no limit lets a process open that many files. */
export const substitutionPath = "/dev/fd/2147483647";

/** Never changes a file. */
const noFile = /^\/dev\/(?:null|zero|full|tty|random|urandom)$/;
const output = /^\/dev\/(?:stdout|stderr|fd\/[12])$/;
const other = /^\/dev\/(?:stdin|fd\/[0-9]+)$/;

/** SECURITY: `tee /dev/stdout 1< .env` writes to .env. */
export class StandardStreams {
  #isReadFile = false;
  #isWritten = false;

  /** An output was made of a file that is open for reading. */
  noteReadFile(): void {
    this.#isReadFile = true;
  }

  /** Why writing to both is more than printing; null when it is not. */
  get danger(): string | null {
    return this.#isReadFile && this.#isWritten
      ? "an output is written by its name, and may be a file that was opened to be read"
      : null;
  }

  /** What a path is to whoever would write there; null for any other path. */
  write(path: string): "harmless" | "unknown" | null {
    if (noFile.test(path) || path === substitutionPath) return "harmless";
    if (output.test(path)) {
      this.#isWritten = true;
      return "harmless";
    }
    return other.test(path) ? "unknown" : null;
  }

  isStream(path: string): boolean {
    return noFile.test(path) || output.test(path) || other.test(path);
  }
}
