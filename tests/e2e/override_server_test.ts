/** The `override` commands on a server's road: whose token opens what, and where words lead. */
import { assertEquals, assertStringIncludes } from "@std/assert";
import { describe } from "@std/testing/bdd";
import { Project } from "../support/sealward.ts";
import { errorCode } from "./fixtures/error_code.ts";
import { itOnBoth } from "./fixtures/it_on_both.ts";
import { startServer } from "./fixtures/start_server.ts";

const id = "0123456789abcdef0123456789abcdef";
const why = ["--justification", "agreed in review"];
const approverActs = [["show", id], ["deny", id, ...why], ["revoke", id, ...why]];

describe("override --server", () => {
  itOnBoth(
    "reaches the server with its own token, whoever waits with the agent's",
    async (program) => {
      using project = new Project();
      await project.init(["--guide"], { program });
      const server = await startServer(project, program);
      const road = ["--server", `http://127.0.0.1:${server.port}`];
      const run = async (args: readonly string[], env = {}) => {
        const { exit, value } = await project.json(["override", ...args], { program, env });
        return [exit, errorCode(value)];
      };
      try {
        // The server knows no such request: the question arrived, and the answer was proven.
        for (const args of [...approverActs, ["wait", id]]) {
          assertEquals((await run([...args, ...road]))[0], 3, args.join(" "));
        }
        const tokens = `${project.stateFolder()}/tokens`;
        for (const args of approverActs) {
          for (const token of ["agent", "operator"]) {
            const given = [...args, ...road, "--token-file", `${tokens}/${token}`];
            assertEquals(await run(given), [1, "request_forbidden"], given.join(" "));
          }
        }
        const approvers = ["--token-file", `${tokens}/approver`];
        assertEquals(await run(["wait", id, ...road, ...approvers]), [1, "request_forbidden"]);
        // The agent's variable does not replace a person's token; the one of the address is taken.
        const env = { SCALPEL_SERVER: road[1] ?? "", SCALPEL_TOKEN_FILE: `${tokens}/agent` };
        assertEquals((await run(["show", id], env))[0], 3);
        assertEquals((await run(["wait", id], env))[0], 3);
      } finally {
        assertEquals(await server.stop(), 0, server.said());
      }
      for (const args of [...approverActs, ["list"]]) {
        assertEquals(await run([...args, ...road]), [1, "server_unreachable"]);
      }
    },
  );

  itOnBoth("believes no server but the one whose key it has", async (program) => {
    using project = new Project();
    using other = new Project();
    await project.init(["--guide"], { program });
    await other.init(["--guide"], { program });
    const server = await startServer(project, program);
    const key = `${other.stateFolder()}/keys/server.pub`;
    const road = ["--server", `http://127.0.0.1:${server.port}`, "--server-key", key];
    try {
      for (const args of [...approverActs, ["list"], ["wait", id]]) {
        const { exit, value } = await project.json(["override", ...args, ...road], { program });
        assertEquals([exit, errorCode(value)], [1, "server_untrusted"], args.join(" "));
      }
    } finally {
      await server.stop();
    }
  });

  itOnBoth("sends a token nowhere but to this machine or over TLS", async (program) => {
    using project = new Project();
    await project.init(["--guide"], { program });
    for (const url of ["http://example.org", "http://127.0.0.1.nip.io:1", "ftp://127.0.0.1"]) {
      for (const args of [["list"], ["wait", id]]) {
        const given = ["override", ...args, "--server", url];
        const { exit, stderr } = await project.run(given, { program });
        assertEquals(exit, 64, url);
        assertStringIncludes(stderr, "unfit server URL");
      }
    }
  });
});
