/**
 * What a decision's entry says for later counts: SPEC.md, "What was counted".
 *
 * @module
 */
import type { Json, JsonObject } from "../operation/operation.ts";

export interface CountedEntry {
  /** Seconds since 1970 at which it was decided, never before an earlier one that was counted. */
  readonly at: number;
  /** See sessionKey. */
  readonly session: string;
  /** By Budget.counterId. */
  readonly counts: Readonly<Record<string, number>>;
  /** Ids of conditions on earlier operations that it meets. */
  readonly met: readonly string[];
  /** Whether counts and `met` wait for an outcome that says that a human agreed. */
  readonly isAsked: boolean;
}

/** Empty parts are left out. */
export function encodeCounted({ at, session, counts, met, isAsked }: CountedEntry): JsonObject {
  return {
    at,
    session,
    ...(Object.keys(counts).length === 0 ? {} : { counts }),
    ...(met.length === 0 ? {} : { met }),
    ...(isAsked ? { asked: true } : {}),
  };
}

/** Null where the entry has none: the policy of then counted nothing. Total. */
export function readCounted({ counted }: JsonObject): CountedEntry | null {
  if (!isObject(counted)) return null;
  const { at, session, counts, met } = counted;
  if (typeof at !== "number" || typeof session !== "string") return null;
  const uses = isObject(counts) ? Object.entries(counts) : [];
  return {
    at,
    session,
    counts: Object.fromEntries(
      uses.filter((use): use is [string, number] => typeof use[1] === "number"),
    ),
    met: Array.isArray(met) ? met.filter((id) => typeof id === "string") : [],
    isAsked: counted["asked"] === true,
  };
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
