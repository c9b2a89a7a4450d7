/**
 * Collects what one command would do, and stops the walk when it grows past what anybody reads.
 *
 * @module
 */
import { maxCommandCharacters, maxCommandEffects, maxShellCommands } from "../../limits.ts";
import type { Effect } from "../effect.ts";
import type { Doubt, ProgramCall } from "../effect_plan.ts";
import type { CommandPlan } from "./command_plan.ts";
import { StandardStreams } from "./standard_streams.ts";

/** Thrown to end a walk; the doubt that says why is in the plan already. */
export class WalkEnded extends Error {}

/** Parts of a script the walk goes through, each counted by what it costs. */
export const maxSteps = 20_000;
/** Words one word, and elements one array may become. */
const maxWords = 5_000;

export class PlanBuilder {
  readonly streams = new StandardStreams();
  readonly #effects = new Map<string, Effect>();
  readonly #doubts = new Map<string, Doubt>();
  readonly #calls: ProgramCall[] = [];
  #muted = 0;
  #maybe = 0;
  #steps = 0;

  effect(given: Effect): void {
    const effect: Effect = this.#maybe > 0 ? { ...given, isPossible: true } : given;
    const { kind, verb, resource, isPossible } = effect;
    this.#effects.set(`${kind} ${verb} ${isPossible === true} ${resource}`, effect);
    if (this.#effects.size > maxCommandEffects) {
      this.end(`it has more than ${maxCommandEffects} effects`);
    }
  }

  doubt(kind: Doubt["kind"], reason: string): void {
    if (this.#muted === 0) this.#doubts.set(`${kind} ${reason}`, { kind, reason });
  }

  call(words: ProgramCall): void {
    this.#calls.push(words);
    if (this.#calls.length > maxShellCommands) {
      this.end(`it runs more than ${maxShellCommands} commands`);
    }
  }

  /** Counts work. SECURITY: `for` in `for` in `for` says much with few words. */
  step(cost = 1): void {
    this.#steps += cost;
    if (this.#steps > maxSteps) this.end("it takes too many steps to follow");
  }

  /** Ends the walk where a value has grown past what a command line could be. */
  limitText(text: string): void {
    if (text.length > maxCommandCharacters) this.end("a value grows too long to follow");
  }

  limitWords(count: number): void {
    this.step(count >> 4);
    if (count > maxWords) this.end("a word becomes too many words");
  }

  /** Ends the walk for good, as unverified: SECURITY: "too much to judge" must never be an allow. */
  end(reason: string): never {
    this.#muted = 0;
    this.doubt("unverified", reason);
    throw new WalkEnded(reason);
  }

  /** Runs `walk` without taking its doubts: for scripts that people of the project wrote. */
  withoutDoubts(walk: () => void): void {
    this.#muted++;
    try {
      walk();
    } finally {
      this.#muted = Math.max(0, this.#muted - 1);
    }
  }

  /** Runs `walk`, whose effects are then merely possible: one of many targets of a makefile. */
  asPossible(walk: () => void): void {
    this.#maybe++;
    try {
      this.withoutDoubts(walk);
    } finally {
      this.#maybe--;
    }
  }

  /** Whether an effect so far changes this absolute path, or a folder above it. */
  changes(absolute: string, toAbsolute: (resource: string) => string): boolean {
    for (const { verb, kind, resource, isPossible } of this.#effects.values()) {
      // What a file holds is the same whoever may read, run or own it.
      const isKept = verb === "read" || verb === "chmod" || verb === "chown";
      if (kind !== "path" || isKept || isPossible === true) continue;
      const changed = toAbsolute(resource);
      if (absolute === changed || absolute.startsWith(`${changed}/`)) return true;
    }
    return false;
  }

  /** Whether an effect so far removes what is at this absolute path, or makes it anew. */
  replaces(absolute: string, toAbsolute: (resource: string) => string): boolean {
    return [...this.#effects.values()].some(({ verb, kind, resource }) => {
      if (kind !== "path") return false;
      const path = toAbsolute(resource);
      return (verb === "delete" && `${absolute}/`.startsWith(`${path}/`)) ||
        (verb === "create" && path === absolute);
    });
  }

  /** Last names of what effects so far put into a folder, given its absolute path. */
  namesIn(folder: string, toAbsolute: (resource: string) => string): readonly string[] {
    const names = [];
    for (const { kind, resource } of this.#effects.values()) {
      const path = kind === "path" ? toAbsolute(resource) : "";
      const at = path.lastIndexOf("/");
      if (at >= 0 && (path.slice(0, at) || "/") === folder) names.push(path.slice(at + 1));
    }
    return names;
  }

  build(): CommandPlan {
    const { danger } = this.streams;
    if (danger !== null) this.doubt("unverified", danger);
    return {
      effects: [...this.#effects.values()],
      doubts: [...this.#doubts.values()],
      calls: this.#calls,
    };
  }
}
