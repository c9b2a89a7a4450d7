/** The sandbox in the engine's own process answers whatever it kept or had to load again. */
import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { createInlineSandbox } from "../../../src/sandbox/inline_sandbox.ts";
import { answeringWat, checkJob, checkRequest } from "../../support/check_jobs.ts";
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
});
