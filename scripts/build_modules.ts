// deno-lint-ignore-file no-console -- a script talks to its terminal
/**
 * Compiles modules and writes them, or with `--compare` compares them with the ones kept. Says which
 * compiler is missing; ends the process.
 */
import { compileWasmFixture, missingCompiler } from "./compile_wasm_fixtures.ts";
import type { WasmFixture } from "./wasm_fixture.ts";

export interface Buildable {
  readonly fixture: WasmFixture;
  /** Where its command is run. */
  readonly folder: URL;
  readonly target: URL;
}

export async function buildModules(
  { label, modules, onBuilt }: {
    readonly label: string;
    readonly modules: readonly Buildable[];
    /** After all were written. */
    readonly onBuilt?: () => void;
  },
): Promise<never> {
  const isTest = Deno.args.includes("--compare");
  let passed = 0;
  let failed = 0;
  for (const module of modules) {
    const problem = await build(module, isTest);
    if (problem === null) passed++;
    else {
      failed++;
      console.error(`${label}: error: ${module.fixture.name}: ${problem}`);
    }
  }
  if (!isTest && failed === 0) onBuilt?.();
  console.log(`${passed} passed, ${failed} failed`);
  Deno.exit(failed === 0 ? 0 : 1);
}

async function build(
  { fixture, folder, target }: Buildable,
  isTest: boolean,
): Promise<string | null> {
  const missing = await missingCompiler(fixture);
  if (missing !== null) return `no compiler: wanted ${missing}`;
  const bytes = await compileWasmFixture(fixture, folder);
  if (isTest) {
    const kept = await Deno.readFile(target);
    const isSame = kept.length === bytes.length && kept.every((byte, at) => byte === bytes[at]);
    return isSame ? null : `${bytes.length} bytes that differ from the ${kept.length} kept`;
  }
  await Deno.writeFile(target, bytes, { mode: 0o644 });
  console.log(`${fixture.name}: ${bytes.length} bytes`);
  return null;
}
