/**
 * The programs Sealward knows. A name that is in no table is nobody's: what it does is opaque.
 *
 * @module
 */
import type { ReadProgram } from "../program_use.ts";
import { adminPrograms } from "./admin_programs.ts";
import { archivePrograms } from "./archive_programs.ts";
import { buildPrograms } from "./build_programs.ts";
import { containerPrograms } from "./container_programs.ts";
import { copyPrograms } from "./copy_programs.ts";
import { editorPrograms } from "./editor_programs.ts";
import { interpreterPrograms } from "./interpreter_programs.ts";
import { namePrograms } from "./name_programs.ts";
import { networkPrograms } from "./network_programs.ts";
import { packagePrograms } from "./package_programs.ts";
import { readDate } from "./read_date.ts";
import { readAwk } from "./read_awk.ts";
import { readFd, readFind } from "./read_find.ts";
import { readGit } from "./read_git.ts";
import { type ProgramEntry, type ProgramRow, readRow } from "./read_row.ts";
import { searchPrograms } from "./read_search.ts";
import { readSed } from "./read_sed.ts";
import { readParallel, readXargs } from "./read_xargs.ts";
import { shellPrograms } from "./shell_programs.ts";
import { simplePrograms } from "./simple_programs.ts";
import { checkerPrograms, toolPrograms } from "./tool_programs.ts";
import { wrapperPrograms } from "./wrapper_programs.ts";

const entries: readonly ProgramEntry[] = [
  ["git", readGit],
  ["find gfind", readFind],
  ["fd fdfind", readFd],
  ["xargs gxargs", readXargs],
  ["parallel sem", readParallel],
  ["sed gsed", readSed],
  ["awk gawk mawk nawk", readAwk],
  ["date gdate", readDate],
  ...namePrograms,
  ...searchPrograms,
  ...copyPrograms,
  ...wrapperPrograms,
  ...shellPrograms,
  ...interpreterPrograms,
  ...archivePrograms,
  ...networkPrograms,
  ...packagePrograms,
  ...buildPrograms,
  ...editorPrograms,
  ...adminPrograms,
  ...containerPrograms,
  ...toolPrograms,
];

let rows: ReadonlyMap<string, ProgramRow> | null = null;
let readers: ReadonlyMap<string, ReadProgram> | null = null;

/**
 * Finds what reads the arguments of a program.
 *
 * @param name Last name of the program's path, as written.
 * @returns Null when nobody here knows the program.
 */
export function findProgram(name: string): ReadProgram | null {
  readers ??= new Map(
    entries.flatMap(([names, read]) => names.split(" ").map((one) => [one, read])),
  );
  const reader = readers.get(name);
  if (reader !== undefined) return reader;
  rows ??= new Map(
    [...simplePrograms, ...checkerPrograms].flatMap((row) =>
      row[0].split(" ").map((one) => [one, row])
    ),
  );
  const row = rows.get(name);
  return row === undefined ? null : readRow(row);
}

/** Every name, for tests. */
export function programNames(): readonly string[] {
  return [
    ...entries.flatMap(([names]) => names.split(" ")),
    ...[...simplePrograms, ...checkerPrograms].flatMap(([names]) => names.split(" ")),
  ];
}
