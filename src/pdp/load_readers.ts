/**
 * Code that reads what few operations have: it is loaded with the first operation that has any.
 *
 * @module
 */
import { needsComplexity } from "../core/decision/gather_facts.ts";
import type { Bench } from "../core/decision/judge_operations.ts";
import type { Operation } from "../core/operation/operation.ts";
import { needsShell } from "../core/operation/plan_effects.ts";
import { loadToolReader } from "./load_tool_reader.ts";

/** What operations are read with; null for what none of them has. */
export type Readers = Pick<Bench, "measureComplexity" | "createPlanner" | "toolReader">;

export interface LoadedReaders {
  readonly readers: Readers;
  /** Runs `act`, and again where it turns out that a command line takes more to read. */
  readonly withPrograms: <T>(act: () => Promise<T>) => Promise<T>;
}

/** Loads what these operations need. */
export async function loadReaders(operations: readonly Operation[]): Promise<LoadedReaders> {
  const complexity = operations.some(needsComplexity)
    ? await import("../core/operation/complexity.ts")
    : null;
  // With the shell's parser and the programs' table.
  const shell = operations.some(needsShell)
    ? await import("../core/decision/command_planner.ts")
    : null;
  const readers: Readers = {
    measureComplexity: complexity?.measureComplexity ?? null,
    createPlanner: shell?.createPlanner ?? null,
    toolReader: await loadToolReader(operations),
  };
  return { readers, withPrograms: shell?.withPrograms ?? ((act) => act()) };
}
