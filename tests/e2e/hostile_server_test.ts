/** A server whose sandbox is flooded, stopped or killed by others: it denies, and goes on. */
import { assert, assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { accept, honestFile, inHostileProject, writeTo } from "../support/hostile_project.ts";
import type { HostileCheck } from "../support/hostile_checks.ts";
import { wordOf } from "../support/judge_hostile.ts";
import { descendantsOf, processesIn, waitUntilEnded } from "../support/process_tree.ts";
import { runawayChecks } from "../support/runaway_checks.ts";
import { compiled, type Project } from "../support/sealward.ts";
import { type Served, startServer } from "./fixtures/start_server.ts";
import { busySecondMs } from "../support/busy_second.ts";

const endless = runawayChecks.filter(({ code }) => code === "fuel_exhausted").slice(0, 15);
const deadly = runawayChecks.filter(({ isDeadly }) => isDeadly === true);

async function word({ fetch }: Served, file: string): Promise<string> {
  const response = await fetch("/v1/check", { body: writeTo(file) });
  assertEquals(response.status, 200);
  return wordOf(await response.json());
}

async function readiness({ fetch }: Served): Promise<unknown[]> {
  const response = await fetch("/readyz", {});
  return [response.status, (await response.json()).reason ?? null];
}

/** Nobody is left below the server, within a second of its end. */
async function requireNobody(project: Project): Promise<void> {
  for (let tries = 0; tries < 50 && processesIn(project.root).length > 0; tries++) {
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  assertEquals(processesIn(project.root), []);
}

async function inServer(
  checks: readonly HostileCheck[],
  body: (server: Served, files: readonly string[]) => Promise<void>,
): Promise<void> {
  await inHostileProject(checks, async ({ project, placed }) => {
    const server = await startServer(project, compiled);
    try {
      assertEquals(await word(server, honestFile), "allow");
      await body(server, placed.map(({ file }) => file));
    } finally {
      assertEquals(await server.stop(), 0, server.said());
    }
    await requireNobody(project);
  });
}

/** The broker, and its workers. */
function sandboxOf({ pid }: Served): readonly [broker: number, workers: readonly number[]] {
  const [broker, ...workers] = descendantsOf(pid);
  assert(broker !== undefined && workers.length > 0);
  return [broker, workers];
}

describe("a server's sandbox", () => {
  it("WASM-12 asked 400 times at once by what never ends: few processes, no allow, then as before", async () => {
    await inServer(endless, async (server, files) => {
      const asked = Array.from(
        { length: 400 },
        (_, index) => index % 5 === 0 ? honestFile : files[index % files.length] ?? "",
      );
      const start = performance.now();
      const answers = Promise.all(asked.map((file) => word(server, file)));
      const most = { processes: 0 };
      const timer = setInterval(() => {
        most.processes = Math.max(most.processes, descendantsOf(server.pid).length);
      }, 50);
      const words = await answers;
      clearInterval(timer);
      assert(performance.now() - start < 30_000);
      assert(most.processes <= 3, `${most.processes} processes`);
      for (const [index, answer] of words.entries()) {
        const wanted = asked[index] === honestFile ? "allow" : "fuel_exhausted";
        // What waited too long was not looked at.
        assert([wanted, "sandbox_unavailable", "deadline"].includes(answer), answer);
      }
      assertEquals(await word(server, honestFile), "allow");
      assertEquals(await readiness(server), [200, null]);
    });
  });

  it("WASM-01 a worker that is killed or stopped from outside denies at most once", async () => {
    await inServer([], async (server) => {
      const [, workers] = sandboxOf(server);
      for (const pid of workers) Deno.kill(pid, "SIGKILL");
      const first = await word(server, honestFile);
      assert(["allow", "sandbox_crash"].includes(first), first);
      assertEquals(await word(server, honestFile), "allow");
    });
    await inServer([], async (server) => {
      for (const pid of sandboxOf(server)[1]) Deno.kill(pid, "SIGSTOP");
      const start = performance.now();
      assertEquals(await word(server, honestFile), "deadline");
      assert(performance.now() - start < busySecondMs);
    });
  });

  it("WASM-01 a broker that is killed takes its workers along; checks deny, all else is decided", async () => {
    await inServer(deadly, async (server, [hanging = ""]) => {
      const [broker, workers] = sandboxOf(server);
      Deno.kill(broker, "SIGKILL");
      const first = await word(server, honestFile);
      assert(["sandbox_crash", "sandbox_unavailable"].includes(first), first);
      assertEquals(await word(server, hanging), "sandbox_unavailable");
      assertEquals(await word(server, "src/other.txt"), "allow");
      assertEquals(await readiness(server), [503, "sandbox_lost"]);
      await waitUntilEnded([broker, ...workers], 2_000);
    });
  });

  it("one that was started before there were checks denies them, and says what to do", async () => {
    await inHostileProject([], async ({ project }) => {
      const checked = project.read(".scalpel/policy.yaml");
      const bare = checked.slice(0, checked.indexOf("\nchecks:") + 1);
      const folder = project.path(".scalpel/checks");
      Deno.renameSync(folder, `${folder}.later`);
      await accept(project, bare);
      const server = await startServer(project, compiled);
      try {
        assertEquals([await word(server, honestFile), await readiness(server)], ["allow", [
          200,
          null,
        ]]);
        Deno.renameSync(`${folder}.later`, folder);
        await accept(project, checked);
        assertEquals(await readiness(server), [503, "sandbox_lost"]);
        assertEquals(await word(server, honestFile), "sandbox_unavailable");
        for (let tries = 0; tries < 60 && !server.said().includes("started again"); tries++) {
          await new Promise((resolve) => setTimeout(resolve, 50));
        }
        assert(server.said().includes("no checks when this server was started"), server.said());
      } finally {
        assertEquals(await server.stop(), 0, server.said());
      }
    });
  });

  it("WASM-01 a one-shot that is killed while a check hangs leaves nobody for long", async () => {
    await inHostileProject(deadly, async ({ project, placed: [check] }) => {
      const child = new Deno.Command(compiled.command[0] ?? "", {
        args: ["check", "--type", "file_write", "--file", check?.file ?? ""],
        cwd: project.root,
        clearEnv: true,
        env: { HOME: project.home },
        stdin: "null",
        stdout: "null",
        stderr: "null",
      }).spawn();
      for (let tries = 0; descendantsOf(child.pid).length === 0 && tries < 100; tries++) {
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
      await new Promise((resolve) => setTimeout(resolve, 60));
      child.kill("SIGKILL");
      await child.status;
      // Nobody tells the worker; its fuel ends it.
      for (let tries = 0; tries < 200 && processesIn(project.root).length > 0; tries++) {
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
      assertEquals(processesIn(project.root), []);
    });
  });
});
