/**
 * Modules made by OPA's own compiler (scripts/build_opa_modules.ts), with data, inputs and what OPA
 * says of them in NAME.json.
 */
import { assert, assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import type { CheckJob } from "../../src/core/check/check_job.ts";
import { loadCheck } from "../../src/sandbox/load_check.ts";
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
const names = ["rbac", "deny"] as const;

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

describe("modules of OPA's compiler", () => {
  for (const name of names) {
    it(`run unchanged, and spend the same fuel in 300 runs: ${name}`, async () => {
      const text = await Deno.readTextFile(new URL(`${name}.json`, vectors));
      judge(await Deno.readFile(new URL(`${name}.wasm`, vectors)), JSON.parse(text));
    });
  }
});
