/**
 * Answers from a kept input, and from nothing else: the disk is not asked.
 *
 * @module
 */
import { parseCheckInput } from "../decision/check_input.ts";
import type { DecisionInput } from "../decision/decision_input.ts";
import type { Evidence, Links, Measures } from "../decision/evidence.ts";
import type { Operation } from "../operation/operation.ts";
import type { ShellSurroundings } from "../operation/shell/surroundings.ts";
import type { Disk } from "../ports.ts";
import { InputMissing } from "./input_missing.ts";
import { parseListing, parsePaths } from "./parse_input.ts";

/** @throws {InputMissing} While deciding, for a question that was not asked when it was recorded. */
export function playEvidence(input: DecisionInput, operation: Operation): Evidence {
  const { root, home = null, tracked } = input;
  if (root === undefined) throw new InputMissing("nothing was recorded of the disk");
  const texts = new Map(input.texts);
  const written = new Set(input.written);
  return {
    disk: playDisk(input, operation, root),
    watchShell: (surroundings: ShellSurroundings): ShellSurroundings => ({
      ...surroundings,
      home,
      readText: (path) => answerOf(texts, path),
      wasWritten: (path) => written.has(path),
      trackedProtected: () => {
        if (tracked === undefined) throw new InputMissing("git's index was not asked for");
        return tracked;
      },
    }),
    findLinks: playLinks(input),
    measure: (measure) => playMeasures(input) ?? measure(),
    runCheck: ({ id }) => {
      const kept = input.checks?.find((check) => check.id === id);
      if (kept === undefined) throw new InputMissing(`nothing was recorded of the check "${id}"`);
      return parseCheckInput(kept);
    },
  };
}

function playDisk(input: DecisionInput, operation: Operation, root: string): Disk {
  const { cwd } = operation;
  const base = cwd === null ? root : cwd.startsWith("/") ? cwd : `${root}/${cwd}`;
  const paths = parsePaths(input.paths, operation, root);
  const inside = parsePaths(input.inside, operation, base);
  const names = new Map(input.names);
  return {
    root,
    ownPlaces: input.own ?? [],
    home: input.home ?? null,
    resolve: (path, from) => answerOf(from === null ? paths : inside, path),
    listBelow: playListings(input),
    listNames: (folder) => answerOf(names, folder),
    readBytes: (path) => {
      throw new InputMissing(`nothing was recorded of the bytes of "${path}"`);
    },
  };
}

function playListings(input: DecisionInput): Disk["listBelow"] {
  const below = new Map(
    input.below?.map(([folder, listing, times = Infinity]) => {
      return [folder, { listing: parseListing(folder, listing), times }];
    }),
  );
  return (folder) => {
    const noted = answerOf(below, folder);
    // As often as it was told; then the budget was spent.
    return noted.times-- > 0 ? noted.listing : null;
  };
}

function playLinks({ links }: DecisionInput): Evidence["findLinks"] {
  const noted = new Map(links);
  return (path): Links => {
    const { others = [], is_whole: isWhole = true, own = null } = answerOf(noted, path);
    return { others, isWhole, hardLinkOf: own };
  };
}

function playMeasures({ measures }: DecisionInput): Measures | null {
  if (measures === undefined) return null;
  const [measured, lowerBound, language] = measures.complexity;
  const [files, changedLines, total] = measures.changes;
  return {
    complexity: { measured, lowerBound, language },
    changes: { files, changedLines, total },
    growthBytes: new Map(measures.growth),
    contentBytes: measures.content_bytes ?? null,
  };
}

function answerOf<T>(noted: ReadonlyMap<string, T>, key: string): T {
  const answer = noted.get(key);
  if (answer !== undefined) return answer;
  throw new InputMissing(`nothing was recorded of "${key}"`);
}
