import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { LoadedJobs } from "../../../src/adapter/sandbox/loaded_jobs.ts";

describe("LoadedJobs", () => {
  it("drops the least recently used of more than 256", () => {
    const jobs = new LoadedJobs();
    for (let id = 0; id < 256; id++) assertEquals(jobs.add(`${id}`, { id, bytes: 1 }), []);
    assertEquals(jobs.find("0"), 0);
    assertEquals(jobs.add("new", { id: 256, bytes: 1 }), [1]);
    assertEquals([jobs.find("1"), jobs.find("0"), jobs.find("new")], [null, 0, 256]);
  });

  it("drops as many as bytes want it, the newest last", () => {
    const jobs = new LoadedJobs();
    const bytes = 33_554_432;
    for (let id = 0; id < 4; id++) assertEquals(jobs.add(`${id}`, { id, bytes }), []);
    assertEquals(jobs.add("4", { id: 4, bytes: 2 * bytes }), [0, 1]);
    assertEquals(jobs.find("4"), 4);
  });
});
