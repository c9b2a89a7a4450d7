/** `sealward mcp -- SERVER` on the compiled binary, before a server that behaves well and badly. */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { describe } from "@std/testing/bdd";
import { textOf } from "../support/mcp_client.ts";
import { McpProject } from "../support/mcp_project.ts";
import { itOnBoth } from "./fixtures/it_on_both.ts";
import { readEntries } from "./fixtures/read_entries.ts";
import { startServer } from "./fixtures/start_server.ts";

describe("sealward mcp", () => {
  itOnBoth(
    "MCP-01 D6 forwards what is allowed, denies the rest, and records both",
    async (program) => {
      using given = new McpProject(program);
      const { project } = given;
      await given.init();
      project.write("a.txt", "before");
      project.write("x.env", "SECRET");
      const client = given.start();
      await client.begin();
      assertEquals((await client.ask("tools/list")).result?.tools?.length, 13);
      assertEquals(
        textOf(await client.call("write", { path: "a.txt", content: "after" })),
        "written",
      );
      const denied = await client.call("write", { path: "x.env", content: "stolen" });
      assertEquals(denied.result?.isError, true);
      assertMatch(textOf(denied), /^Sealward denied .*x\.env.*protected/);
      assertEquals(textOf(await client.call("fail")), "no");
      assertEquals(await client.end(), 0, client.stderr);
      assertEquals(project.read("a.txt"), "after");
      assertEquals(project.read("x.env"), "SECRET");
      assertEquals(given.called(), ["write", "fail"]);
      const decisions = await readEntries(project, ["--type", "audit.decision"]);
      assertEquals(decisions.map(({ details }) => details["decision"]), [
        ...["allow", "allow", "deny", "allow"],
      ]);
      const outcomes = await readEntries(project, ["--type", "audit.outcome"]);
      assertEquals(outcomes.map(({ details }) => details["status"]), ["done", "failed"]);
      assertEquals((await readEntries(project, ["--type", "audit.alarm"])).length, 0);
      assertEquals((await project.run(["replay", "--all"])).exit, 0);
    },
  );

  itOnBoth("MCP-02 starts no server when nothing could be decided", async (program) => {
    using given = new McpProject(program);
    const client = given.start();
    await client.tell({ id: 1, method: "initialize", params: {} }).catch(() => {});
    assertEquals(await client.end(), 1);
    assertMatch(client.stderr, /not_initialized/);
    assertEquals(given.seen(), []);
    assertEquals(client.lines, []);
  });

  itOnBoth("MCP-02 says that a server is not there", async (program) => {
    using given = new McpProject(program);
    await given.init();
    const client = given.start({ server: ["/no/such/server"] });
    assertEquals(await client.end(), 1);
    assertMatch(client.stderr, /server_unreachable.*\/no\/such\/server/);
  });

  itOnBoth("MCP-03 gives a server none of the engine's secrets", async (program) => {
    using given = new McpProject(program);
    await given.init();
    const secret = crypto.randomUUID().repeat(2);
    given.project.write("totp", `${secret}\n`);
    Deno.chmodSync(given.project.path("totp"), 0o600);
    const env = { SCALPEL_TOTP_SECRET_FILE: given.project.path("totp"), MINE: "kept" };
    const server = ["/bin/sh", "-c", "env > environment; cat > /dev/null"];
    const client = given.start({ env, server });
    assertEquals(await client.end(), 0, client.stderr);
    const said = given.project.read("environment");
    assert(said.includes("MINE=kept"));
    assert(!said.includes("SCALPEL_TOTP"), said);
  });

  itOnBoth("MCP-03 closes the descriptor a secret came by", async (program) => {
    const secret = Deno.makeTempFileSync();
    Deno.writeTextFileSync(secret, crypto.randomUUID().repeat(2));
    const script = 'exec 7<"$0"; exec "$@"';
    using given = new McpProject({
      name: program.name,
      command: ["/bin/sh", "-c", script, secret, ...program.command],
    });
    try {
      await given.init();
      const server = ["/bin/sh", "-c", "(cat <&7) > got 2> refused; cat > /dev/null"];
      const open = given.start({ server });
      assertEquals(await open.end(), 0, open.stderr);
      // Nobody said that it is a secret: it is the server's to use.
      assertEquals(given.project.read("got").length, 72);
      const closed = given.start({ server, env: { SCALPEL_TOTP_SECRET_FD: "7" } });
      assertEquals(await closed.end(), 0, closed.stderr);
      assertEquals(given.project.read("got"), "");
      assertMatch(given.project.read("refused"), /7/);
    } finally {
      Deno.removeSync(secret);
    }
  });

  itOnBoth("MCP-04 denies methods and notifications nobody knows", async (program) => {
    using given = new McpProject(program);
    await given.init();
    const client = given.start();
    await client.begin();
    assertEquals((await client.ask("tools/execute", {})).error?.code, -32601);
    assertEquals(
      (await client.ask("resources/read", { uri: "file:///etc/passwd" })).error?.code,
      -32010,
    );
    await client.tell({ method: "notifications/evil" });
    assertEquals(textOf(await client.call("echo", { message: "m" })), "m");
    assertEquals(await client.end(), 0);
    const methods = given.seen().map((line) => JSON.parse(line).method);
    assertEquals(methods, ["initialize", "notifications/initialized", "tools/list", "tools/call"]);
  });

  itOnBoth("MCP-01 asks a running engine, and denies when it is gone", async (program) => {
    using given = new McpProject(program);
    await given.init();
    const engine = await startServer(given.project, program);
    const client = given.start({ flags: ["--server", engine.url] });
    await client.begin();
    assertEquals(textOf(await client.call("echo", { message: "m" })), "m");
    const denied = await client.call("write", { path: "x.env", content: "x" });
    assertEquals(denied.result?.isError, true);
    assertEquals(await engine.stop(), 0);
    const undecided = await client.call("echo", { message: "again" });
    assertEquals(undecided.result?.isError, true);
    assertMatch(textOf(undecided), /could not decide, so it denies.*server_unreachable/);
    await client.end();
    assertEquals(given.called(), ["echo"]);
  });

  itOnBoth("MCP-05 keeps what a server says of its tools out of the decision", async (program) => {
    using given = new McpProject(program);
    // Every tool of the fixture says readOnlyHint; nobody mapped this one.
    await given.init('version: "1.0"\n');
    const client = given.start();
    await client.begin();
    assertEquals((await client.call("read", { path: "a" })).result?.isError, true);
    assertEquals(await client.end(), 0);
    assertEquals(given.called(), []);
  });
});
