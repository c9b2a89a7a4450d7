/** Real modules in the sandbox process of the compiled program. */
import { assert, assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { openSandbox } from "../../src/adapter/sandbox_process.ts";
import type { CheckAbi } from "../../src/core/check/check_job.ts";
import { checkCeilings } from "../../src/core/check/check_limits.ts";
import type { Sandbox } from "../../src/core/check/sandbox_port.ts";
import { loadCheck } from "../../src/sandbox/load_check.ts";
import { checkJob, checkRequest, nativeWat } from "../support/check_jobs.ts";
import { opaJob, opaWat } from "../support/opa_wat.ts";
import { descendantsOf } from "../support/process_tree.ts";
import { binaryPath } from "../support/sealward.ts";
import { assembleWat } from "../support/wat.ts";

/** Generous: two cores, and other tests on them. The bench has the number. */
const slackMs = 150;
const vectors = new URL("../vectors/wasm/", import.meta.url);
const request = checkRequest({ operation: { type: "command", command: "cat forbidden" } });

async function using(
  role: "library" | "server",
  act: (sandbox: Sandbox) => Promise<void>,
): Promise<void> {
  const word = role === "server" ? "__sandbox-broker" : "__sandbox-worker";
  const sandbox = openSandbox({ role, command: [binaryPath, word] });
  try {
    await act(sandbox);
  } finally {
    await sandbox.close();
    assertEquals(descendantsOf(Deno.pid), []);
  }
}

function readJob(name: string, abi: CheckAbi) {
  const module = Deno.readFileSync(new URL(`${name}/forbidden_word.wasm`, vectors));
  return checkJob(module, { abi });
}

for (const role of ["library", "server"] as const) {
  describe(`modules in a process, as ${role}`, () => {
    it("say what they say in this process, and spend the same fuel", async () => {
      await using(role, async (sandbox) => {
        for (const [name, abi] of [["c_native", "native-1"], ["rust_wasi", "wasi-cmd"]] as const) {
          const job = readJob(name, abi);
          const { wallMicros: _wall, ...outcome } = await sandbox.run(name, job, request);
          assertEquals(outcome, loadCheck(job).run(request));
          assertEquals(outcome.status === "ok" && outcome.violations.length, 1);
        }
      });
    });

    it("of OPA get their data, and say what they say in this process", async () => {
      const module = await assembleWat(opaWat({ body: "(call $wrap (local.get $data))" }));
      const job = opaJob(module, { data: '{"msg":"from data"}', entrypoint: "policy/deny" });
      const refused = opaJob(await assembleWat(opaWat({ builtins: '{"http.send":0}' })));
      await using(role, async (sandbox) => {
        const { wallMicros: _wall, ...outcome } = await sandbox.run("opa", job, request);
        assertEquals(outcome, loadCheck(job).run(request));
        const messages = outcome.status === "ok" && outcome.violations.map((one) => one.message);
        assertEquals(messages, ["from data"]);
        assertEquals((await sandbox.load("refused", refused))?.code, "builtin_refused");
      });
    });

    it("WASM-01 an endless loop with all the fuel there is ends at the deadline", async () => {
      const module = await assembleWat(nativeWat("(loop $on (br $on)) (i64.const 0)"));
      const { fuel, fuelPerInputByte } = checkCeilings;
      const endless = checkJob(module, { limits: { fuel, fuelPerInputByte, deadlineMs: 100 } });
      const good = readJob("c_native", "native-1");
      await using(role, async (sandbox) => {
        assertEquals((await sandbox.run("good", good, request)).status, "ok");
        assertEquals(await sandbox.load("endless", endless), null);
        const start = performance.now();
        const outcome = await sandbox.run("endless", endless, request);
        const ms = performance.now() - start;
        assertEquals(outcome.status === "failed" && outcome.code, "deadline");
        assert(ms >= 99 && ms <= 100 + slackMs, `${ms} ms`);
        assertEquals((await sandbox.run("good", good, request)).status, "ok");
      });
    });
  });
}
