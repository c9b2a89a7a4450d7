import { assert, assertEquals } from "@std/assert";
import { encodeBase64 } from "@std/encoding/base64";
import { describe, it } from "@std/testing/bdd";
import { compileKernels } from "../support/wasm_kernels.ts";

const root = new URL("../../", import.meta.url).pathname;
/** V8's baseline compiler alone, the optimising one alone, and both as it likes. */
const tiers = ["--liftoff-only", "--no-liftoff", "--wasm-dynamic-tiering"];
const rounds = 300;

/** This Deno, and other versions that lie beside it: they are not needed, and looked at if there. */
function findRuntimes(): readonly string[] {
  const runtimes = [Deno.execPath()];
  try {
    for (const { name } of Deno.readDirSync(`${root}.toolchain`)) {
      const path = `${root}.toolchain/${name}`;
      if (/^deno-\d/.test(name) && path !== Deno.execPath()) runtimes.push(path);
    }
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  return runtimes;
}

async function runScript(
  runtime: string,
  tier: string,
  script: string,
  ...args: readonly string[]
): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command(runtime, {
    args: [
      ...["run", "--quiet", "--no-check", "--frozen", `--config=${root}deno.json`],
      ...[`--v8-flags=${tier}`, `${root}tests/support/${script}`, ...args],
    ],
  }).output();
  assert(success, `${runtime} ${tier}: ${new TextDecoder().decode(stderr)}`);
  return new TextDecoder().decode(stdout).trim();
}

describe("fuel of a metered module", () => {
  it(`is the same in ${rounds} runs, in each tier of V8, in each Deno at hand`, async () => {
    const kernels = encodeBase64(await compileKernels());
    const answers = new Map<string, string>();
    for (const runtime of findRuntimes()) {
      for (const tier of tiers) {
        answers.set(
          `${runtime} ${tier}`,
          await runScript(runtime, tier, "spend_fuel.ts", `${rounds}`, kernels),
        );
      }
    }
    const [first = ""] = answers.values();
    const [only, ...more] = JSON.parse(first) as readonly string[];
    assertEquals(more, [], "one process, several amounts");
    assert((JSON.parse(only ?? "[]") as number[]).every((units) => units > 0));
    for (const [where, answer] of answers) assertEquals(answer, first, where);
  });
});

describe("depth of a metered module", () => {
  it("WASM-01 is the meter's to say and not V8's, in frames of any shape, up to the ceiling", async () => {
    for (const runtime of findRuntimes()) {
      for (const tier of tiers) {
        const answer = JSON.parse(await runScript(runtime, tier, "deepen_stack.ts"));
        assertEquals(answer.stoppedByV8, [], `${runtime} ${tier}`);
        assertEquals(answer.shapes, 140);
      }
    }
  });
});
