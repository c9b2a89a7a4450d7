import type { ReadProgram } from "../program_use.ts";
export function findProgram(_name: string): ReadProgram | null {
  return null;
}
