import { assert, assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { decodeModule } from "../../src/sandbox/decode_module.ts";
import { meterModule } from "../../src/sandbox/meter_module.ts";
import { createMetered, depthLeft, fuelLeft, setFuel } from "../../src/sandbox/metered.ts";
import { randomWasm } from "../support/random_wasm.ts";
import { countInstructions, countName } from "../support/count_instructions.ts";
import { chooseSeed, seeded } from "../support/seeded.ts";

/** More than any of them takes, save those that are left out. */
const plenty = 3_000_000;
const limits = { startFuel: plenty, callDepth: 8_000, memoryPages: 4, tableEntries: 16 };
const rounds = 400;

interface Run {
  /** What came back, or why it trapped. */
  readonly end: string;
  /** What the host was told, in order. */
  readonly told: readonly number[];
  /** Memory, table, globals. */
  readonly state: string;
  readonly hasTrapped: boolean;
  readonly instance: WebAssembly.Instance;
}

/** Calls every function of the module in turn, until one traps. */
function play(module: WebAssembly.Module, fuel: number | null, bytes: Uint8Array): Run {
  const told: number[] = [];
  const host = { log: (value: number) => void told.push(value) };
  const instance = new WebAssembly.Instance(module, { host });
  if (fuel !== null) setFuel(instance, fuel);
  let end = "";
  let hasTrapped = false;
  try {
    for (const args of argumentsOf(bytes)) {
      end += String((instance.exports[args.name] as CallableFunction)(...args.values)) + ";";
    }
  } catch (error) {
    hasTrapped = true;
    end += (error as Error).message;
  }
  return { end, told, state: stateOf(instance), hasTrapped, instance };
}

function argumentsOf(bytes: Uint8Array) {
  const decoded = decodeModule(bytes);
  return decoded.exports.filter(({ kind }) => kind === "function").map(({ name, index }) => {
    const params = decoded.types[decoded.functionTypes[index] ?? 0]?.params ?? [];
    return { name, values: params.map((type, at) => at === 0 ? 2 : type === 0x7e ? 7n : 9) };
  });
}

function stateOf({ exports }: WebAssembly.Instance): string {
  const memory = new Uint8Array((exports.memory as WebAssembly.Memory).buffer);
  let sum = memory.length;
  for (const byte of memory) sum = Math.imul(sum ^ byte, 0x01000193);
  const globals = ["g0", "g1"].map((name) => (exports[name] as WebAssembly.Global).value);
  return [sum, (exports.table as WebAssembly.Table).length, ...globals].join();
}

/** With the sizes the meter would clamp to, so that growth fails at the same place in both. */
function withMaxima(bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  const { range, maximum } = decodeModule(bytes).memories[0]?.limits ?? { range: null };
  if (range === null || maximum !== null) return bytes;
  const sections = decodeModule(bytes).sections;
  const memory = sections.find(({ id }) => id === 5);
  if (memory === undefined) return bytes;
  const after = bytes.subarray(memory.range.end);
  return Uint8Array.from([
    ...bytes.subarray(0, memory.range.start),
    ...[5, 4, 1, 1, 1, 4],
    ...after,
  ]);
}

describe("meterModule, on random modules", () => {
  const seed = chooseSeed("meter");
  const draw = seeded(seed);
  let ended = 0;
  let trapped = 0;

  it("changes nothing but what is left of the fuel", () => {
    for (let round = 0; round < rounds; round++) {
      const bytes = randomWasm(draw, round % 2 === 0);
      assert(WebAssembly.validate(bytes), `round ${round}: not valid`);
      const metered = createMetered(meterModule(decodeModule(bytes), { limits })).module;
      const full = play(metered, plenty, bytes);
      // Too long to be played without a meter.
      if (fuelLeft(full.instance) < 0) continue;
      const plain = play(new WebAssembly.Module(withMaxima(bytes)), null, bytes);
      const { instance: _plain, ...wanted } = plain;
      const { instance, ...got } = full;
      assertEquals(got, wanted, `round ${round}`);
      const spent = plenty - fuelLeft(instance);
      assert(spent > 0);
      if (full.hasTrapped) trapped++;
      else {
        ended++;
        assertEquals(depthLeft(instance), limits.callDepth, `round ${round}`);
      }
      stopEarlier(metered, full, spent, bytes, round);
      countAgain(bytes, full, spent, round);
    }
    // A generator that only traps, or never does, tries little.
    assert(ended > rounds / 10 && trapped > rounds / 20, `${ended} ended, ${trapped} trapped`);
  });

  /** What is paid is never less than what is executed; and the same, if nothing is paid ahead. */
  function countAgain(
    bytes: Uint8Array<ArrayBuffer>,
    full: Run,
    spent: number,
    round: number,
  ): void {
    const counting = new WebAssembly.Module(countInstructions(decodeModule(withMaxima(bytes))));
    const counted = play(counting, null, bytes);
    const executed = Number((counted.instance.exports[countName] as WebAssembly.Global).value);
    assertEquals(counted.end, full.end);
    assert(spent >= executed, `round ${round}: paid ${spent}, executed ${executed}`);
    if (full.hasTrapped || round % 2 === 0) return;
    const metered = meterModule(decodeModule(bytes), { limits, paidAhead: 0 });
    const { instance } = play(createMetered(metered).module, plenty, bytes);
    assertEquals(plenty - fuelLeft(instance), executed, `round ${round}`);
  }

  /** Exactly what it took is enough; one unit less is not; whatever less only stops it earlier. */
  function stopEarlier(
    module: WebAssembly.Module,
    full: Run,
    spent: number,
    bytes: Uint8Array,
    round: number,
  ): void {
    const exact = play(module, spent, bytes);
    assertEquals([exact.end, exact.told, exact.state], [full.end, full.told, full.state]);
    assertEquals(fuelLeft(exact.instance), 0);
    for (const fuel of [spent - 1, draw(spent)]) {
      const less = play(module, fuel, bytes);
      assert(fuelLeft(less.instance) < 0, `round ${round}: ran on ${fuel} of ${spent}`);
      assertEquals(less.told, full.told.slice(0, less.told.length), `round ${round}`);
      const words = "unreachable";
      assert(less.end.endsWith(words), `round ${round}: ${less.end}`);
      const before = less.end.slice(0, -words.length);
      assert(full.end.startsWith(before), `round ${round}: ${before}`);
    }
  }
});
