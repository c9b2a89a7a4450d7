/**
 * Cuts suites into parts that run side by side. Each part is a process of its own: tests look at, and
 * end, what their process started, so files that share one process must not run at once.
 */

export interface Suite {
  readonly folder: string;
  /** Permission set of deno.json. */
  readonly permissions: "unit" | "tests";
  /** How many parts it is cut into; 1 unless told. */
  readonly shards?: number;
  /** Files whose tests hold times: they run last, with nothing beside them. */
  readonly alone?: readonly string[];
  /** Only tests whose names match, and the program that starts them; for a suite run once more. */
  readonly again?: {
    readonly as: string;
    readonly filter: string;
    readonly through: readonly string[];
  };
}

export interface Part {
  /** The suite it is cut from. */
  readonly suite: string;
  readonly name: string;
  readonly permissions: Suite["permissions"];
  /** Arguments of `deno test` that select tests by name. */
  readonly filter: readonly string[];
  /** Program that starts `deno test`, with its arguments; empty for none. */
  readonly through: readonly string[];
  readonly files: readonly string[];
}

/** @returns Parts that may run beside each other, then those that may not; no file is left out. */
export function dealParts(
  suites: readonly Suite[],
): { readonly beside: readonly Part[]; readonly alone: readonly Part[] } {
  const parts = suites.map(cutSuite);
  const beside = parts.flatMap((each) => each.beside);
  // Suites are listed from short to long, and the long ones start first.
  return { beside: beside.toReversed(), alone: parts.flatMap((each) => each.alone) };
}

function cutSuite({ folder, permissions, shards = 1, alone = [], again }: Suite) {
  const filter = again === undefined ? [] : ["--filter", again.filter];
  const through = again?.through ?? [];
  const suite = again === undefined ? folder : `${folder} ${again.as}`;
  const files = [...testFiles(folder)].toSorted();
  const isAlone = (file: string) => alone.some((last) => file === `${folder}/${last}`);
  const missing = alone.filter((last) => !files.includes(`${folder}/${last}`));
  if (missing.length > 0) throw new Error(`${folder} has no ${missing.join(", ")}`);
  const part = (name: string, files: readonly string[]): Part => ({
    suite,
    name,
    permissions,
    filter,
    through,
    files,
  });
  const rest = files.filter((file) => !isAlone(file));
  const beside = Array.from({ length: shards }, (_, shard) =>
    part(
      shards === 1 ? suite : `${suite} ${shard + 1} of ${shards}`,
      // Neighbours by name test the same thing and cost alike: they are dealt out like cards.
      rest.filter((_, index) => index % shards === shard),
    ));
  const last = alone.length === 0 ? [] : [part(`${suite} alone`, files.filter(isAlone))];
  return { beside, alone: last };
}

function* testFiles(folder: string): Generator<string> {
  for (const { name, isDirectory } of Deno.readDirSync(folder)) {
    if (isDirectory) yield* testFiles(`${folder}/${name}`);
    else if (name.endsWith("_test.ts")) yield `${folder}/${name}`;
  }
}
