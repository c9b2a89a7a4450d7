/** What clients and servers of MCP send that they should not, and how either side ends. */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { describe } from "@std/testing/bdd";
import { textOf } from "../support/mcp_client.ts";
import { McpProject } from "../support/mcp_project.ts";
import { descendantsOf, waitUntilEnded } from "../support/process_tree.ts";
import { compiled, type Program } from "../support/sealward.ts";
import { itOnBoth } from "./fixtures/it_on_both.ts";

async function begun(program: Program, mode = "plain") {
  const given = new McpProject(program);
  await given.init();
  const client = given.start({ mode });
  await client.begin();
  return { given, client };
}

const call = (id: unknown, name: string, input: object = {}) => ({
  id,
  method: "tools/call",
  params: { name, arguments: input },
});
const line = (message: object) => `${JSON.stringify({ jsonrpc: "2.0", ...message })}\n`;

describe("hostile clients of sealward mcp", () => {
  itOnBoth(
    "MCP-06 JSON-01 refuses duplicate keys, batches, and what is no message",
    async (program) => {
      const { given, client } = await begun(program);
      const refused = [
        '{"jsonrpc":"2.0","id":10,"method":"tools/call","method":"ping"}\n',
        '{"jsonrpc":"2.0","id":11,"method":"ping","params":{"a":1,"a":2}}\n',
        "not json\n",
        '"text"\n',
        '{"jsonrpc":"1.0","id":12,"method":"ping"}\n',
        '{"jsonrpc":"2.0","id":null,"method":"ping"}\n',
        '{"jsonrpc":"2.0","id":1.5,"method":"ping"}\n',
        '{"jsonrpc":"2.0","id":13,"method":"ping","result":{}}\n',
        '{"jsonrpc":"2.0","id":14}\n',
        '{"jsonrpc":"2.0","id":15,"method":"ping","params":[1]}\n',
        "\ufeff{}\n",
      ];
      for (const text of refused) await client.send(text);
      await client.send(`[${line(call(16, "echo")).trim()},${line(call(17, "echo")).trim()}]\n`);
      // Each answers its request where its id can be told; the rest has none.
      assertEquals((await client.ask("ping", {}, 99)).result, {});
      assertEquals(await client.end(), 0);
      const errors = client.messages.filter(({ error }) => error !== undefined);
      assertEquals(errors.map(({ id }) => id), [
        ...[undefined, undefined, undefined, undefined, 12, undefined, undefined, 13, 14, 15],
        ...[undefined, 16, 17],
      ]);
      assertEquals(given.called(), []);
      given[Symbol.dispose]();
    },
  );

  itOnBoth("MCP-25 MCP-27 MCP-28 lets nothing through that is hidden", async (program) => {
    const { given, client } = await begun(program);
    const { project } = given;
    project.write("x.env", "before");
    const hidden = [
      { path: `/${project.path("x.env")}` },
      { path: "x.env\n" },
      { name: "x.env" },
      { paths: '["x.env"]' },
      { files: { "x.env": "stolen" } },
      { path: "ok.txt", Content: "stolen" },
      { name: " /etc/sealward-was-not-here" },
    ];
    for (const input of hidden) {
      const { result } = await client.call("write", { content: "stolen", ...input });
      assertEquals(result?.isError, true, JSON.stringify(input));
    }
    const inner = line(call(2, "write", { path: "x.env", content: "stolen" })).trim();
    await client.send(
      line({ id: 70, method: "ping", params: { x: ["HERE"] } }).replace('"HERE"', `\r${inner}\r`),
    );
    await client.send(
      line({ id: 71, method: "ping", Method: "tools/call", params: { name: "write" } }),
    );
    assertEquals((await client.ask("ping", {}, 99)).result, {});
    assertEquals(await client.end(), 0);
    assertEquals([project.read("x.env"), given.called()], ["before", []]);
    assertEquals(given.seen().filter((each) => /\r|"Method"/.test(each)), []);
    given[Symbol.dispose]();
  });

  itOnBoth("MCP-07 skips a line that is too long and goes on", async (program) => {
    const { given, client } = await begun(program);
    await client.send(
      `{"jsonrpc":"2.0","id":5,"method":"ping","params":{"a":"${"x".repeat(2_000_000)}"}}\n`,
    );
    assertEquals(textOf(await client.call("echo", { message: "still here" })), "still here");
    assertEquals(await client.end(), 0);
    assert(client.messages.some(({ error }) => error?.message.includes("1048576 bytes")));
    assert(given.seen().every((line) => line.length < 1_000));
    given[Symbol.dispose]();
  });

  itOnBoth(
    "MCP-08 reads messages in pieces, several at once, with CR, and in any order",
    async (program) => {
      const { given, client } = await begun(program);
      const bytes = new TextEncoder().encode(
        line(call("é1", "echo", { message: "ü" })) + "\r\n\n" +
          line(call("b", "echo", { message: "2" })).replace("\n", "\r\n"),
      );
      const both = Promise.all([
        client.when(({ id }) => id === "é1"),
        client.when(({ id }) => id === "b"),
      ]);
      for (const byte of bytes) await client.send(Uint8Array.of(byte));
      assertEquals((await both).map(textOf), ["ü", "2"]);
      assertEquals(await client.end(), 0);
      given[Symbol.dispose]();
    },
  );

  itOnBoth("MCP-09 lets no id stand for two requests", async (program) => {
    const { given, client } = await begun(program);
    await client.call("echo");
    const answers: string[] = [];
    await client.send(line(call(7, "split")) + line(call(7, "echo", { message: "other" })));
    answers.push(textOf(await client.when(({ id }) => id === 7)));
    // Text and number are two ids.
    const [text, number] = await Promise.all([
      client.ask("ping", {}, "7"),
      client.ask("ping", {}, 7),
    ]);
    assertEquals([text.result, number.result], [{}, {}]);
    assertEquals(await client.end(), 0);
    assertEquals(answers, ["in pieces €"]);
    assertEquals(given.called(), ["echo", "split"]);
    given[Symbol.dispose]();
  });

  itOnBoth("MCP-10 drops answers to nothing the server asked", async (program) => {
    const { given, client } = await begun(program);
    await client.tell({ id: "roots-1", result: { roots: [] } });
    const asked = client.when(({ method }) => method === "roots/list");
    await client.call("ask");
    const { id } = await asked;
    await client.tell({ id, result: { roots: [] } });
    await client.tell({ id, result: { roots: [] } });
    assertEquals(await client.end(), 0);
    const answers = given.seen().map((line) => JSON.parse(line)).filter((one) => "result" in one);
    assertEquals(answers.map(({ id }) => id), [id]);
    given[Symbol.dispose]();
  });
});

describe("hostile servers behind sealward mcp", () => {
  itOnBoth("MCP-11 passes on nothing a server may not say", async (program) => {
    const { given, client } = await begun(program);
    const lied = await client.call("lie");
    assertEquals(lied.error?.code, -32000);
    assertEquals(textOf(await client.call("twice")), "first");
    assertEquals(textOf(await client.call("garbage")), "after garbage");
    assertEquals(textOf(await client.call("split")), "in pieces €");
    assertEquals(await client.end(), 0);
    const told = client.lines.join("\n");
    for (const word of ["injected", "notifications/evil", "evil/run", "second", "starting up"]) {
      assert(!told.includes(word), word);
    }
    const refused = given.seen().map((line) => JSON.parse(line)).find(({ id }) => id === "evil-1");
    assertEquals(refused.error.code, -32601);
    given[Symbol.dispose]();
  });

  itOnBoth("MCP-12 refuses an answer without an end and goes on", async (program) => {
    const { given, client } = await begun(program);
    assertMatch(textOf(await client.call("huge")), /longer than 33554432 bytes/);
    assertEquals(textOf(await client.call("echo", { message: "m" })), "m");
    assertEquals(await client.end(), 0);
    given[Symbol.dispose]();
  });

  itOnBoth("MCP-13 lets a flood of stderr neither through nor stop the server", async (program) => {
    const { given, client } = await begun(program);
    assertEquals(textOf(await client.call("flood")), "flooded");
    assertEquals(await client.end(), 0);
    assert(client.stderr.length > 10_000 && client.stderr.length < 2_000_000);
    given[Symbol.dispose]();
  });

  itOnBoth("MCP-14 tells the client when the server dies in mid-answer", async (program) => {
    const { given, client } = await begun(program);
    assertEquals((await client.call("die")).error?.code, -32000);
    assertEquals(await client.end(), 1);
    assertMatch(client.stderr, /ended by itself: exit status 3/);
    const { stdout } = await given.project.run([
      ...["audit", "query", "--type", "audit.outcome", "--format", "jsonl"],
    ]);
    assertEquals(JSON.parse(stdout.trim()).details.status, "failed");
    given[Symbol.dispose]();
  });
});

describe("the end of sealward mcp", () => {
  for (const how of ["SIGTERM", "SIGINT", "input"] as const) {
    itOnBoth(`MCP-15 leaves no server behind: ${how}`, async (program) => {
      const { given, client } = await begun(program, "stubborn");
      const child = childOf(client.pid);
      if (how !== "input") client.kill(how);
      assertEquals(await client.end(), 0, client.stderr);
      await waitUntilEnded([child], 100);
      given[Symbol.dispose]();
    });
  }

  itOnBoth("MCP-15 ends a server whose client took no answer", async () => {
    const { given, client } = await begun(compiled);
    const child = childOf(client.pid);
    client.kill("SIGKILL");
    await client.end();
    // Nothing but the end of its input tells the server; that is enough for one that listens.
    await waitUntilEnded([child], 5_000);
    given[Symbol.dispose]();
  });
});

function childOf(pid: number): number {
  const [child, ...others] = descendantsOf(pid);
  assert(child !== undefined && others.length === 0, `${pid}: ${child} ${others}`);
  return child;
}
