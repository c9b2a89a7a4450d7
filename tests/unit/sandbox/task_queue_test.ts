import { assert, assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { TaskQueue } from "../../../src/adapter/sandbox/task_queue.ts";

const bounds = { maxTasks: 3, maxBytes: 100, maxWaitMs: 60_000 };

/** Tasks that note what became of them; the first waits for `release`. */
function openQueue(changes: Partial<typeof bounds> = {}) {
  const queue = new TaskQueue({ ...bounds, ...changes });
  const notes: string[] = [];
  const gate = Promise.withResolvers<void>();
  const add = (name: string, bytes = 1) =>
    queue.add({
      bytes,
      act: async () => {
        notes.push(`${name}+`);
        await gate.promise;
        notes.push(`${name}-`);
      },
      deny: (reason) => notes.push(`${name}: ${reason}`),
    });
  const settle = () => new Promise((resolve) => setTimeout(resolve, 0));
  return { queue, notes, add, release: () => gate.resolve(), settle };
}

describe("TaskQueue", () => {
  it("WASM-12 does one at a time, in order, and denies what is too many", async () => {
    const { queue, notes, add, release, settle } = openQueue();
    for (const name of "abcdef") add(name);
    const tooMany = "Too many checks wait already: 3";
    assertEquals(notes, ["a+", `e: ${tooMany}`, `f: ${tooMany}`]);
    assertEquals(queue.length, 3);
    release();
    await settle();
    assertEquals(notes.slice(3), ["a-", "b+", "b-", "c+", "c-", "d+", "d-"]);
    add("g");
    await settle();
    assertEquals(notes.slice(-2), ["g+", "g-"]);
  });

  it("bounds the bytes that wait, and counts back what left", async () => {
    const { notes, add, release, settle } = openQueue();
    add("a", 1_000);
    add("b", 60);
    add("c", 41);
    add("d", 40);
    assertEquals(notes, ["a+", "c: Too many checks wait already: 1"]);
    release();
    await settle();
    assertEquals(notes.filter((note) => note.endsWith("-")), ["a-", "b-", "d-"]);
  });

  it("denies what waited too long, and what waits when it is cleared", async () => {
    const { queue, notes, add, release } = openQueue({ maxWaitMs: 20 });
    add("a");
    add("b");
    await new Promise((resolve) => setTimeout(resolve, 60));
    assertEquals(notes, ["a+", "b: Its turn did not come within 20 ms"]);
    add("c");
    queue.clear("closed");
    assertEquals(notes.at(-1), "c: closed");
    assert(queue.length === 0);
    release();
  });
});
