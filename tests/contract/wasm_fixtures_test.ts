import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import {
  compileWasmFixture,
  fixtureFolder,
  wasmFixtures,
} from "../../scripts/compile_wasm_fixtures.ts";
import { CheckFailure } from "../../src/core/check/check_failure.ts";
import type { CheckAbi, CheckViolation } from "../../src/core/check/check_job.ts";
import { loadCheck } from "../../src/sandbox/load_check.ts";
import { checkJob, checkRequest } from "../support/check_jobs.ts";

interface Known {
  readonly abi: CheckAbi;
  /** Fuel for the two requests below: the same on every machine. */
  readonly fuel: readonly [clean: number, forbidden: number];
  readonly log: RegExp;
}

const known: Readonly<Record<string, Known>> = {
  c_native: { abi: "native-1", fuel: [0, 0], log: /^$/ },
  c_wasi: { abi: "wasi-cmd", fuel: [0, 0], log: /^\d+ bytes\n$/ },
  rust_wasi: {
    abi: "wasi-cmd",
    fuel: [0, 0],
    log: /^check validate 0 1795370400 [a-z]+\n$/,
  },
  assemblyscript_native: { abi: "native-1", fuel: [0, 0], log: /^$/ },
};

const clean = checkRequest({ now: "2026-11-22T18:00:00Z" });
const forbidden = checkRequest({
  now: "2026-11-22T18:00:00Z",
  operation: { type: "command", command: "cat é/forbidden" },
});

/** Where the word stands, in bytes. */
function found(request: Uint8Array): CheckViolation {
  const text = new TextDecoder().decode(request);
  const at = new TextEncoder().encode(text.slice(0, text.indexOf("forbidden"))).length;
  const message = `Found at byte ${at}`;
  return { code: "forbidden_word", message, severity: null, path: null, details: null };
}

function readFixture(name: string): Uint8Array<ArrayBuffer> {
  return Deno.readFileSync(new URL("forbidden_word.wasm", fixtureFolder(name)));
}

describe("modules of others' toolchains", () => {
  it("are all known here", () => {
    assertEquals(wasmFixtures.map(({ name }) => name), Object.keys(known));
  });

  for (const [name, { abi, fuel, log }] of Object.entries(known)) {
    it(`run unchanged: ${name}`, () => {
      const module = readFixture(name);
      assert(module.length < 100_000);
      const check = loadCheck(checkJob(module, { abi }));
      for (const [index, request] of [clean, forbidden].entries()) {
        const outcome = check.run(request);
        assert(outcome.status === "ok", JSON.stringify(outcome));
        assertEquals(outcome.violations, request === clean ? [] : [found(request)]);
        assertMatch(outcome.log, log);
        assertEquals(outcome.fuel, fuel[index]);
      }
    });

    it(`spend the same fuel in 300 runs, opened anew or not: ${name}`, () => {
      const module = readFixture(name);
      const check = loadCheck(checkJob(module, { abi }));
      const first = check.run(forbidden);
      for (let round = 0; round < 300; round++) assertEquals(check.run(forbidden), first);
      assertEquals(loadCheck(checkJob(module, { abi })).run(forbidden), first);
    });

    it(`WASM-06 are refused wherever they are cut off: ${name}`, () => {
      const module = readFixture(name);
      const step = Math.ceil(module.length / 200);
      for (let length = 0; length < module.length; length += step) {
        const error = catchFailure(() => loadCheck(checkJob(module.slice(0, length), { abi })));
        assertEquals(error?.code, "invalid_module", `${length} bytes`);
      }
    });
  }

  it("AssemblyScript, pinned, gives the very bytes that are kept", async () => {
    const fixture = wasmFixtures.find(({ name }) => name === "assemblyscript_native");
    assert(fixture !== undefined);
    assertEquals(await compileWasmFixture(fixture), readFixture(fixture.name));
  });

  it("WASM-04 AssemblyScript's own abort is refused by its name", async () => {
    const fixture = wasmFixtures.find(({ name }) => name === "assemblyscript_native");
    assert(fixture !== undefined);
    const module = await compileWasmFixture({ ...fixture, options: [] });
    const error = await assertRejects(
      () => Promise.resolve().then(() => loadCheck(checkJob(module))),
      CheckFailure,
      "abort",
    );
    assertEquals(error.code, "import_refused");
  });

  it("WASM-04 a module of one ABI is refused as another", () => {
    const codes = (name: string, abi: CheckAbi) =>
      catchFailure(() => loadCheck(checkJob(readFixture(name), { abi })))?.code;
    assertEquals(codes("rust_wasi", "native-1"), "import_refused");
    assertEquals(codes("c_wasi", "native-1"), "import_refused");
    assertEquals(codes("c_native", "wasi-cmd"), "invalid_module");
  });
});

function catchFailure(open: () => unknown): CheckFailure | null {
  try {
    open();
    return null;
  } catch (error) {
    assert(error instanceof CheckFailure, String(error));
    return error;
  }
}
