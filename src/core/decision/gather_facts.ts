/**
 * Looks at the disk for everything a decision needs to know, before it decides.
 *
 * @module
 */
import { EngineError } from "../errors.ts";
import { maxFolderEntries } from "../limits.ts";
import type { ComplexityMeasure } from "../operation/complexity.ts";
import { countChanges } from "../operation/count_changes.ts";
import type { Verb } from "../operation/effect.ts";
import type { Operation } from "../operation/operation.ts";
import { parseChange } from "../operation/parse_change.ts";
import { isTextFile } from "../operation/text_file.ts";
import { type PathView, viewPath } from "../operation/path.ts";
import type { EffectPlan } from "../operation/effect_plan.ts";
import type { Disk, ResolvedPath } from "../ports.ts";
import { type Arrivals, findArrivals, noArrivals } from "./arrivals.ts";
import type { Evidence, Links } from "./evidence.ts";
import type { Facts, PathFact } from "./facts.ts";
import { findOtherNames, type Guard, plainGuard, viewNamed } from "./other_names.ts";

/** What facts are gathered with. */
export interface Instruments {
  readonly disk: Disk;
  /**
   * Reads source code; null where no operation at hand carries any (see needsComplexity), which
   * spares a one-shot the readers of three languages.
   */
  readonly measureComplexity: ((operation: Operation) => ComplexityMeasure) | null;
  /** Notes what is found, or has it found already. */
  readonly evidence?: Pick<Evidence, "findLinks" | "measure">;
}

/** Whether complexity can only be told by reading the operation's text. */
export function needsComplexity({ content, diff }: Operation): boolean {
  return content !== null || diff !== null;
}

/**
 * Gathers once per distinct path, however many effects name it.
 *
 * @param guard What the policy speaks of; more is looked at for it.
 *   Where they were not, their facts say so.
 */
export function gatherFacts(
  operation: Operation,
  plan: EffectPlan,
  instruments: Instruments,
  guard: Guard = plainGuard,
): Facts {
  const { disk, evidence } = instruments;
  const arrivals = findArrivals(operation, disk);
  const found = [...verbsByPath(plan)].map(([path, verbs]) => ({
    path,
    verbs,
    resolved: disk.resolve(path, operation.cwd),
  }));
  const own = once(() => indexOwnFiles(disk));
  const measure = () => ({
    complexity: gatherComplexity(operation, instruments),
    changes: countChanges(operation),
    growthBytes: measureGrowth(
      operation,
      new Map(found.map(({ path, resolved }) => [path, resolved])),
    ),
    contentBytes: operation.content === null
      ? null
      : new TextEncoder().encode(operation.content).length,
  });
  return {
    root: disk.root,
    paths: new Map(found.map(({ path, verbs, resolved }) => {
      const received = verbs.has("create") ? arrivals : noArrivals;
      const find = () => findLinks(resolved, { own, disk, guard });
      const links = () => evidence === undefined ? find() : evidence.findLinks(path, find);
      return [path, gatherPath({ resolved, verbs, received, links, disk, guard })];
    })),
    ...(evidence === undefined ? measure() : evidence.measure(measure)),
  };
}

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | null = null;
  return () => (made ??= { value: make() }).value;
}

function findLinks(
  resolved: ResolvedPath,
  { own, disk, guard }: Pick<Found, "disk" | "guard"> & {
    readonly own: () => ReadonlyMap<string, string> | null;
  },
): Links {
  const { paths, isWhole } = findOtherNames(resolved, disk, guard);
  return { others: paths, isWhole, hardLinkOf: findOwnFile(resolved, own()) };
}

function gatherComplexity(
  operation: Operation,
  { measureComplexity }: Instruments,
): ComplexityMeasure {
  // Law D3: a file named twice is one file.
  const affectedFiles = [...new Set(operation.affectedFiles)];
  if (measureComplexity !== null) return measureComplexity({ ...operation, affectedFiles });
  // INVARIANT: without the instrument there is no text to read, only names.
  if (needsComplexity(operation)) {
    throw new EngineError("internal", "Facts were gathered without the instrument for complexity");
  }
  const isText = affectedFiles.length > 0 && affectedFiles.every(isTextFile);
  return { measured: isText ? 0 : null, lowerBound: null, language: isText ? "text" : null };
}

/**
 * What each file of a diff grows by, booked on the file itself: SECURITY: `a/x`, `./x` and the
 * several readings of a name are one file, and its size counts once.
 */
function measureGrowth(
  { diff }: Operation,
  found: ReadonlyMap<string, ResolvedPath>,
): ReadonlyMap<string, number> {
  const growth = new Map<string, number>();
  if (diff === null) return growth;
  for (const { paths, growthBytes } of parseChange(diff)?.hunks ?? []) {
    const files = paths.map((path) => {
      const resolved = found.get(path);
      return resolved?.real ?? resolved?.lexical ?? path;
    });
    for (const file of new Set(files)) growth.set(file, (growth.get(file) ?? 0) + growthBytes);
  }
  return growth;
}

function verbsByPath({ effects }: EffectPlan): ReadonlyMap<string, ReadonlySet<Verb>> {
  const verbs = new Map<string, Set<Verb>>();
  for (const { kind, verb, resource } of effects) {
    if (kind !== "path") continue;
    const known = verbs.get(resource);
    if (known === undefined) verbs.set(resource, new Set([verb]));
    else known.add(verb);
  }
  return verbs;
}

interface Found {
  readonly resolved: ResolvedPath;
  readonly verbs: ReadonlySet<Verb>;
  readonly received: Arrivals;
  /** To be asked only about a file with a second name. */
  readonly links: () => Links;
  readonly disk: Disk;
  readonly guard: Guard;
}

function gatherPath(given: Found): PathFact {
  const { resolved, verbs, received, disk } = given;
  const view = viewPath(resolved, disk.root);
  const { kind, sizeBytes } = resolved;
  const isFolder = kind === "directory";
  const isOnlyRead = verbs.size === 1 && verbs.has("read");
  const ownPlace = isOnlyRead ? null : findOwnPlace(view, disk.ownPlaces);
  if (!needsLook(given, isOnlyRead, view)) {
    // Law D2: what is read and was not looked through counts, where reading counts at all.
    const below = { below: [], isBelowWhole: !(isOnlyRead && isFolder) };
    return { view, ownPlace, sizeBytes, isFolder, ...below, hardLinkOf: null };
  }
  const there = isFolder ? disk.listBelow(resolved.real ?? resolved.lexical, maxFolderEntries) : [];
  const come = isFolder ? received.inFolder : received.inPlace;
  const links = hasOtherNames(resolved) ? given.links() : noLinks;
  return {
    view,
    ownPlace,
    sizeBytes,
    isFolder: isFolder || received.isFolder,
    // SECURITY: what is known is judged though more is not: an unverified effect may be approved or
    // merely watched, a protected name among it may not.
    below: [
      ...(there ?? []).map((path) => viewBelow(resolved, path.slice(lengthOf(resolved)), disk)),
      ...come.map((suffix) => viewBelow(resolved, suffix, disk)),
      ...links.others.map((path) => viewNamed(path, disk.root)),
    ],
    isBelowWhole: there !== null && received.isWhole && links.isWhole,
    hardLinkOf: links.hardLinkOf,
  };
}

const noLinks: Links = { others: [], isWhole: true, hardLinkOf: null };

/**
 * The root and what contains it need no look to be changed: they hold the engine's own files. To be
 * read they do, where files may be secret.
 */
function needsLook({ verbs, guard }: Found, isOnlyRead: boolean, view: PathView): boolean {
  if (guard.reads && verbs.has("read")) return true;
  return !isOnlyRead && !view.forms.includes("");
}

/**
 * SECURITY: keys, mark and binary lie where the install put them, and `.scalpel` may be a link:
 * what belongs to the engine is told by its place, not only by its name.
 */
function findOwnPlace(view: PathView, places: readonly string[]): PathFact["ownPlace"] {
  for (const path of [view.lexical, view.real]) {
    if (path === null) continue;
    const inside = places.find((place) => path === place || path.startsWith(`${place}/`));
    if (inside !== undefined) return { path: inside, isBelow: false };
    const below = places.find((place) => place.startsWith(path === "/" ? "/" : `${path}/`));
    if (below !== undefined) return { path: below, isBelow: true };
  }
  return null;
}

function lengthOf({ real, lexical }: ResolvedPath): number {
  const folder = real ?? lexical;
  return folder === "/" ? 0 : folder.length;
}

// Entries of a listing are judged by their names alone: a link among them is deleted, not followed.
function viewBelow(folder: ResolvedPath, suffix: string, disk: Disk): PathView {
  const { lexical, real } = folder;
  const absent = { kind: "unknown", sizeBytes: null, linkCount: null, identity: null } as const;
  return viewPath({
    ...absent,
    written: `${folder.written.replace(/\/+$/, "")}${suffix}`,
    lexical: (lexical === "/" ? "" : lexical) + suffix,
    real: real === null ? null : (real === "/" ? "" : real) + suffix,
    failure: folder.failure,
  }, disk.root);
}

function hasOtherNames({ linkCount }: ResolvedPath): boolean {
  return (linkCount ?? 1) > 1;
}

/** Where the engine keeps policy and log, relative to the root. */
const ownFolder = ".scalpel";

/** The engine's own files by identity; null when they cannot be told. */
function indexOwnFiles(disk: Disk): ReadonlyMap<string, string> | null {
  const index = new Map<string, string>();
  for (const place of [`${disk.root}/${ownFolder}`, ...disk.ownPlaces]) {
    const { kind, identity } = disk.resolve(place, null);
    if (kind === "missing") continue;
    const files = kind === "directory" ? disk.listBelow(place, maxFolderEntries) : [place];
    if (files === null || (kind !== "directory" && identity === null)) return null;
    for (const path of files) {
      const own = disk.resolve(path, null).identity;
      if (own === null) return null;
      index.set(own, path.startsWith(`${disk.root}/`) ? path.slice(disk.root.length + 1) : path);
    }
  }
  return index;
}

// SECURITY: a second name for the engine's own file is a way around every pattern; when nobody can
// tell whose name it is, it is that.
function findOwnFile(
  { identity }: ResolvedPath,
  own: ReadonlyMap<string, string> | null,
): string | null {
  return own === null || identity === null ? ownFolder : own.get(identity) ?? null;
}
