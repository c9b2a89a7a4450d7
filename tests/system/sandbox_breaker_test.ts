/** The breaker of a real server, in real time: it opens, everybody is told, and it closes by itself. */
import { assert, assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { startServer } from "../e2e/fixtures/start_server.ts";
import { honestFile, inHostileProject, writeTo } from "../support/hostile_project.ts";
import { wordOf } from "../support/judge_hostile.ts";
import { processesIn } from "../support/process_tree.ts";
import { runawayChecks } from "../support/runaway_checks.ts";
import { compiled } from "../support/sealward.ts";

const openMs = 30_000;
const deadly = runawayChecks.filter(({ isDeadly }) => isDeadly === true);

describe("the breaker of a server", () => {
  it("WASM-01 WASM-12 opens at the third death, denies and says so, and closes after 30 s", async () => {
    await inHostileProject(deadly, async ({ project, placed: [check] }) => {
      const server = await startServer(project, compiled);
      const ask = async (file: string) => {
        const start = performance.now();
        const response = await server.fetch("/v1/check", { body: writeTo(file) });
        return { word: wordOf(await response.json()), ms: performance.now() - start };
      };
      const readyz = async () => {
        const response = await server.fetch("/readyz", {});
        return [response.status, (await response.json()).reason ?? null];
      };
      try {
        assertEquals((await ask(honestFile)).word, "allow");
        for (let death = 1; death <= 3; death++) {
          assertEquals(await readyz(), [200, null]);
          const { word, ms } = await ask(check?.file ?? "");
          assertEquals(word, "deadline");
          assert(ms < 1_000, `death ${death}: ${ms} ms`);
        }
        const opened = performance.now();
        for (const file of [honestFile, check?.file ?? ""]) {
          const { word, ms } = await ask(file);
          assertEquals(word, "sandbox_unavailable");
          assert(ms < 500, `${ms} ms`);
        }
        assertEquals(await readyz(), [503, "sandbox_breaker_open"]);
        // What no check judges is decided as ever.
        assertEquals((await ask("src/other.txt")).word, "allow");
        await new Promise((resolve) => setTimeout(resolve, openMs / 2));
        assertEquals((await ask(honestFile)).word, "sandbox_unavailable");
        const leftMs = openMs + 200 - (performance.now() - opened);
        await new Promise((resolve) => setTimeout(resolve, leftMs));
        assertEquals((await ask(honestFile)).word, "allow");
        assertEquals(await readyz(), [200, null]);
        assertEquals((await ask(check?.file ?? "")).word, "deadline");
        assertEquals((await ask(honestFile)).word, "allow");
      } finally {
        assertEquals(await server.stop(), 0, server.said());
      }
      await new Promise((resolve) => setTimeout(resolve, 500));
      assertEquals(processesIn(project.root), []);
    });
  });
});
