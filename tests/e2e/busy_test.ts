/** One caller's work on the disk must not keep others from their answers. */
import { assert, assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { compiled, Project } from "../support/sealward.ts";
import { startServer } from "./fixtures/start_server.ts";

describe("serve", () => {
  it("DOS-03 DOS-05 answers others while a batch makes it look through a large folder", async () => {
    using project = new Project();
    await project.init();
    Deno.mkdirSync(project.path("big"));
    for (let i = 0; i < 9_000; i++) Deno.writeTextFileSync(project.path(`big/${i}`), "");
    const server = await startServer(project, compiled);
    const operation = { type: "file_copy", affected_files: ["src", "big"] };
    const batchStart = performance.now();
    const batch = server.fetch("/v1/check/batch", {
      token: "agent",
      body: Array.from({ length: 60 }, () => operation),
    });
    await new Promise((resolve) => setTimeout(resolve, 200));
    const start = performance.now();
    const { status } = await server.fetch("/v1/check", {
      token: "agent",
      body: { type: "file_read", affected_files: ["src/app.ts"] },
    });
    const waitedMs = performance.now() - start;
    assertEquals([status, (await batch).status], [200, 200]);
    const batchMs = performance.now() - batchStart;
    await server.stop();
    // A machine under load may be slow; who waits behind the whole batch waits as long as it takes.
    assert(waitedMs < Math.max(5_000, 0.75 * batchMs), `${waitedMs} ms of ${batchMs} ms`);
  });
});
