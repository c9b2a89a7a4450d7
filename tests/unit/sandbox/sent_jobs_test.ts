/** What a worker was sent, and when it was enough. */
import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { SentJobs } from "../../../src/adapter/sandbox/sent_jobs.ts";

describe("SentJobs", () => {
  it("knows a job by its key until it is forgotten", () => {
    const jobs = new SentJobs();
    jobs.add("a", 1);
    jobs.add("b", 2);
    assertEquals([jobs.find("a"), jobs.find("b"), jobs.find("c")], [1, 2, null]);
    jobs.forget("a");
    jobs.add("b", 3);
    assertEquals([jobs.find("a"), jobs.find("b")], [null, 3]);
  });

  it("knows 1,024 at once, and then begins anew", () => {
    const jobs = new SentJobs();
    for (let id = 0; id < 1_024; id++) jobs.add(`${id}`, id);
    assertEquals([jobs.find("0"), jobs.find("1023")], [0, 1_023]);
    jobs.add("one more", 1_024);
    assertEquals([jobs.find("0"), jobs.find("1023"), jobs.find("one more")], [null, null, 1_024]);
  });

  it("WASM-02 is full at 32 MiB that were sent, kept or not", () => {
    const jobs = new SentJobs();
    for (let i = 0; i < 31; i++) jobs.count(1_048_576);
    jobs.count(1_048_575);
    assertEquals(jobs.isFull, false);
    jobs.count(1);
    assertEquals(jobs.isFull, true);
  });
});
