import { assert, assertEquals, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { CheckFailure } from "../../../src/core/check/check_failure.ts";
import { defaultCheckLimits } from "../../../src/core/check/check_limits.ts";
import type { AbiSignatures } from "../../../src/sandbox/abi_signatures.ts";
import { type ModuleFacts, readModuleFacts } from "../../../src/sandbox/module_facts.ts";
import {
  buildWasm,
  type Bytes,
  externref,
  funcref,
  i32,
  i64,
  importThing,
  limits,
  offsetOf,
  op,
  passiveData,
  repeat,
  v128,
  type WasmParts,
} from "../../support/wasm_builder.ts";

const program: AbiSignatures = {
  abi: "wasi-cmd",
  imports: [],
  exports: [{
    name: "_start",
    signature: { kind: "function", params: [], results: [] },
    isRequired: true,
  }],
  allowsStart: true,
};
const small: AbiSignatures = {
  abi: "native-1",
  imports: [],
  exports: [{ name: "memory", signature: { kind: "memory" }, isRequired: true }],
  allowsStart: false,
};

function read(parts: WasmParts): ModuleFacts {
  const options = { limits: defaultCheckLimits, signatures: [program, small] };
  return readModuleFacts(buildWasm(parts), options);
}

function withBody(body: Bytes): WasmParts {
  return { types: [[[], []]], functions: [{ type: 0, body }], memories: [limits(1)] };
}

describe("readModuleFacts()", () => {
  it("names the ABI the module passes as, and why not the others", () => {
    const facts = read({ ...withBody([]), exports: [["_start", "function", 0]] });
    assertEquals(facts.abi, "wasi-cmd");
    assertEquals(facts.fits.map(({ abi, failure }) => [abi, failure?.code ?? null]), [
      ["wasi-cmd", null],
      ["native-1", "invalid_module"],
    ]);
    const none = read({ ...withBody([]), imports: [["env", "f", importThing.function(0)]] });
    assertEquals(none.abi, null);
    assertEquals(none.imports, [{ module: "env", name: "f", type: "function () -> ()" }]);
    assertEquals(none.fits.map(({ failure }) => failure?.code), [
      "import_refused",
      "import_refused",
    ]);
  });

  it("tells what it exports, starts and carries along", () => {
    const facts = read({
      ...withBody([op.nop]),
      globals: [[i64, 1, op.i64Const, 0, op.end]],
      exports: [["memory", "memory", 0], ["g", "global", 0]],
      start: 0,
      customs: [["name", []], ["producers", []]],
    });
    assertEquals(facts.exports, [
      { name: "memory", type: "memory" },
      { name: "g", type: "mutable global i64" },
    ]);
    assertEquals(facts.hasStart, true);
    assertEquals(facts.customSections, ["name", "producers"]);
    assertEquals(facts.instructions, 2);
    assertEquals(facts.features, ["mutable globals"]);
  });

  it("finds each feature where it is used, and none where none is", () => {
    const zero = [op.i32Const, 0];
    const rows: readonly (readonly [WasmParts, readonly string[]])[] = [
      [withBody([...zero, op.drop]), []],
      [withBody([...zero, 0xc0, op.drop]), ["sign extension"]],
      [withBody([0x43, 0, 0, 0, 0, op.bulk, 0, op.drop]), ["saturating conversions"]],
      [withBody([...zero, ...zero, ...zero, op.bulk, 11, 0]), ["bulk memory"]],
      [{ ...withBody([]), data: [passiveData([])] }, ["bulk memory"]],
      [{ ...withBody([]), elements: [[3, 0, 1, 0]] }, ["bulk memory"]],
      [{ types: [[[], [i32, i32]]] }, ["multiple values"]],
      [withBody([op.block, 0, op.end]), ["multiple values"]],
      [withBody([op.refNull, externref, op.drop]), ["reference types"]],
      [{ tables: [[externref, ...limits(1)]] }, ["reference types"]],
      [{ tables: [[funcref, ...limits(1)], [funcref, ...limits(1)]] }, ["reference types"]],
      [{ types: [[[funcref], []]] }, ["reference types"]],
      [withBody([op.vector, 0x0c, ...repeat([0], 16), op.drop]), ["SIMD"]],
      [{ types: [[[v128], []]] }, ["SIMD"]],
      [{ imports: [["e", "g", importThing.global(i32, true)]] }, ["mutable globals"]],
      [{ globals: [[i32, 1, ...offsetOf(0)]] }, []],
    ];
    for (const [at, [parts, wanted]] of rows.entries()) {
      assert(WebAssembly.validate(buildWasm(parts)), `row ${at}`);
      assertEquals(read(parts).features, wanted, `row ${at}`);
    }
  });

  it("measures up to where the code goes beyond a limit", () => {
    const locals = [[999, i32]] as const;
    const body = repeat([op.loop, op.empty, op.end], 2_000);
    const facts = read({ types: [[[], []]], functions: [{ type: 0, locals, body }] });
    assertEquals(facts.abi, null);
    assertEquals(facts.fits.map(({ failure }) => failure?.code), [
      "limit_exceeded",
      "limit_exceeded",
    ]);
    const over = facts.headroom.filter(({ got, wanted }) => got > wanted);
    assertEquals(over.length, 1);
  });

  it("WASM-03 refuses what cannot be read at all", () => {
    const options = { limits: defaultCheckLimits, signatures: [program] };
    const text = new TextEncoder().encode("(module)");
    assertEquals(
      assertThrows(() => readModuleFacts(text, options), CheckFailure).code,
      "invalid_module",
    );
    const large = new Uint8Array(defaultCheckLimits.moduleBytes + 1);
    assertEquals(
      assertThrows(() => readModuleFacts(large, options), CheckFailure).code,
      "limit_exceeded",
    );
  });
});
