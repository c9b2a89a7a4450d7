/** When what nobody uses is collected: by what was counted, never by a clock or a look at the machine. */
import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { codeBytesOf, loadBytesOf, MemoryAccount } from "../../../src/sandbox/memory_account.ts";

const mebibyte = 1_048_576;

function account(): { readonly memory: MemoryAccount; readonly collections: () => number } {
  let count = 0;
  return { memory: new MemoryAccount(() => void count++), collections: () => count };
}

describe("MemoryAccount", () => {
  it("WASM-02 collects as soon as more than 96 MiB were left, and begins anew", () => {
    const { memory, collections } = account();
    for (let run = 0; run < 96; run++) {
      memory.leave(mebibyte);
      memory.settle();
    }
    assertEquals(collections(), 0);
    memory.leave(1);
    memory.settle();
    assertEquals(collections(), 1);
    memory.leave(96 * mebibyte);
    memory.settle();
    assertEquals(collections(), 1);
    memory.leave(1);
    memory.settle();
    assertEquals(collections(), 2);
  });

  it("WASM-02 counts what is kept, and what is about to be", () => {
    const { memory, collections } = account();
    memory.keep(60 * mebibyte);
    memory.leave(30 * mebibyte);
    memory.settle(6 * mebibyte);
    assertEquals(collections(), 0);
    memory.settle(6 * mebibyte + 1);
    assertEquals(collections(), 1);
    memory.drop(30 * mebibyte);
    memory.settle(36 * mebibyte);
    assertEquals(collections(), 1);
    memory.settle(36 * mebibyte + 1);
    assertEquals(collections(), 2);
  });

  it("does not look for less than 4 MiB, however much is kept", () => {
    const { memory, collections } = account();
    memory.keep(200 * mebibyte);
    memory.leave(4 * mebibyte - 1);
    memory.settle(mebibyte);
    assertEquals(collections(), 0);
    memory.leave(1);
    memory.settle();
    assertEquals(collections(), 1);
  });

  it("WASM-02 reckons branches and calls, not bytes alone", () => {
    assertEquals(codeBytesOf(2 * mebibyte, 0), 16 * mebibyte);
    assertEquals(codeBytesOf(0, 4_500_000), 180_000_000);
    assertEquals(codeBytesOf(10, 3), 200);
    assertEquals(loadBytesOf(2 * mebibyte), 16 * mebibyte);
  });
});
