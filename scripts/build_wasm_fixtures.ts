// deno-lint-ignore-file no-console -- a script talks to its terminal
/**
 * Compiles tests/vectors/wasm/ again.
 *
 *   task build:wasm-fixtures           writes the modules
 *   task test:wasm-fixtures            writes nothing; fails where bytes differ
 *
 * Both say which compiler is missing, and fail.
 */
import {
  compileWasmFixture,
  fixtureFolder,
  missingCompiler,
  wasmFixtures,
} from "./compile_wasm_fixtures.ts";

const isTest = Deno.args.includes("--compare");
let passed = 0;
let failed = 0;
for (const fixture of wasmFixtures) {
  const problem = await build(fixture);
  if (problem === null) passed++;
  else {
    failed++;
    console.error(`wasm-fixtures: error: ${fixture.name}: ${problem}`);
  }
}
console.log(`${passed} passed, ${failed} failed`);
Deno.exit(failed === 0 ? 0 : 1);

async function build(fixture: typeof wasmFixtures[number]): Promise<string | null> {
  const missing = await missingCompiler(fixture);
  if (missing !== null) return `no compiler: wanted ${missing}`;
  const target = new URL("forbidden_word.wasm", fixtureFolder(fixture.name));
  const bytes = await compileWasmFixture(fixture);
  if (isTest) {
    const kept = await Deno.readFile(target);
    const isSame = kept.length === bytes.length && kept.every((byte, at) => byte === bytes[at]);
    return isSame ? null : `${bytes.length} bytes that differ from the ${kept.length} kept`;
  }
  await Deno.writeFile(target, bytes);
  console.log(`wasm-fixtures: ${fixture.name}: ${bytes.length} bytes`);
  return null;
}
