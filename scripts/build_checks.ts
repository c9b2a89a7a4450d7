/**
 * Compiles src/checks/ again.
 *
 *   task build:checks          writes the modules, and src/checks/built.json
 *   task test:checks           writes nothing; fails where bytes differ
 *
 * Both say which compiler is missing, and fail.
 */
import { buildModules } from "./build_modules.ts";
import {
  checkFolder,
  moduleUrl,
  recordModules,
  recordUrl,
  shippedModules,
} from "./compile_checks.ts";

await buildModules({
  label: "checks",
  modules: shippedModules.map((fixture) => {
    return { fixture, folder: checkFolder(fixture.name), target: moduleUrl(fixture.name) };
  }),
  onBuilt: () => Deno.writeTextFileSync(recordUrl, `${JSON.stringify(recordModules(), null, 2)}\n`),
});
