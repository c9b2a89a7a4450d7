/** The Python client in programs that fork, wait, open much and name the wrong files. */
import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { startServer } from "../e2e/fixtures/start_server.ts";
import { askPython } from "../support/python_client.ts";
import { compiled, Project } from "../support/sealward.ts";

describe("the Python client in any program", () => {
  it("ARCH-04 CFG-08 answers, or refuses with a code, whatever is done beside it", async () => {
    using project = new Project();
    await project.init();
    const server = await startServer(project, compiled);
    const state = project.stateFolder();
    const paths = [`${state}/tokens/agent`, `${state}/keys/server.pub`];
    const nobody = "http://127.0.0.1:1";
    const env = { http_proxy: nobody, HTTP_PROXY: nobody, ALL_PROXY: nobody, NO_PROXY: "" };
    try {
      const found = await askPython(project, ["use_client.py", server.url, ...paths], { env });
      const usage = Array(6).fill("usage");
      assertEquals(found, {
        timeouts: [usage, usage],
        tokens: [
          null,
          ...["unsafe", "missing", "unsafe", "unsafe", "missing", "unsafe", "missing"]
            .map((what) => `secret_${what}`),
        ],
        descriptors: ["allow", "allow", "deny"],
        lock: ["allow", "allow"],
        tasks: ["allow", "deny", "allow", "deny", "allow", "deny"],
        keys: ["server_untrusted", "secret_missing", null],
        roots: [null, null, "usage"],
      });
    } finally {
      await server.stop();
    }
  });
});
