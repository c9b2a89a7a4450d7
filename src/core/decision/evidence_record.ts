/**
 * Notes what a decision asked, and what it was answered.
 *
 * @module
 */
import type { ShellSurroundings } from "../operation/shell/surroundings.ts";
import type { Disk, ResolvedPath } from "../ports.ts";
import { type CheckRun, failedRun } from "../check/check_run.ts";
import type { CheckSpec } from "../check/check_spec.ts";
import type { Evidence, Links, Measures, RunCheck, RunOfCheck } from "./evidence.ts";

/** The first answers to one listing, and how often it was given before the budget was spent. */
export interface NotedListing {
  readonly paths: readonly string[] | null;
  times: number;
  isSpent: boolean;
}

/**
 * One decision's questions and answers. A question asked twice is answered from here: what is
 * decided on is what is noted, whatever becomes of the disk in between.
 */
export class EvidenceRecord implements Evidence {
  /** By path as written, from the root. */
  readonly paths = new Map<string, ResolvedPath>();
  /** By path as written, from the operation's working folder. */
  readonly inside = new Map<string, ResolvedPath>();
  readonly below = new Map<string, NotedListing>();
  readonly names = new Map<string, readonly string[] | null>();
  /** Scripts. */
  readonly texts = new Map<string, string | null>();
  /** Paths of scripts that were written through the engine lately; of others nothing is noted. */
  readonly written = new Set<string>();
  /** Undefined: not asked. */
  tracked: readonly string[] | null | undefined = undefined;
  hasAskedHome = false;
  readonly links = new Map<string, Links>();
  measures: Measures | null = null;
  /** In the order they were asked: the policy's. */
  readonly checks: (RunOfCheck & { readonly check: CheckSpec })[] = [];
  /** Whether anything was measured: then a trusted policy was there to decide by. */
  get isUsed(): boolean {
    return this.measures !== null;
  }
  readonly disk: Disk;
  /** While other names of a file are looked for, what is asked is not noted: the answer is. */
  #isPaused = false;

  readonly #runCheck: RunCheck | null;

  /** @param runCheck Null where there is no sandbox: then every check that is asked has failed. */
  constructor(disk: Disk, runCheck: RunCheck | null = null) {
    this.#runCheck = runCheck;
    this.disk = {
      ...disk,
      resolve: (written, cwd) => this.#resolve(disk, written, cwd),
      listBelow: (absolute, limit) => this.#listBelow(disk, absolute, limit),
      listNames: (absolute) => this.#once(this.names, absolute, disk.listNames),
    };
  }

  readonly watchShell = (surroundings: ShellSurroundings): ShellSurroundings => {
    const noteHome = () => {
      this.hasAskedHome = true;
      return surroundings.home;
    };
    return {
      ...surroundings,
      get home() {
        return noteHome();
      },
      readText: (path) => this.#once(this.texts, path, surroundings.readText),
      wasWritten: (path) => {
        const isWritten = surroundings.wasWritten(path);
        if (isWritten) this.written.add(path);
        return isWritten;
      },
      trackedProtected: () => {
        if (this.tracked === undefined) this.tracked = surroundings.trackedProtected();
        return this.tracked;
      },
    };
  };

  readonly findLinks = (written: string, find: () => Links): Links => {
    this.#isPaused = true;
    try {
      const links = find();
      this.links.set(written, links);
      return links;
    } finally {
      this.#isPaused = false;
    }
  };

  readonly measure = (measure: () => Measures): Measures => {
    this.measures = measure();
    return this.measures;
  };

  readonly runCheck = (check: CheckSpec, request: () => Uint8Array): CheckRun => {
    if (this.#runCheck === null) return noSandbox;
    const ran = this.#runCheck(check, request());
    this.checks.push({ ...ran, check });
    return ran.run;
  };

  #resolve(disk: Disk, written: string, cwd: string | null): ResolvedPath {
    if (this.#isPaused) return disk.resolve(written, cwd);
    const noted = cwd === null ? this.paths : this.inside;
    const known = noted.get(written);
    if (known !== undefined) return known;
    const resolved = disk.resolve(written, cwd);
    noted.set(written, resolved);
    return resolved;
  }

  // The disk below has a budget: the same folder may be too much to know the next time.
  #listBelow(disk: Disk, absolute: string, limit: number): readonly string[] | null {
    const paths = disk.listBelow(absolute, limit);
    if (this.#isPaused) return paths;
    const known = this.below.get(absolute);
    if (known === undefined) this.below.set(absolute, { paths, times: 1, isSpent: false });
    else if (paths === null && known.paths !== null) known.isSpent = true;
    else known.times++;
    return paths;
  }

  #once<T>(noted: Map<string, T>, key: string, ask: (key: string) => T): T {
    const known = noted.get(key);
    if (known !== undefined) return known;
    const answer = ask(key);
    if (!this.#isPaused) noted.set(key, answer);
    return answer;
  }
}

const noSandbox = failedRun("sandbox_unavailable", "there is no sandbox here");
