/**
 * The surroundings of a program that pays for each file it opens.
 *
 * @module
 */
import { clientFile, isMissing, readSurroundings, type Surroundings } from "./environment.ts";

/** Where nothing is guarded, this is one look at a file that is not there and nothing else. */
export async function openSurroundings(): Promise<Surroundings> {
  const guards = isMissing(clientFile)
    ? null
    : (await import("./guarded/guards.ts")).readGuards(clientFile);
  return readSurroundings(guards);
}
