/** What a worker keeps: few bytes, the last used, and always the one that is asked for now. */
import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { LoadedJobs } from "../../../src/adapter/sandbox/loaded_jobs.ts";

const mebibyte = 1_048_576;

describe("LoadedJobs", () => {
  it("WASM-02 keeps 4 MiB of modules, and drops what was used least recently", () => {
    const jobs = new LoadedJobs();
    for (const id of [1, 2, 3, 4]) assertEquals(jobs.add(`${id}`, { id, bytes: mebibyte }), []);
    assertEquals(jobs.find("1"), 1);
    assertEquals(jobs.add("5", { id: 5, bytes: mebibyte }), [2]);
    assertEquals([jobs.find("2"), jobs.find("1"), jobs.find("5")], [null, 1, 5]);
    assertEquals(jobs.add("6", { id: 6, bytes: 2 * mebibyte }), [3, 4]);
  });

  it("keeps the one that is asked for, however large it is", () => {
    const jobs = new LoadedJobs();
    jobs.add("small", { id: 1, bytes: 10 });
    assertEquals(jobs.add("large", { id: 2, bytes: 24 * mebibyte }), [1]);
    assertEquals(jobs.find("large"), 2);
    assertEquals(jobs.add("small", { id: 3, bytes: 10 }), [2]);
    assertEquals([jobs.find("large"), jobs.find("small")], [null, 3]);
  });

  it("keeps 256 modules, however small they are", () => {
    const jobs = new LoadedJobs();
    for (let id = 0; id < 256; id++) assertEquals(jobs.add(`${id}`, { id, bytes: 8 }), []);
    assertEquals(jobs.add("one more", { id: 256, bytes: 8 }), [0]);
  });
});
