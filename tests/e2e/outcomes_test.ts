/** Outcomes and the watch through a server that has given up its permissions. */
import { assertEquals } from "@std/assert";
import { describe } from "@std/testing/bdd";
import { Project } from "../support/sealward.ts";
import { itOnBoth } from "./fixtures/it_on_both.ts";
import { readEntries } from "./fixtures/read_entries.ts";
import { startServer } from "./fixtures/start_server.ts";

interface Report {
  readonly alarms: readonly { readonly kind: string; readonly path?: string }[];
}

const write = (file: string, id: string) => ({
  operation: {
    type: "file_write",
    affected_files: [file],
    correlation_id: id,
    agent: { session: "s" },
  },
  expects_outcome: true,
});
const done = (id: string) => ({ correlation_id: id, session: "s", tool: "Write", status: "done" });

describe("outcomes over HTTP", () => {
  itOnBoth("alarms go to the caller and to the log", async (program) => {
    using project = new Project();
    await project.init();
    project.write(".env", "a");
    const server = await startServer(project, program);
    const ask = async (path: string, body: unknown) =>
      await (await server.fetch(path, { body })).json();
    const told = ({ alarms }: Report) =>
      alarms.map(({ kind, path = "" }) => `${kind} ${path}`.trim());
    try {
      assertEquals((await ask("/v1/check", write("src/a.ts", "id-1"))).allowed, true);
      assertEquals(told(await ask("/v1/outcome", done("id-1"))), []);
      assertEquals((await ask("/v1/check", write(".env", "id-2"))).allowed, false);
      project.write(".env", "b, although it was denied");
      assertEquals(told(await ask("/v1/outcome", done("id-2"))), [
        "ran_although_denied",
        "protected_file_changed .env",
      ]);
      assertEquals((await ask("/v1/check", write("src/b.ts", "id-3"))).allowed, true);
      const settled = await ask("/v1/settle", { session: "s", reason: "stop" });
      assertEquals(told(settled), ["allow_without_outcome"]);
      assertEquals(told(await ask("/v1/settle", { session: "s", reason: "stop" })), []);
    } finally {
      assertEquals(await server.stop(), 0, server.said());
    }
    const alarms = await readEntries(project, ["--type", "audit.alarm"]);
    assertEquals(alarms.map(({ severity, details }) => [severity, details["kind"]]), [
      ["CRITICAL", "ran_although_denied"],
      ["CRITICAL", "protected_file_changed"],
      ["MEDIUM", "allow_without_outcome"],
    ]);
  });
});
