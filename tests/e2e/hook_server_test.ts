/** A hook that asks a server: whatever is wrong with server or answer, the host is told to stop. */
import { assert, assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { compiled, Project } from "../support/sealward.ts";
import { act, type HookOptions, hostNames } from "./fixtures/hook_host.ts";
import { answerTwice, eachLie, lieCount, ok } from "./fixtures/lies.ts";
import { type Liar, startLiar, startRaw } from "./fixtures/lying_server.ts";
import { type Served, startServer } from "./fixtures/start_server.ts";

async function withServer(use: (project: Project, server: Served) => Promise<void>): Promise<void> {
  using project = new Project();
  await project.init();
  const server = await startServer(project, compiled);
  try {
    await use(project, server);
  } finally {
    assertEquals(await server.stop(), 0);
  }
}

const through = (url: string): HookOptions => ({ args: ["--server", url] });

/** Every host wants to write what the policy allows; none gets to. */
async function assertBlocked(project: Project, url: string): Promise<void> {
  project.write("src/canary.txt", "sings");
  await Promise.all(hostNames.map(async (host) => {
    const wish = { write: project.path("src/canary.txt") };
    const outcome = await act(project, host, wish, through(url));
    assertEquals([outcome.exit, outcome.reaction], [2, "blocked"], `${host} ${outcome.stdout}`);
    assert(outcome.stderr.trim() !== "");
  }));
  assertEquals(project.read("src/canary.txt"), "sings");
}

describe("hook --server", () => {
  it("passes on what an honest server says", async () => {
    await withServer(async (project, server) => {
      const honest = startLiar(project, server, async ({ forward }) => {
        const { text, headers, status } = await forward();
        return ok(text, headers, status);
      });
      project.write(".env", "KEY=1\n");
      for (const url of [server.url, honest.url]) {
        for (const host of hostNames) {
          const allowed = await act(project, host, { write: project.path("a.txt") }, through(url));
          assertEquals(allowed.reaction, "runs", allowed.stderr);
          const denied = await act(project, host, { write: project.path(".env") }, through(url));
          assertEquals(denied.reaction, "blocked");
        }
      }
      assertEquals(project.read(".env"), "KEY=1\n");
      await honest[Symbol.asyncDispose]();
    });
  });

  it(`ARCH-04 denies on ${lieCount} lies and broken connections`, async (t) => {
    await withServer(async (project, server) => {
      await eachLie(t, { project, server }, (url) => assertBlocked(project, url));
      await t.step("late", async () => {
        const late: Liar = async ({ forward }) => {
          const { text, headers } = await forward();
          await new Promise((resolve) => setTimeout(resolve, 2_600));
          return ok(text, headers);
        };
        await using liar = startLiar(project, server, late);
        await assertBlocked(project, liar.url);
      });
    });
  });

  it("ARCH-05 the first answer counts, whatever follows on the connection", async () => {
    await withServer(async (project, server) => {
      project.write(".env", "KEY=1\n");
      for (const host of hostNames) {
        await using liar = startRaw(answerTwice(project, server), true);
        const outcome = await act(
          project,
          host,
          { write: project.path(".env") },
          through(liar.url),
        );
        assertEquals(outcome.reaction, "blocked");
        assertEquals(`${outcome.stdout}${outcome.stderr}`.includes("protected.files"), true);
      }
      assertEquals(project.read(".env"), "KEY=1\n");
    });
  });

  it("ARCH-09 denies when the server is frozen, and when it is gone", async () => {
    await withServer(async (project, server) => {
      Deno.kill(server.pid, "SIGSTOP");
      try {
        const start = performance.now();
        await assertBlocked(project, server.url);
        assert(performance.now() - start < 6_000);
      } finally {
        Deno.kill(server.pid, "SIGCONT");
      }
    });
    using project = new Project();
    await project.init();
    await assertBlocked(project, "http://127.0.0.1:1");
    await assertBlocked(project, "http://example.com:1");
    await assertBlocked(project, "nonsense");
  });

  it("denies without token or key, whoever took them", async () => {
    await withServer(async (project, server) => {
      const token = `${project.stateFolder()}/tokens/agent`;
      Deno.renameSync(token, `${token}.away`);
      await assertBlocked(project, server.url);
      Deno.renameSync(`${token}.away`, token);
      const key = `${project.stateFolder()}/keys/server.pub`;
      Deno.renameSync(key, `${key}.away`);
      await assertBlocked(project, server.url);
    });
  });
});
