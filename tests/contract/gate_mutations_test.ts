import { assert, assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { CheckFailure } from "../../src/core/check/check_failure.ts";
import { checkCeilings } from "../../src/core/check/check_limits.ts";
import type { AbiSignatures, ImportSignature } from "../../src/sandbox/abi_signatures.ts";
import { BranchWork } from "../../src/sandbox/branch_work.ts";
import { decodeModule } from "../../src/sandbox/decode_module.ts";
import type { DecodedModule } from "../../src/sandbox/decoded_module.ts";
import { gateModule } from "../../src/sandbox/gate_module.ts";
import { externOf } from "../../src/sandbox/gate_signatures.ts";
import { readInstructions } from "../../src/sandbox/read_instructions.ts";
import { chooseSeed, type Draw, seeded } from "../support/seeded.ts";
import { readWasmFixtures } from "../support/wasm_fixtures.ts";

// Bytes that mean much: prefixes, sections, types, ends, and the edges of LEB128.
const telling = [
  ...[0x00, 0x01, 0x02, 0x03, 0x04, 0x05, 0x0b, 0x0d, 0x0e, 0x10, 0x11, 0x12, 0x1f, 0x23, 0x40],
  ...[0x5e, 0x60, 0x63, 0x64, 0x6e, 0x6f, 0x70, 0x7b, 0x7f, 0x80, 0xd0, 0xfb, 0xfc, 0xfd, 0xfe],
  0xff,
];

/** Small and likely to stay valid, or not: bits, bytes, cuts, copies. */
function mutate(original: Uint8Array, draw: Draw): Uint8Array<ArrayBuffer> {
  const bytes = Uint8Array.from(original);
  const at = draw(bytes.length);
  switch (draw(6)) {
    case 0:
      return bytes.slice(0, at);
    case 1: {
      const length = 1 + draw(8);
      return Uint8Array.from([...bytes.subarray(0, at), ...bytes.subarray(at + length)]);
    }
    case 2: {
      const piece = bytes.slice(at, at + 1 + draw(16));
      const to = draw(bytes.length);
      return Uint8Array.from([...bytes.subarray(0, to), ...piece, ...bytes.subarray(to)]);
    }
    case 3:
      bytes[at] = telling[draw(telling.length)] ?? 0;
      return bytes;
    default:
      for (let flips = 1 + draw(2); flips > 0; flips--) {
        const place = draw(bytes.length);
        bytes[place] = (bytes[place] ?? 0) ^ (1 << draw(8));
      }
      return bytes;
  }
}

/** Whatever the module imports, it may: the rest of the gate is what is tried. */
function signaturesOf(bytes: Uint8Array): AbiSignatures {
  const module = decodeModule(bytes);
  const imports = module.imports.map((one): ImportSignature => ({
    module: one.module,
    name: one.name,
    signature: externOf(one.thing, module),
    isRequired: false,
  }));
  return { abi: "native-1", imports, exports: [], allowsStart: true };
}

function readWhole(bytes: Uint8Array): DecodedModule | CheckFailure {
  try {
    const module = decodeModule(bytes);
    const work = new BranchWork(module);
    for (const [index, body] of module.code.entries()) {
      work.enter(index);
      readInstructions(bytes, body.instructions, (one) => work.add(one));
    }
    return module;
  } catch (error) {
    if (error instanceof CheckFailure) return error;
    throw error;
  }
}

/** V8 knows of imports and exports only names and kinds. */
function agree(module: DecodedModule, bytes: Uint8Array<ArrayBuffer>): void {
  const compiled = new WebAssembly.Module(bytes);
  assertEquals(
    module.imports.map((one) => ({ module: one.module, name: one.name, kind: one.thing.kind })),
    WebAssembly.Module.imports(compiled).map(({ module, name, kind }) => ({ module, name, kind })),
  );
  assertEquals(
    module.exports.map(({ name, kind }) => ({ name, kind })),
    WebAssembly.Module.exports(compiled).map(({ name, kind }) => ({ name, kind })),
  );
}

interface Tally {
  valid: number;
  passed: number;
  refused: number;
}

function judge(bytes: Uint8Array<ArrayBuffer>, signatures: AbiSignatures, tally: Tally): void {
  const isValid = WebAssembly.validate(bytes);
  const read = readWhole(bytes);
  if (isValid) tally.valid++;
  if (read instanceof CheckFailure) {
    tally.refused++;
    const isByte = read.offset === null || (read.offset >= 0 && read.offset <= bytes.length);
    assert(isByte, `offset ${read.offset} of ${bytes.length}`);
    assert(!isValid || read.code !== "invalid_module", `V8 finds it valid: ${read.message}`);
  } else if (isValid) {
    agree(read, bytes);
  }
  try {
    gateModule(bytes, { limits: checkCeilings, signatures });
    assert(isValid, "the gate passed what V8 refuses");
    tally.passed++;
  } catch (error) {
    if (!(error instanceof CheckFailure)) throw error;
    assert(isValid || error.code !== "import_refused", error.message);
  }
}

/** So many bytes are read for each module: small ones more often than large ones. */
const bytesRead = Number(Deno.env.get("MUTATION_BYTES") ?? 10_000_000);

function tryMany(build: (draw: Draw) => Uint8Array<ArrayBuffer>, options: {
  readonly signatures: AbiSignatures;
  readonly seed: number;
}): Tally {
  const tally: Tally = { valid: 0, passed: 0, refused: 0 };
  const draw = seeded(options.seed);
  let read = 0;
  for (let round = 0; read < bytesRead; round++) {
    const bytes = build(draw);
    read += bytes.length + 2_000;
    try {
      judge(bytes, options.signatures, tally);
    } catch (error) {
      throw new Error(`round ${round}, ${bytes.length} bytes`, { cause: error });
    }
  }
  return tally;
}

describe("gateModule()", () => {
  const seed = chooseSeed("gate");

  for (const { name, bytes } of readWasmFixtures()) {
    it(`WASM-03 agrees with V8 on ${name} with bytes changed, or refuses`, () => {
      const signatures = signaturesOf(bytes);
      gateModule(bytes, { limits: checkCeilings, signatures });
      const tally = tryMany((draw) => mutate(bytes, draw), { signatures, seed });
      // A test in which nothing stays valid, or nothing breaks, tries nothing.
      assert(tally.valid > 0 && tally.refused > 0 && tally.passed > 0, JSON.stringify(tally));
    });
  }

  it("WASM-03 refuses random bytes, with and without a header", () => {
    const signatures = { abi: "native-1", imports: [], exports: [], allowsStart: true } as const;
    const header = [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00];
    const tally = tryMany((draw) => {
      const noise = Array.from({ length: draw(400) }, () => draw(256));
      return Uint8Array.from(draw(2) === 0 ? noise : [...header, draw(14), ...noise]);
    }, { signatures, seed });
    assert(tally.refused > 100);
  });
});
