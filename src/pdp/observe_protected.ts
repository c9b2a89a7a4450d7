/**
 * Looks at the protected files and records what is no longer as it was recorded last.
 *
 * @module
 */
import { toAlarms } from "../core/audit/alarm.ts";
import type { EngineState } from "../core/audit/state.ts";
import {
  compareWatch,
  isExplained,
  type Sighting,
  type WatchChange,
} from "../core/integrity/compare_watch.ts";
import { planWatch, type WatchFinding } from "../core/integrity/plan_watch.ts";
import { encodeWatchList, parseWatchList, type WatchList } from "../core/integrity/watch_list.ts";
import { type WatchPlaces, watchPlaces } from "../core/integrity/watch_places.ts";
import { maxFolderEntries } from "../core/limits.ts";
import type { Principal } from "../core/operation/operation.ts";
import type { EngineParts, ObserveOptions, WatchAnswer } from "./engine.ts";
import type { Standing, Standings } from "./standings.ts";

/**
 * One look, under the log's lock: what was decided before it is known, and nothing is decided while
 * it lasts.
 */
export async function observeProtected(
  principal: Principal,
  options: ObserveOptions,
  parts: EngineParts,
  standings: Standings,
): Promise<WatchAnswer> {
  return await standings.withReaders(async () => {
    const { result, receipts } = await parts.audit.transact(({ state }) => {
      const standing = standings.read(state);
      const look = new Look(standing, state, options, parts);
      const plan = planWatch({ ...look.find(), principal }, state.watched);
      const before = standing.events;
      return {
        events: [...before, ...plan.alarms, ...plan.events],
        result: { alarms: plan.alarms, skip: before.length, isWhole: look.isWhole },
      };
    });
    const own = receipts.slice(result.skip);
    return { alarms: toAlarms(result.alarms, own), is_whole: result.isWhole };
  });
}

/** One look at the disk, held against one state. */
class Look {
  readonly #state: EngineState;
  readonly #options: ObserveOptions;
  readonly #parts: EngineParts;
  readonly #standing: Standing;
  readonly #kept: Uint8Array | null;
  readonly #before: WatchList | null;
  readonly #places: WatchPlaces;
  isWhole = true;

  constructor(standing: Standing, state: EngineState, options: ObserveOptions, parts: EngineParts) {
    this.#state = state;
    this.#options = options;
    this.#parts = parts;
    this.#standing = standing;
    this.#kept = state.watched === null ? null : parts.readKept(state.watched.digest);
    this.#before = this.#kept === null ? null : parseWatchList(this.#kept);
    this.#places = watchPlaces(parts.disk.root, standing.loaded?.policy ?? null);
  }

  find(): Omit<WatchFinding, "principal"> {
    const { watched } = this.#state;
    const now = this.#see();
    const { bytes, cutAt } = encodeWatchList(now.files);
    const wasWhole = this.#before !== null && watched?.is_whole === true;
    const isFull = this.#isFull();
    // A look at the near places alone adds to what was known; it takes nothing from it.
    this.isWhole = now.isWhole && cutAt === null && (isFull || (wasWhole && this.#isSamePolicy()));
    const changes = this.#before === null ? [] : this.#compare(this.#before, now, wasWhole);
    const { sha256 } = this.#parts;
    const rules = { own: this.#options.ownChanges ?? [], sha256 };
    return {
      digest: this.#keep(bytes),
      count: now.files.size,
      policyDigest: this.#policyDigest(),
      isWhole: this.isWhole,
      isBlocked: !now.isWhole || cutAt !== null || (!isFull && watched?.is_blocked === true),
      isListLost: watched !== null && this.#before === null,
      changes,
      unexplained: changes.filter(({ path }) => !isExplained(path, this.#state, rules)),
    };
  }

  /** Nothing is hashed or written where the list is the same as before: the usual case. */
  #keep(bytes: Uint8Array): string {
    const { watched } = this.#state;
    const kept = this.#kept;
    const isSame = kept?.length === bytes.length && bytes.every((byte, i) => byte === kept[i]);
    return isSame && watched !== null ? watched.digest : this.#parts.keep(bytes);
  }

  /** Without a list to go by, a look at the near places would know nothing of the others. */
  #isFull(): boolean {
    return this.#options.reach !== "near" ||
      (this.#before === null && this.#state.watched !== null);
  }

  #see(): Sighting {
    const { disk, findStamps } = this.#parts;
    const { isPruned, near } = this.#places;
    const known = [...this.#before?.files.keys() ?? []];
    const isKnown = new Set(known.map((path) => this.#absolute(path)));
    const isWanted = (path: string) => isKnown.has(path) || this.#places.isWanted(path);
    const request = { isWanted, isPruned, limit: maxFolderEntries };
    const first = findStamps({ ...request, starts: near });
    const starts = known.map((path) => ({ path: this.#absolute(path), reach: "inside" } as const));
    const rest = findStamps({ ...request, starts, limit: 0 });
    const whole = this.#isFull()
      ? findStamps({ ...request, starts: [{ path: disk.root, reach: "below" }] })
      : { stamps: new Map<string, string>(), isWhole: true };
    const files = new Map<string, string>();
    for (const [path, stamp] of [...rest.stamps, ...whole.stamps, ...first.stamps]) {
      if (this.#isStillOurs(path)) files.set(this.#relative(path), stamp);
    }
    return {
      files,
      near: new Set([...first.stamps.keys()].map((path) => this.#relative(path))),
      isWhole: first.isWhole && whole.isWhole,
    };
  }

  /** Files of the list stay on it until another trusted policy leaves them out. */
  #isStillOurs(path: string): boolean {
    return this.#standing.loaded === null || this.#places.isWanted(path);
  }

  #compare(before: WatchList, now: Sighting, isWhole: boolean): readonly WatchChange[] {
    const builtin = watchPlaces(this.#parts.disk.root, null);
    return compareWatch({ ...before, isWhole }, now, {
      isWanted: (path) => this.#isStillOurs(this.#absolute(path)),
      isSamePolicy: this.#isSamePolicy(),
      isBuiltin: (path) => builtin.isWanted(this.#absolute(path)),
    });
  }

  /** Of the policy whose patterns choose; the last one's while the policy on disk is not trusted. */
  #policyDigest(): string | null {
    const { loaded } = this.#standing;
    return loaded === null ? this.#state.watched?.policy_digest ?? null : loaded.digest;
  }

  #isSamePolicy(): boolean {
    return this.#policyDigest() === this.#state.watched?.policy_digest;
  }

  #absolute(path: string): string {
    return `${this.#prefix()}${path}`;
  }

  #relative(path: string): string {
    return path.slice(this.#prefix().length);
  }

  #prefix(): string {
    const { root } = this.#parts.disk;
    return root === "/" ? "/" : `${root}/`;
  }
}
