/** The roles of the compiled program, and of its bundle, with a sealed engine above them. */
import { assert, assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { openSandbox } from "../../src/adapter/sandbox_process.ts";
import { version } from "../../src/core/version.ts";
import { encodeFrame, encodeNumbers, frameKinds } from "../../src/sandbox/frames.ts";
import type { WorkerCommand } from "../../src/sandbox/broker_role.ts";
import { encodeReady } from "../../src/sandbox/worker_desk.ts";
import { fakeJob } from "../support/fake_loader.ts";
import { fakeCommand } from "../support/fake_role.ts";
import { descendantsOf, waitUntilEnded, waitUntilOneIsGone } from "../support/process_tree.ts";
import { SandboxRun } from "../support/sandbox_run.ts";
import { concat } from "../support/wasm_builder.ts";
import { type Program, programs } from "../support/sealward.ts";

/** Generous: two cores, and other tests on them. The bench has the number. */
const slackMs = 150;

type Role = "worker" | "broker";

/** How a program is started in a role. */
function commandOf({ command: [first = "", ...rest] }: Program, role: Role): WorkerCommand {
  return [first, ...rest, `__sandbox-${role}`];
}

/** A role, told these bytes and then nothing more. */
async function tell([first, ...args]: WorkerCommand, bytes: Uint8Array<ArrayBuffer>) {
  const child = new Deno.Command(first, {
    args,
    clearEnv: true,
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const input = child.stdin.getWriter();
  await input.write(bytes).catch(() => {});
  await input.close().catch(() => {});
  const { code, stdout } = await child.output();
  return { code, stdout };
}

for (const program of programs) {
  const worker = commandOf(program, "worker");
  const broker = commandOf(program, "broker");

  describe(`sandbox roles, ${program.name}`, () => {
    it("WASM-11 the worker says it is ready, nothing else, and ends with its input", async () => {
      const ready = { code: 0, stdout: encodeReady(version) };
      assertEquals(await tell(worker, new Uint8Array(0)), ready);
    });

    it("the worker ends on half a frame and on a wrong one, and has no job it was not given", async () => {
      const wrong = [
        new Uint8Array([1]),
        new Uint8Array(5),
        encodeFrame(frameKinds.outcome, []),
        encodeFrame(frameKinds.run, [encodeNumbers(1)]),
        new Uint8Array([255, 255, 255, 255, frameKinds.load]),
        new TextEncoder().encode("GET / HTTP/1.1\r\n\r\n"),
      ];
      for (const bytes of wrong) {
        assertEquals(await tell(worker, bytes), { code: 1, stdout: encodeReady(version) });
      }
      const run = encodeFrame(frameKinds.run, [encodeNumbers(1, 1)]);
      const missing = encodeFrame(frameKinds.missing, [encodeNumbers(1)]);
      const stdout = concat([encodeReady(version), missing]);
      assertEquals(await tell(worker, run), { code: 0, stdout });
    });

    it("the broker ends with its input, and on a word that it does not know", async () => {
      const nothing = new Uint8Array(0);
      assertEquals(await tell(broker, nothing), { code: 0, stdout: nothing });
      for (const byte of [0, 0x1f, 0x50, 0xff]) {
        const { code, stdout } = await tell(broker, new Uint8Array([byte]));
        assertEquals([code, stdout.length], [1, 0]);
      }
    });
  });

  describe(`a sandbox of real processes, ${program.name}`, () => {
    for (const role of ["library", "server"] as const) {
      it(`WASM-01 as ${role}: a hung worker is killed in time, the next check is answered`, async () => {
        const sandbox = openSandbox({ role, command: role === "server" ? broker : worker });
        try {
          // No module at all: refused by the real gate of the real worker.
          const noModule = fakeJob("no module");
          assertEquals((await sandbox.load("a", noModule))?.code, "invalid_module");
          await new Promise((resolve) => setTimeout(resolve, 200));
          const pids = descendantsOf(Deno.pid);
          assertEquals(pids.length, role === "server" ? 3 : 2);
          for (const pid of pids.slice(-2)) Deno.kill(pid, "SIGSTOP");
          const start = performance.now();
          const stopped = fakeJob("no module", { loadDeadlineMs: 100 });
          assertEquals((await sandbox.load("a", stopped))?.code, "deadline");
          const ms = performance.now() - start;
          assert(ms >= 99 && ms <= 100 + slackMs, `${ms} ms`);
          const goneMs = await waitUntilOneIsGone(pids, 1_000);
          assert(goneMs <= slackMs, `${goneMs} ms`);
          assertEquals((await sandbox.load("a", stopped))?.code, "deadline");
          assertEquals((await sandbox.load("a", noModule))?.code, "invalid_module");
        } finally {
          await sandbox.close();
        }
        assertEquals(descendantsOf(Deno.pid), []);
      });
    }

    it("a worker killed from outside is a crash; another one answers", async () => {
      const sandbox = openSandbox({ role: "library", command: worker });
      try {
        const noModule = fakeJob("no module");
        assertEquals((await sandbox.load("a", noModule))?.code, "invalid_module");
        const load = sandbox.load("a", fakeJob("x".repeat(1_000_000)));
        Deno.kill(descendantsOf(Deno.pid)[0] ?? 0, "SIGKILL");
        assertEquals((await load)?.code, "sandbox_crash");
        assertEquals((await sandbox.load("a", noModule))?.code, "invalid_module");
      } finally {
        await sandbox.close();
      }
    });

    it("no orphan is left when the engine is killed: the real program, idle", async () => {
      for (const role of ["one-shot", "server"]) {
        const run = new SandboxRun(role, role === "server" ? broker : worker, ["ok"]);
        await run.next();
        const pids = run.descendants();
        assert(pids.length >= 1);
        await run.kill();
        await waitUntilEnded(pids, 1_000);
      }
    });
  });
}

describe("a sealed engine", () => {
  it("WASM-01 has workers restarted by the broker, though it may start nothing itself", async () => {
    const words = ["ok", "hang", "ok", "garbage", "ok"];
    const run = new SandboxRun("server", fakeCommand("broker"), words);
    try {
      const said = [];
      for (const _ of words) said.push(await run.next());
      assertEquals(said.map(({ code }) => code), ["ok", "deadline", "ok", "sandbox_crash", "ok"]);
      assert((said[1]?.ms ?? Infinity) < 200 + slackMs);
    } finally {
      await run.kill();
    }
  });

  it("WASM-01 as a one-shot has one worker and no other", async () => {
    const words = ["ok", "hang", "ok"];
    const run = new SandboxRun("one-shot", fakeCommand("worker"), words);
    try {
      const said = [];
      for (const _ of words) said.push((await run.next()).code);
      assertEquals(said, ["ok", "deadline", "sandbox_unavailable"]);
    } finally {
      await run.kill();
    }
  });

  it("leaves nobody when it is killed: a broker kills the worker at work", async () => {
    const run = new SandboxRun("server", fakeCommand("broker"), ["ok"]);
    assertEquals([(await run.next()).word, (await run.next()).word], ["ok", "hanging"]);
    const pids = run.descendants();
    assert(pids.length >= 2);
    await run.kill();
    await waitUntilEnded(pids, 1_000);
  });
});
