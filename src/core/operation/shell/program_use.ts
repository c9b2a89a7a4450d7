/**
 * What a program does with its arguments: the contract between the shell walker, which knows words
 * and working folders, and the programs, each of which knows its own options.
 *
 * @module
 */
import type { Verb } from "../effect.ts";
import type { Doubt } from "../effect_plan.ts";

/** Paths that are found on the disk when the command runs: `find src -name '*.pyc'`. */
export interface FoundPaths {
  /** Where the search begins, as written. */
  readonly folder: string;
  /** A glob of fnmatch(3) on the last name, null for every path, the folder itself included. */
  readonly name: string | null;
}

/** One word after expansion. */
export interface Argument {
  /** The whole text when known, else the text before the first unknown part. */
  readonly text: string;
  readonly isKnown: boolean;
  /** The argument stands for all of these, whatever `text` says (and is then not known). */
  readonly found?: FoundPaths;
  /** Not known, and yet nothing a program would take for an option: a number, a hash, a date. */
  readonly isTame?: true;
}

/** What a program reads from its standard input. */
export type Input =
  | { readonly kind: "none" }
  /** A pipe or a redirect from something nobody here has read. */
  | {
    readonly kind: "unknown";
    /** As output: words that no program would take for an option. See Argument.isTame. */
    readonly isTame?: true;
  }
  /** A heredoc, a here-string, or an echo at the other end of the pipe. */
  | { readonly kind: "text"; readonly text: string }
  /** Names, one per line or null-separated, from a `find` or `ls`-like program in the pipe. */
  | { readonly kind: "found"; readonly found: FoundPaths };

/** One program as it would be started. */
export interface Invocation {
  /** Last name of the program's path, e.g. `rm` for `/bin/rm`. */
  readonly name: string;
  readonly args: readonly Argument[];
  readonly input: Input;
}

/** A path (or host) the program does something to. */
export interface Touch {
  readonly verb: Verb;
  readonly argument: Argument;
  /** Left out: a path. */
  readonly kind?: "host";
  /** See Effect.isPossible. */
  readonly isPossible?: true;
  /**
   * Says nothing where the path is a folder: `cp a b` writes `b`, or `b/a` where `b` is a folder,
   * and another touch names that.
   */
  readonly unlessFolder?: true;
}

/** Something the program starts in its turn. */
export type Run =
  /** Another program; `sudo rm x` runs `rm x`. */
  | {
    readonly kind: "argv";
    readonly argv: readonly Argument[];
    readonly folder?: Argument;
    /** Words `NAME=value` put into its environment: `env PATH=. ls`. */
    readonly assignments?: readonly Argument[];
  }
  /** Shell text: `bash -c TEXT`, `watch TEXT`. */
  | {
    readonly kind: "shell";
    readonly text: Argument;
    readonly folder?: Argument;
    /** `$0`, `$1` and so on: `bash -c TEXT NAME ARGUMENTS`. */
    readonly parameters?: readonly Argument[];
  }
  /** Code of another language: `python3 -c TEXT`. Literal paths in it are found, the rest is opaque. */
  | { readonly kind: "code"; readonly language: string; readonly text: Argument }
  /**
   * A file that is run, or read for what to run: `sh x.sh`, `python x.py`, `make` (its Makefile),
   * `npm test` (package.json). Read and judged when it is a shell script or was written through the
   * engine lately; other files of the project are what its people wrote.
   */
  | {
    readonly kind: "script";
    readonly language: "shell" | "sed" | "awk" | (string & Record<never, never>);
    readonly file: Argument;
    /** `$1` and so on, of a shell script. */
    readonly parameters?: readonly Argument[];
  }
  /** The interpreter reads its program from standard input. */
  | { readonly kind: "input"; readonly language: "shell" | (string & Record<never, never>) };

/** Everything a program would do, as far as its arguments say. */
export interface ProgramUse {
  readonly touches: readonly Touch[];
  readonly runs: readonly Run[];
  readonly doubts: readonly Doubt[];
  /** Working folder of touches and runs, when options change it: `git -C DIR`, `tar -C DIR`. */
  readonly folder?: Argument;
  /** What it prints, where another program in a pipe may use it as names. */
  readonly output?: Input;
}

/** Reads one program's arguments. Total and pure. */
export type ReadProgram = (invocation: Invocation) => ProgramUse;
