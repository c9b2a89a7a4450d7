import { assert, assertEquals, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { CheckFailure } from "../../../src/core/check/check_failure.ts";
import { checkCeilings, defaultCheckLimits } from "../../../src/core/check/check_limits.ts";
import type { AbiSignatures } from "../../../src/sandbox/abi_signatures.ts";
import { gateModule } from "../../../src/sandbox/gate_module.ts";
import { hostileModules } from "../../support/hostile_modules.ts";
import {
  buildWasm,
  externref,
  funcref,
  i32,
  i64,
  importThing,
  limits,
  offsetOf,
  op,
  type WasmParts,
} from "../../support/wasm_builder.ts";

const lax: AbiSignatures = { abi: "native-1", imports: [], exports: [], allowsStart: true };

const abi: AbiSignatures = {
  abi: "opa-1",
  imports: [
    {
      module: "env",
      name: "tell",
      signature: { kind: "function", params: ["i32", "i64"], results: ["i32"] },
      isRequired: false,
    },
    { module: "env", name: "memory", signature: { kind: "memory" }, isRequired: true },
    {
      module: "env",
      name: "base",
      signature: { kind: "global", type: "i32", isMutable: false },
      isRequired: false,
    },
    {
      module: "env",
      name: "table",
      signature: { kind: "table", element: "funcref" },
      isRequired: false,
    },
  ],
  exports: [
    {
      name: "eval",
      signature: { kind: "function", params: [], results: ["i32"] },
      isRequired: true,
    },
    {
      name: "version",
      signature: { kind: "global", type: "i32", isMutable: false },
      isRequired: false,
    },
  ],
  allowsStart: false,
};

const right = {
  types: [[[i32, i64], [i32]], [[], [i32]], [[], []]],
  imports: [
    ["env", "tell", importThing.function(0)],
    ["env", "memory", importThing.memory(limits(2))],
    ["env", "base", importThing.global(i32, false)],
    ["env", "table", importThing.table(funcref, limits(1))],
  ],
  functions: [{ type: 1, body: [op.i32Const, 1] }, { type: 2, body: [] }],
  globals: [[i32, 0, ...offsetOf(1)]],
  exports: [["eval", "function", 1], ["version", "global", 1], ["more", "function", 2]],
} as const satisfies WasmParts;

function gate(parts: WasmParts, signatures: AbiSignatures = abi): void {
  const bytes = buildWasm(parts);
  assert(WebAssembly.validate(bytes), "a valid module");
  gateModule(bytes, { limits: defaultCheckLimits, signatures });
}

function refuse(
  parts: WasmParts,
  code: string,
  words: readonly string[],
): CheckFailure {
  const failure = assertThrows(() => gate(parts), CheckFailure);
  assertEquals(failure.code, code, failure.message);
  for (const word of words) assert(failure.message.includes(word), failure.message);
  return failure;
}

/** The right module with one import in another's place. */
function importing(at: number, one: NonNullable<WasmParts["imports"]>[number]): WasmParts {
  return { ...right, imports: right.imports.map((kept, place) => place === at ? one : kept) };
}

describe("gateModule()", () => {
  it("passes a module with what its ABI has, and gives it decoded", () => {
    const bytes = buildWasm(right);
    const module = gateModule(bytes, { limits: defaultCheckLimits, signatures: abi });
    assertEquals(module.bytes, bytes);
    assertEquals(module.code.length, 2);
  });

  it("WASM-04 refuses imports of another name, kind or type", () => {
    const rows: readonly (readonly [number, NonNullable<WasmParts["imports"]>[number], string])[] =
      [
        [0, ["env", "tel", importThing.function(0)], "does not have"],
        [0, ["envtell", "", importThing.function(0)], "does not have"],
        [0, ["", "envtell", importThing.function(0)], "does not have"],
        [0, ["env", "tell\0", importThing.function(0)], "does not have"],
        [0, ["wasi_snapshot_preview1", "fd_write", importThing.function(0)], "does not have"],
        [0, ["env", "tell", importThing.function(1)], "function (i32 i64) -> (i32)"],
        [2, ["env", "tell", importThing.global(i32, false)], "got constant global i32"],
        [2, ["env", "base", importThing.global(i32, true)], "got mutable global i32"],
        [2, ["env", "base", importThing.global(i64, false)], "got constant global i64"],
        [3, ["env", "table", importThing.table(externref, limits(1))], "got table of externref"],
      ];
    for (const [at, one, word] of rows) {
      const failure = refuse(importing(at, one), "import_refused", [word, "got"]);
      assert(failure.offset !== null && failure.offset > 8);
    }
  });

  it("WASM-04 refuses a module that does not import what it must", () => {
    const without = {
      ...right,
      imports: right.imports.filter(([, name]) => name !== "memory"),
    };
    const failure = refuse(without, "import_refused", ['"memory"', "got none"]);
    assertEquals(failure.offset, null);
  });

  it("WASM-02 refuses an imported memory that begins with more pages than allowed", () => {
    const { memoryPages } = defaultCheckLimits;
    gate(importing(1, ["env", "memory", importThing.memory(limits(memoryPages))]));
    const larger = importing(1, ["env", "memory", importThing.memory(limits(memoryPages + 1))]);
    refuse(larger, "limit_exceeded", ["pages", String(memoryPages)]);
  });

  it("WASM-03 refuses a module without an export or with one of another type", () => {
    const evalAs = (kind: "function" | "global", index: number): WasmParts => ({
      ...right,
      exports: [["eval", kind, index]],
    });
    refuse({ ...right, exports: [] }, "invalid_module", ['"eval"', "got none", "-> (i32)"]);
    refuse(evalAs("function", 2), "invalid_module", ["got function () -> ()"]);
    refuse(evalAs("function", 0), "invalid_module", ["got function (i32 i64) -> (i32)"]);
    refuse(evalAs("global", 1), "invalid_module", ["got constant global i32"]);
    const version = {
      ...right,
      exports: [...right.exports.slice(0, 1), ["version", "function", 1]],
    };
    refuse(version as WasmParts, "invalid_module", ['"version"', "constant global i32"]);
    gate({ ...right, exports: [["eval", "function", 1]] });
  });

  it("refuses the names the meter exports under", () => {
    for (const name of ["sealward:fuel", "sealward:depth", "sealward:"]) {
      const parts = { ...right, exports: [...right.exports, [name, "global", 0]] };
      refuse(parts as WasmParts, "invalid_module", [name]);
    }
    gate({ ...right, exports: [...right.exports, ["Sealward:fuel", "global", 0]] });
  });

  it("WASM-06 refuses a start section, unless the ABI has one", () => {
    const starting = { ...right, start: 2 };
    const failure = refuse(starting, "feature_refused", ["start section", "opa-1"]);
    assert(failure.offset !== null);
    gate(starting, { ...abi, allowsStart: true });
  });

  it("says where V8 finds a module invalid, in printable characters", () => {
    const parts = {
      ...right,
      functions: [{ type: 1, body: [op.nop] }, { type: 2, body: [] }],
      // A name section: V8 quotes the function's name.
      customs: [["name", [1, 7, 1, 1, 4, 0x1b, 0x5b, 0x32, 0x4a]]],
    } as const satisfies WasmParts;
    const bytes = buildWasm(parts);
    const options = { limits: defaultCheckLimits, signatures: abi };
    const failure = assertThrows(() => gateModule(bytes, options), CheckFailure);
    assertEquals(failure.code, "invalid_module");
    assert(failure.offset !== null && failure.offset > 8 && failure.offset < bytes.length);
    assert(/^[ -~]+$/.test(failure.message), failure.message);
  });

  for (const { title, code, build } of hostileModules) {
    it(`WASM-02 WASM-06 refuses in under a second: ${title}`, () => {
      const bytes = build();
      const options = { limits: checkCeilings, signatures: lax };
      const startMs = performance.now();
      const failure = assertThrows(() => gateModule(bytes, options), CheckFailure);
      const tookMs = performance.now() - startMs;
      assertEquals(failure.code, code, failure.message);
      assert(tookMs < 1_000, `${tookMs} ms`);
    });
  }

  it("WASM-06 looks no further than the size of a file of 100 MB", () => {
    const bytes = new Uint8Array(100_000_000);
    const options = { limits: checkCeilings, signatures: lax };
    const startMs = performance.now();
    const failure = assertThrows(() => gateModule(bytes, options), CheckFailure);
    assertEquals(failure.code, "limit_exceeded");
    assert(performance.now() - startMs < 100);
  });
});
