/**
 * Modules made by OPA's own compiler from tests/vectors/opa/. `opa` is in no registry these tests
 * install from: it is taken from the PATH, or modules made elsewhere from the folder that
 * SEALWARD_OPA_MODULES names, NAME.wasm for NAME.rego. With neither there is nothing to test, and
 * that is said. Further modules in the folder only have to end in an answer or a code.
 */
import { assert, assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { CheckFailure } from "../../src/core/check/check_failure.ts";
import type { CheckJob } from "../../src/core/check/check_job.ts";
import { defaultCheckLimits } from "../../src/core/check/check_limits.ts";
import { loadCheck } from "../../src/sandbox/load_check.ts";
import { checkRequest } from "../support/check_jobs.ts";
import { opaJob } from "../support/opa_wat.ts";

interface Expectation {
  readonly entrypoint: string;
  readonly result: CheckJob["result"];
  readonly data: unknown;
  readonly cases: readonly {
    readonly input: unknown;
    /** Code and message, in any order. */
    readonly violations: readonly (readonly [string, string])[];
  }[];
}

const vectors = new URL("../vectors/opa/", import.meta.url);
const folder = Deno.env.get("SEALWARD_OPA_MODULES") ?? null;
const made = folder === null ? [] : [...Deno.readDirSync(folder)].map(({ name }) => name);
const names = (["rbac", "deny"] as const).filter((name) =>
  folder === null ? hasOpa() : made.includes(`${name}.wasm`)
);

function hasOpa(): boolean {
  try {
    return new Deno.Command("opa", { args: ["version"] }).outputSync().success;
  } catch {
    return false;
  }
}

async function readModule(name: string, entrypoint: string): Promise<Uint8Array> {
  if (folder !== null) return await Deno.readFile(`${folder}/${name}.wasm`);
  const target = await Deno.makeTempDir();
  try {
    const source = new URL(`${name}.rego`, vectors).pathname;
    const bundle = `${target}/bundle.tar.gz`;
    await runTool("opa", ["build", "-t", "wasm", "-e", entrypoint, "-o", bundle, source]);
    await runTool("tar", ["-xzf", bundle, "-C", target, "/policy.wasm"]);
    return await Deno.readFile(`${target}/policy.wasm`);
  } finally {
    await Deno.remove(target, { recursive: true });
  }
}

async function runTool(program: string, args: readonly string[]): Promise<void> {
  const { success, stderr } = await new Deno.Command(program, { args: [...args] }).output();
  assert(success, `${program}: ${new TextDecoder().decode(stderr)}`);
}

function encode(value: unknown): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(value));
}

function judge(module: Uint8Array, expected: Expectation): void {
  const { entrypoint, result, data, cases } = expected;
  const check = loadCheck(opaJob(module, { entrypoint, result, data: encode(data) }));
  for (const { input, violations } of cases) {
    const request = encode(input);
    const outcome = check.run(request);
    assert(outcome.status === "ok", JSON.stringify(outcome));
    const found = outcome.violations.map(({ code, message }) => `${code}: ${message}`);
    assertEquals(found.toSorted(), violations.map((one) => one.join(": ")).toSorted());
    for (let round = 0; round < 300; round++) assertEquals(check.run(request), outcome);
  }
}

/** What a module that nobody knows anything about comes to. */
function outcomeOf(module: Uint8Array): string {
  const limits = { moduleBytes: 8_388_608, startFuel: 20_000_000 };
  try {
    const check = loadCheck(opaJob(module, { limits: { ...defaultCheckLimits, ...limits } }));
    const outcome = check.run(checkRequest());
    return outcome.status === "ok" ? "ok" : outcome.code;
  } catch (error) {
    assert(error instanceof CheckFailure, String(error));
    return error.code;
  }
}

if (names.length < 2) {
  // deno-lint-ignore no-console -- what was not tested has to be said
  console.log(`opa_modules: run with [${names}] only: no opa, SEALWARD_OPA_MODULES=${folder}`);
}

describe("modules of OPA's compiler", () => {
  for (const name of names) {
    it(`run unchanged, and spend the same fuel in 300 runs: ${name}`, async () => {
      const text = await Deno.readTextFile(new URL(`${name}.json`, vectors));
      const expected: Expectation = JSON.parse(text);
      judge(await readModule(name, expected.entrypoint), expected);
    });
  }

  if (folder !== null) {
    it("WASM-03 end in an answer or a code, whatever they are", async () => {
      const counts = new Map<string, number>();
      for (const name of made) {
        if (!name.endsWith(".wasm")) continue;
        const outcome = outcomeOf(await Deno.readFile(`${folder}/${name}`));
        assert(outcome !== "sandbox_crash", name);
        counts.set(outcome, 1 + (counts.get(outcome) ?? 0));
      }
      // deno-lint-ignore no-console -- what modules of others came to
      console.log(JSON.stringify([...counts]));
    });
  }
});
