/**
 * The names of tests that ran, with their results: what `task cases` counts.
 */

/** One file per suite, `ok` or `FAILED`, a tab and the name on each line; made by task test. */
export const namesFolder = new URL("../dist/test-names", import.meta.url).pathname;

/** Keeps the names of one suite; those of its last run are replaced. */
export function keepNames(suite: string, output: string): void {
  // deno-lint-ignore no-control-regex -- colours of a terminal
  const plain = output.replace(/\x1b\[[0-9;]*m/g, "");
  const lines = [...plain.matchAll(/^(.+) \.\.\. (ok|FAILED) \(/gm)]
    .map(([, name = "", result = ""]) => `${result}\t${name}\n`);
  Deno.mkdirSync(namesFolder, { recursive: true });
  Deno.writeTextFileSync(`${namesFolder}/${suite.replaceAll(/[/ ]/g, "-")}.txt`, lines.join(""));
}
