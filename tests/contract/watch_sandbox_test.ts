import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { watchSandbox } from "../../src/compose/watch_sandbox.ts";
import type { SandboxStatus } from "../../src/core/check/sandbox_port.ts";

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const whole: SandboxStatus = { breaker: "closed", isLost: false, waiting: 0 };

describe("watchSandbox()", () => {
  it("says once that the sandbox is lost, and nothing before", async () => {
    const said: string[] = [];
    let status: SandboxStatus | null = null;
    const stop = watchSandbox(() => status, (line) => said.push(line), 1);
    await pause(20);
    status = whole;
    await pause(20);
    assertEquals(said, []);
    status = { ...whole, isLost: true };
    for (let tries = 0; said.length === 0 && tries < 500; tries++) await pause(10);
    await pause(20);
    assertEquals(said, [
      "the sandbox is lost, or there were no checks when this server was started: every check is " +
      "denied until it is started again",
    ]);
    stop();
  });

  it("says nothing once it is stopped", async () => {
    const said: string[] = [];
    watchSandbox(() => ({ ...whole, isLost: true }), (line) => said.push(line), 1)();
    await pause(20);
    assertEquals(said, []);
  });
});
