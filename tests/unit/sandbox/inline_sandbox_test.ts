/** The sandbox in the engine's own process answers whatever it kept or had to load again. */
import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { createInlineSandbox } from "../../../src/sandbox/inline_sandbox.ts";
import { answeringWat, checkJob, checkRequest, nativeWat } from "../../support/check_jobs.ts";
import { concat, custom } from "../../support/wasm_builder.ts";
import { assembleWat } from "../../support/wat.ts";

describe("createInlineSandbox()", () => {
  it("WASM-02 WASM-10 answers for modules of more bytes than it keeps, in turn", async () => {
    const sandbox = createInlineSandbox(() => 0);
    const padding = custom("padding", new Uint8Array(1_500_000));
    const jobs = await Promise.all([1, 2, 3, 4].map(async (number) => {
      const answer = `{"violations":[{"code":"n${number}","message":"x"}]}`;
      return checkJob(concat([await assembleWat(answeringWat(answer)), padding]));
    }));
    for (let turn = 0; turn < 2; turn++) {
      for (const [index, job] of jobs.entries()) {
        const outcome = await sandbox.run(`job ${index}`, job, checkRequest());
        const codes = outcome.status === "ok" && outcome.violations.map(({ code }) => code);
        assertEquals([codes, outcome.isolation], [[`n${index + 1}`], "inline"]);
      }
    }
  });

  it("WASM-02 collects the memories that runs leave, and changes no outcome by that", async () => {
    let collections = 0;
    const sandbox = createInlineSandbox(() => 0, () => void collections++);
    // It grows by 511 pages: 32 MiB.
    const grow = nativeWat("(drop (memory.grow (i32.const 511))) (i64.const 0)");
    const job = checkJob(await assembleWat(grow));
    const outcomes = [];
    for (let run = 1; run <= 8; run++) {
      outcomes.push(JSON.stringify(await sandbox.run("grow", job, checkRequest())));
      assertEquals(collections, Math.floor(run / 3));
    }
    assertEquals([...new Set(outcomes)].length, 1);
  });

  it("loads without running, and says why it cannot", async () => {
    const sandbox = createInlineSandbox(() => 0);
    const job = checkJob(await assembleWat(answeringWat('{"violations":[]}')));
    assertEquals(await sandbox.load("a", job), null);
    assertEquals((await sandbox.run("a", job, checkRequest())).status, "ok");
    const failure = await sandbox.load("b", checkJob(new Uint8Array(8)));
    assertEquals(failure?.code, "invalid_module");
  });
});
