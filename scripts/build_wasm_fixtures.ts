/**
 * Compiles tests/vectors/wasm/ again.
 *
 *   task build:wasm-fixtures           writes the modules
 *   task test:wasm-fixtures            writes nothing; fails where bytes differ
 *
 * Both say which compiler is missing, and fail.
 */
import { buildModules } from "./build_modules.ts";
import { fixtureFolder, wasmFixtures } from "./compile_wasm_fixtures.ts";

await buildModules({
  label: "wasm-fixtures",
  modules: wasmFixtures.map((fixture) => {
    const folder = fixtureFolder(fixture.name);
    return { fixture, folder, target: new URL("forbidden_word.wasm", folder) };
  }),
});
