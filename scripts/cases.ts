// deno-lint-ignore-file no-console -- a script talks to its terminal
/**
 * Prints which attack cases the tests cover, and which are knowingly left out and why.
 *
 *   task cases            after `task test` and `task test:system`, whose test names it reads
 *
 * A case is covered when a test that ran and passed carries its ID in its name. Ends with 1 when one
 * of the catalogue (tests/vectors/cases.json) is neither covered nor explained, or failed.
 */
import { namesFolder } from "./test_names.ts";

interface Case {
  readonly about: string;
  /** Why no test carries it. */
  readonly not_covered?: string;
}

interface Runs {
  passed: number;
  failed: number;
  readonly suites: Set<string>;
}

const catalogue: Readonly<Record<string, Case>> = JSON.parse(
  Deno.readTextFileSync(new URL("../tests/vectors/cases.json", import.meta.url)),
);

/** Results by ID, from the names the last runs left. */
function readRuns(): ReadonlyMap<string, Runs> {
  const runs = new Map<string, Runs>();
  for (const { name: file } of Deno.readDirSync(namesFolder)) {
    const suite = file.replace(/\.txt$/, "");
    for (const line of Deno.readTextFileSync(`${namesFolder}/${file}`).split("\n")) {
      const [result, name = ""] = line.split("\t");
      for (const each of [name, ...namesOfVectors(name)]) count(runs, each, { result, suite });
    }
  }
  return runs;
}

function count(
  runs: Map<string, Runs>,
  name: string,
  { result, suite }: { readonly result: string | undefined; readonly suite: string },
): void {
  for (const id of new Set(name.match(/\b[A-Z]{2,5}-\d{2}\b/g))) {
    const known = runs.get(id) ?? { passed: 0, failed: 0, suites: new Set() };
    if (result === "ok") known.passed++;
    else known.failed++;
    known.suites.add(suite);
    runs.set(id, known);
  }
}

/** A test of a file of vectors plays each of its scenarios, whose names carry the IDs. */
function namesOfVectors(test: string): readonly string[] {
  const file = /vectors\/decision > ([a-z_]+): \d+ scenarios/.exec(test)?.[1];
  if (file === undefined) return [];
  const vectors = new URL(`../tests/vectors/decision/${file}.json`, import.meta.url);
  const { scenarios } = JSON.parse(Deno.readTextFileSync(vectors));
  return scenarios.map(({ name }: { readonly name: string }) => name);
}

function main(): number {
  const runs = readRuns();
  const ids = [...new Set([...Object.keys(catalogue), ...runs.keys()])];
  ids.sort((a, b) => a.localeCompare(b, "en", { numeric: true }));
  const counts = { covered: 0, left: 0, open: 0 };
  for (const id of ids) {
    const { about = "", not_covered: reason } = catalogue[id] ?? {};
    const found = runs.get(id);
    const isCovered = found !== undefined && found.passed > 0 && found.failed === 0;
    const kind = isCovered ? "covered" : reason === undefined ? "open" : "left";
    counts[kind]++;
    const proof = found === undefined
      ? reason === undefined ? "NO TEST" : `not covered: ${reason}`
      : `${found.passed} passed${found.failed > 0 ? `, ${found.failed} FAILED` : ""} (${
        [...found.suites].sort().join(", ")
      })`;
    console.log([id.padEnd(8), about.padEnd(72), proof].join("  ").trimEnd());
  }
  console.log(
    `\n${counts.covered} covered, ${counts.left} not covered for a reason, ${counts.open} open`,
  );
  return counts.open === 0 ? 0 : 1;
}

try {
  Deno.exit(main());
} catch (error) {
  if (!(error instanceof Deno.errors.NotFound)) throw error;
  console.error("cases: no test has run here: run `task test` and `task test:system` first");
  Deno.exit(1);
}
