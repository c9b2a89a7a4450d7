/** What is kept loaded: few bytes, little code, what was used last, and what is asked for now. */
import { assertEquals, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { CheckFailure } from "../../../src/core/check/check_failure.ts";
import { CheckShelf } from "../../../src/sandbox/check_shelf.ts";
import type { MemoryUse } from "../../../src/sandbox/memory_account.ts";
import { fakeJob } from "../../support/fake_loader.ts";

const mebibyte = 1_048_576;

interface Asked {
  readonly key: string;
  readonly bytes: number;
  readonly weight?: number;
}

/** A shelf, and what happened on it: loads with what was there at that moment, and collections. */
class Shelved {
  weight = 0;
  isRefused = false;
  collections = 0;
  memory: MemoryUse | null = null;
  /** Asked in the middle of the next load, when it is to be compiled. */
  whileCompiling: () => void = () => {};
  readonly shelf = new CheckShelf<string>(
    (_, memory) => {
      memory.compiles(this.weight);
      this.memory = memory;
      this.whileCompiling();
      if (this.isRefused) throw new CheckFailure("invalid_module", "No");
      return { run: () => ({ status: "ok", violations: [], fuel: 0, log: "" }) };
    },
    () => void this.collections++,
  );

  put({ key, bytes, weight = 0 }: Asked): void {
    this.weight = weight;
    this.shelf.put(key, { ...fakeJob(""), module: new Uint8Array(bytes) });
  }

  has(...keys: readonly string[]): readonly boolean[] {
    return keys.map((key) => this.shelf.find(key) !== null);
  }
}

describe("CheckShelf", () => {
  it("WASM-02 keeps 4 MiB, and drops what was used least recently", () => {
    const one = new Shelved();
    for (const key of ["1", "2", "3", "4"]) one.put({ key, bytes: mebibyte });
    assertEquals(one.has("2", "3", "4", "1"), [true, true, true, true]);
    one.put({ key: "5", bytes: mebibyte });
    assertEquals(one.has("2", "3", "4", "1", "5"), [false, true, true, true, true]);
    one.put({ key: "6", bytes: 2 * mebibyte });
    assertEquals(one.has("3", "4", "1", "5", "6"), [false, false, true, true, true]);
  });

  it("WASM-02 keeps 160 MiB of code as it is reckoned, however few bytes that was", () => {
    const one = new Shelved();
    // Of 40 MiB: forty bytes for each unit.
    const weight = mebibyte;
    for (const key of ["1", "2", "3", "4"]) one.put({ key, bytes: 0, weight });
    assertEquals(one.has("1", "2", "3", "4"), [true, true, true, true]);
    one.put({ key: "5", bytes: 0, weight: 1 });
    assertEquals(one.has("1", "2", "3", "4", "5"), [false, true, true, true, true]);
  });

  it("keeps the one that is asked for, however large or heavy it is", () => {
    const one = new Shelved();
    one.put({ key: "small", bytes: 10 });
    one.put({ key: "large", bytes: 24 * mebibyte, weight: 9_000_000 });
    assertEquals(one.has("small", "large"), [false, true]);
    one.put({ key: "small", bytes: 10 });
    assertEquals(one.has("small", "large"), [true, false]);
  });

  it("keeps 256, however small they are", () => {
    const one = new Shelved();
    for (let key = 0; key < 256; key++) one.put({ key: `${key}`, bytes: 8 });
    assertEquals(one.has("0"), [true]);
    one.put({ key: "one more", bytes: 8 });
    assertEquals(one.has("0", "1", "2", "one more"), [true, false, true, true]);
  });

  it("WASM-02 drops and collects before the next one is compiled, not after", () => {
    const one = new Shelved();
    one.put({ key: "first", bytes: 2 * mebibyte, weight: 4_000_000 });
    one.whileCompiling = () => {
      assertEquals([one.has("first"), one.collections], [[false], 1]);
    };
    one.put({ key: "second", bytes: 2 * mebibyte, weight: 4_000_000 });
    assertEquals(one.has("second"), [true]);
  });

  it("keeps nothing of what is refused, and what that left is collected", () => {
    const one = new Shelved();
    one.isRefused = true;
    for (let times = 0; times < 3; times++) {
      assertThrows(() => one.put({ key: "no", bytes: 2 * mebibyte }), CheckFailure, "No");
      one.shelf.tidy();
      assertEquals([one.has("no"), one.collections], [[false], 0]);
    }
    assertThrows(() => one.put({ key: "no", bytes: 2 * mebibyte }), CheckFailure, "No");
    one.shelf.tidy();
    assertEquals(one.collections, 1);
  });

  it("does not count twice what is put again under its key", () => {
    const one = new Shelved();
    one.put({ key: "other", bytes: mebibyte });
    for (let times = 0; times < 9; times++) one.put({ key: "same", bytes: 2 * mebibyte });
    assertEquals(one.has("other", "same"), [true, true]);
  });

  it("WASM-02 collects between two runs what runs left, once it is enough", () => {
    const one = new Shelved();
    one.put({ key: "a", bytes: 0 });
    one.memory?.leaves(96 * mebibyte);
    one.shelf.tidy();
    assertEquals(one.collections, 0);
    one.memory?.leaves(1);
    assertEquals(one.collections, 0);
    one.shelf.tidy();
    one.shelf.tidy();
    assertEquals(one.collections, 1);
  });
});
