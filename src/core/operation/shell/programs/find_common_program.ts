/**
 * The programs that most command lines are made of, apart from the others: what a one-shot loads
 * costs it time.
 *
 * @module
 */
import type { ReadProgram } from "../program_use.ts";
import { copyPrograms } from "./copy_programs.ts";
import { namePrograms } from "./name_programs.ts";
import { readDate } from "./read_date.ts";
import { readFd, readFind } from "./read_find.ts";
import { readGit } from "./read_git.ts";
import { type ProgramEntry, type ProgramRow, readRow } from "./read_row.ts";
import { readSealward } from "./read_sealward.ts";
import { searchPrograms } from "./read_search.ts";
import { readSed } from "./read_sed.ts";
import { readParallel, readXargs } from "./read_xargs.ts";
import { shellPrograms } from "./shell_programs.ts";
import { simplePrograms } from "./simple_programs.ts";
import { wrapperPrograms } from "./wrapper_programs.ts";

/** What reads any of the programs of a row or an entry. */
export interface ProgramTable {
  readonly entries: readonly ProgramEntry[];
  readonly rows: readonly ProgramRow[];
}

export const commonPrograms: ProgramTable = {
  entries: [
    ["git", readGit],
    ["find gfind", readFind],
    ["fd fdfind", readFd],
    ["xargs gxargs", readXargs],
    ["parallel sem", readParallel],
    ["sed gsed", readSed],
    ["date gdate", readDate],
    ["sealward", readSealward],
    ...namePrograms,
    ...searchPrograms,
    ...copyPrograms,
    ...wrapperPrograms,
    ...shellPrograms,
  ],
  rows: simplePrograms,
};

/** As findProgram, for the common ones alone. */
export function findCommonProgram(name: string): ReadProgram | null {
  return findIn(commonPrograms, name);
}

/** Names that were looked for and are there. */
const known = new Map<string, ReadProgram>();

/** Looks for a name in a table; for the few names of a command no index is worth its making. */
export function findIn({ entries, rows }: ProgramTable, name: string): ReadProgram | null {
  const hit = known.get(name);
  if (hit !== undefined) return hit;
  if (name === "" || name.includes(" ")) return null;
  const isNamed = ([names]: readonly [string, ...unknown[]]) => ` ${names} `.includes(` ${name} `);
  const row = rows.find(isNamed);
  const read = entries.find(isNamed)?.[1] ?? (row === undefined ? null : readRow(row));
  if (read !== null) known.set(name, read);
  return read;
}
