/** How a module is compiled, without the compilers. */
/** A module that is kept beside its source. */
export interface WasmFixture {
  readonly name: string;
  readonly source: string;
  /** A program and its arguments, run in the fixture's folder, writing OUT; null: AssemblyScript. */
  readonly command: readonly string[] | null;
  /** More of them for AssemblyScript. */
  readonly options?: readonly string[];
  /** What `--version` of the program has to begin with, for the very bytes. */
  readonly version: string;
  /** Debian packages it takes. */
  readonly packages: readonly string[];
}

/** Stands for the file to write. */
export const out = "OUT";
