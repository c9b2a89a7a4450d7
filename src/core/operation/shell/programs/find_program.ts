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
import { editorPrograms } from "./editor_programs.ts";
import {
  commonPrograms,
  findCommonProgram,
  findIn,
  type ProgramTable,
} from "./find_common_program.ts";
import { interpreterPrograms } from "./interpreter_programs.ts";
import { networkPrograms } from "./network_programs.ts";
import { packagePrograms } from "./package_programs.ts";
import { readAwk } from "./read_awk.ts";
import { checkerPrograms, toolPrograms } from "./tool_programs.ts";

const otherPrograms: ProgramTable = {
  entries: [
    ["awk gawk mawk nawk", readAwk],
    ...interpreterPrograms,
    ...packagePrograms,
    ...networkPrograms,
    ...archivePrograms,
    ...buildPrograms,
    ...editorPrograms,
    ...adminPrograms,
    ...containerPrograms,
    ...toolPrograms,
  ],
  rows: checkerPrograms,
};

/**
 * Finds what reads the arguments of a program.
 *
 * @param name Last name of the program's path, as written.
 * @returns Null when nobody here knows the program.
 */
export function findProgram(name: string): ReadProgram | null {
  return findCommonProgram(name) ?? findIn(otherPrograms, name);
}

/** Every name, for tests. */
export function programNames(): readonly string[] {
  return [commonPrograms, otherPrograms].flatMap(({ entries, rows }) =>
    [...entries, ...rows].flatMap(([names]) => names.split(" "))
  );
}
