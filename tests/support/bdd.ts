/**
 * `describe` and `it` with the names of @std/testing/bdd, over Deno.test. Each `it` is one test
 * whose name carries its path, so that reports count cases and name files; what groups need beyond
 * that (hooks) is not used here.
 */
const path: string[] = [];

/** Groups tests: the name becomes the prefix of every test declared inside `body`. */
export function describe(name: string, body: () => void): void {
  path.push(name);
  try {
    body();
  } finally {
    path.pop();
  }
}

/** Declares one test. */
export function it(name: string, body: (t: Deno.TestContext) => void | Promise<void>): void {
  Deno.test([...path, name].join(" > "), body);
}
