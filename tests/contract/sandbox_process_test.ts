/** Every way in which a worker can fail to answer, directly and through the broker. */
import { assert, assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { openSandbox, type SandboxOptions } from "../../src/adapter/sandbox_process.ts";
import type { Sandbox } from "../../src/core/check/sandbox_port.ts";
import { fakeJob } from "../support/fake_loader.ts";
import { fakeCommand } from "../support/fake_role.ts";
import { descendantsOf, waitUntilGone, waitUntilOneIsGone } from "../support/process_tree.ts";

const request = new TextEncoder().encode('{"v":1}');
const deadlineMs = 1_500;
const echo = fakeJob("echo", { deadlineMs });

function open(role: SandboxOptions["role"], nowMs?: () => number): Sandbox {
  const command = fakeCommand(role === "server" ? "broker" : "worker");
  return openSandbox({ role, command, ...(nowMs === undefined ? {} : { nowMs }) });
}

/** What came of one check: `ok`, or the code of its failure. */
async function codeOf(sandbox: Sandbox, word: string, ms = deadlineMs): Promise<string> {
  const job = fakeJob(word, { deadlineMs: ms });
  const outcome = await sandbox.run(word, job, request);
  assert(Number.isSafeInteger(outcome.wallMicros) && outcome.wallMicros >= 0);
  return outcome.status === "ok" ? "ok" : outcome.code;
}

async function using(sandbox: Sandbox, act: () => Promise<void>): Promise<void> {
  try {
    await act();
  } finally {
    await sandbox.close();
    // Neither orphan nor zombie: the test itself is their parent.
    assertEquals(descendantsOf(Deno.pid), []);
  }
}

for (const role of ["library", "server"] as const) {
  describe(`openSandbox() as ${role}`, () => {
    it("runs checks and gives back what they said", async () => {
      const sandbox = open(role);
      await using(sandbox, async () => {
        assertEquals(await sandbox.load("echo", echo), null);
        const { wallMicros, ...outcome } = await sandbox.run("echo", echo, request);
        assert(wallMicros < deadlineMs * 1_000);
        assertEquals(outcome, {
          status: "ok",
          violations: [{
            code: "echo",
            message: '{"v":1}',
            severity: null,
            path: null,
            details: { bytes: 7 },
          }],
          fuel: 7,
          log: "",
        });
        assertEquals(await codeOf(sandbox, "fail"), "trap");
        assertEquals(await codeOf(sandbox, "refuse"), "invalid_module");
        assertEquals(await codeOf(sandbox, "ok"), "ok");
        assertEquals(sandbox.status(), { breaker: "closed", isLost: false, waiting: 0 });
      });
    });

    it("sends large modules, data and requests whole", async () => {
      const sandbox = open(role);
      await using(sandbox, async () => {
        const data = crypto.getRandomValues(new Uint8Array(65_536));
        const large = new Uint8Array(8_000_000).map((_, i) => data[i % 65_536] ?? 0);
        const withData = { ...fakeJob("data", { deadlineMs }), data: large };
        const outcome = await sandbox.run("data", withData, request);
        assertEquals(outcome.fuel, large.length);
        const long = await sandbox.run("echo", echo, new Uint8Array(4_194_304));
        assertEquals([long.status, long.fuel], ["ok", 4_194_304]);
        const longer = await sandbox.run("echo", echo, new Uint8Array(4_194_305));
        assertEquals(longer.status === "failed" && longer.code, "limit_exceeded");
        const tooLarge = { ...fakeJob("ok"), module: new Uint8Array(100_000_000) };
        assertEquals((await sandbox.load("large", tooLarge))?.code, "limit_exceeded");
      });
    });
  });

  describe(`a sandbox that dies, as ${role}`, () => {
    const deaths = {
      hang: "deadline",
      crash: "sandbox_crash",
      exit: "sandbox_crash",
      garbage: "sandbox_crash",
      surplus: "sandbox_crash",
      "not-that": "sandbox_crash",
      lie: "sandbox_crash",
      pretend: "sandbox_crash",
      flood: "sandbox_crash",
      "long-frame": "sandbox_crash",
      "half-frame": "sandbox_crash",
      "crash-load": "sandbox_crash",
    };
    for (const [word, code] of Object.entries(deaths)) {
      it(`WASM-01 "${word}" is ${code}, the process is gone, and the next check answers`, async () => {
        const sandbox = open(role);
        await using(sandbox, async () => {
          assertEquals(await codeOf(sandbox, "ok"), "ok");
          const before = descendantsOf(Deno.pid);
          const start = performance.now();
          assertEquals(await codeOf(sandbox, word, 300), code);
          assert(performance.now() - start < 1_000);
          assertEquals(await codeOf(sandbox, "ok"), "ok");
          await waitUntilOneIsGone(before, 1_000);
          assertEquals(sandbox.status().breaker, "closed");
        });
      });
    }

    it("WASM-06 a module that does not come to an end while loading is killed", async () => {
      const sandbox = open(role);
      await using(sandbox, async () => {
        const job = fakeJob("hang-load", { loadDeadlineMs: 200 });
        assertEquals((await sandbox.load("hang-load", job))?.code, "deadline");
        assertEquals(await codeOf(sandbox, "ok"), "ok");
        const outcome = await sandbox.run("hang-load", job, request);
        assertEquals(outcome.status === "failed" && outcome.code, "deadline");
      });
    });

    it("three deaths open the breaker: denied at once; later one tries and closes it", async () => {
      let ahead = 0;
      const sandbox = open(role, () => performance.now() + ahead);
      await using(sandbox, async () => {
        assertEquals(await codeOf(sandbox, "ok"), "ok");
        for (let death = 0; death < 3; death++) {
          assertEquals(await codeOf(sandbox, "exit"), "sandbox_crash");
        }
        assertEquals(sandbox.status().breaker, "open");
        const start = performance.now();
        assertEquals(await codeOf(sandbox, "ok"), "sandbox_unavailable");
        assert(performance.now() - start < 50);
        ahead = 30_000;
        assertEquals(sandbox.status().breaker, "half_open");
        assertEquals(await codeOf(sandbox, "ok"), "ok");
        assertEquals(sandbox.status().breaker, "closed");
      });
    });
  });

  describe(`a sandbox that is asked a lot, as ${role}`, () => {
    it("WASM-12 100 modules, 100 requests each at once: few workers, the rest denied", async () => {
      const sandbox = open(role);
      await using(sandbox, async () => {
        const outcomes = await Promise.all(
          Array.from(
            { length: 10_000 },
            (_, i) => sandbox.run(`${i % 100}`, echo, request),
          ),
        );
        const answered = outcomes.filter(({ status }) => status === "ok").length;
        const denied = outcomes.filter((outcome) =>
          outcome.status === "failed" && outcome.code === "sandbox_unavailable"
        ).length;
        assert(answered === 256 || answered === 257, `${answered} answered`);
        assertEquals(answered + denied, 10_000);
        assert(descendantsOf(Deno.pid).length <= 3);
        assertEquals(await codeOf(sandbox, "ok"), "ok");
      });
    });

    it("WASM-02 replaces a worker that was sent 32 MiB: all is answered, nobody has died", async () => {
      const sandbox = open(role);
      await using(sandbox, async () => {
        const large = { ...fakeJob("data", { deadlineMs }), data: new Uint8Array(16_777_216) };
        const seen = new Set<number>();
        const look = () => descendantsOf(Deno.pid).forEach((pid) => seen.add(pid));
        for (let round = 0; round < 3; round++) {
          for (const key of ["a", "b"]) {
            const outcome = await sandbox.run(`${key}${round}`, large, request);
            assertEquals([outcome.status, outcome.fuel], ["ok", 16_777_216]);
            // The one that is about to be replaced, too: it may be gone before the next answer.
            if (key === "a") look();
          }
          assertEquals(await codeOf(sandbox, "ok"), "ok");
          look();
          assert(descendantsOf(Deno.pid).length <= (role === "server" ? 4 : 3));
        }
        // Three were replaced: as deaths these would have opened the breaker.
        assert(seen.size >= (role === "server" ? 5 : 4), `${seen.size} processes`);
        assertEquals(sandbox.status(), { breaker: "closed", isLost: false, waiting: 0 });
      });
    });

    it("loads again what the worker has dropped since", async () => {
      const sandbox = open(role);
      await using(sandbox, async () => {
        const loaded = await Promise.all(
          Array.from({ length: 256 }, (_, i) => sandbox.load(`${i}`, echo)),
        );
        assertEquals(loaded.every((failure) => failure === null), true);
        for (const key of ["0", "256", "1", "0"]) {
          assertEquals((await sandbox.run(key, echo, request)).status, "ok");
        }
      });
    });
  });
}

describe("openSandbox() as one-shot", () => {
  it("starts one worker at once, and no other after its death", async () => {
    const sandbox = open("one-shot");
    await using(sandbox, async () => {
      assertEquals(descendantsOf(Deno.pid).length, 1);
      assertEquals(await codeOf(sandbox, "ok"), "ok");
      assertEquals(descendantsOf(Deno.pid).length, 1);
      assertEquals(await codeOf(sandbox, "hang", 100), "deadline");
      assertEquals(await codeOf(sandbox, "ok"), "sandbox_unavailable");
      assertEquals(sandbox.status().isLost, true);
    });
  });

  it("WASM-02 keeps its worker, however much that was sent: there is no other", async () => {
    const sandbox = open("one-shot");
    await using(sandbox, async () => {
      const large = { ...fakeJob("data", { deadlineMs }), data: new Uint8Array(16_777_216) };
      const before = descendantsOf(Deno.pid);
      for (const key of ["a", "b", "c", "a"]) {
        assertEquals((await sandbox.run(key, large, request)).status, "ok");
      }
      assertEquals(descendantsOf(Deno.pid), before);
      assertEquals(sandbox.status().isLost, false);
    });
  });

  it("denies where no program can be started, or it is not a sandbox", async () => {
    for (const program of ["/nonexistent", "/bin/true", "/bin/cat", "/usr/bin/yes"]) {
      const sandbox = openSandbox({ role: "one-shot", command: [program] });
      await using(sandbox, async () => {
        // cat says nothing until it is told something, so it is told nothing.
        if (program === "/bin/cat") return;
        assertEquals(await codeOf(sandbox, "ok"), "sandbox_unavailable");
      });
    }
  });
});

describe("a lost broker", () => {
  it("leaves every check denied, and says so", async () => {
    const sandbox = open("server");
    await using(sandbox, async () => {
      assertEquals(await codeOf(sandbox, "ok"), "ok");
      const [broker = 0] = descendantsOf(Deno.pid);
      Deno.kill(broker, "SIGKILL");
      await waitUntilGone([broker], 1_000);
      // Its end may be heard of while the worker is asked.
      const code = await codeOf(sandbox, "ok");
      assert(code === "sandbox_unavailable" || code === "sandbox_crash", code);
      assertEquals(await codeOf(sandbox, "ok"), "sandbox_unavailable");
      assertEquals(sandbox.status().isLost, true);
    });
  });
});
