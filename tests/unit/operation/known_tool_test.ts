/** What calls of tools do by the policy's map, and by what their arguments look like. */
import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import type { Verb } from "../../../src/core/operation/effect.ts";
import type { KnownTool } from "../../../src/core/operation/known_tool.ts";
import {
  nameMcpMethod,
  nameMcpTool,
  readMcpServer,
} from "../../../src/core/operation/mcp_names.ts";
import { parseOperation } from "../../../src/core/operation/parse_operation.ts";
import { planEffects } from "../../../src/core/operation/plan_effects.ts";

type Arguments = Readonly<Record<string, readonly Verb[]>>;

const tool = (verbs: readonly Verb[], stated: Arguments = {}): KnownTool => ({
  verbs,
  arguments: new Map(Object.entries(stated)),
  sha256: null,
});

function plan(known: KnownTool, input: unknown) {
  const name = nameMcpTool("files", "x");
  const operation = parseOperation({ type: "tool_call", tool: { name, input } });
  const { effects, doubts } = planEffects(operation, new Map(), null, new Map([[name, known]]));
  return {
    effects: effects.slice(1).map(({ verb, resource }) => `${verb} ${resource}`),
    doubts: doubts.map(({ reason }) => reason),
  };
}

describe("planEffects() of tools the policy knows", () => {
  it("MCP-24 finds paths by name and by shape, at any depth", () => {
    const input = {
      path: "plain",
      deep: { files: ["a", { targetDir: "b" }], note: "no path here" },
      anything: "./c",
      uri: "file:///tmp/d%20e",
      page: "https://example.org/f",
    };
    assertEquals(plan(tool(["read"]), input), {
      effects: ["read plain", "read a", "read b", "read ./c", "read /tmp/d e"],
      doubts: [],
    });
  });

  it("MCP-24 gives stated arguments their own verbs, and takes what names no file at its word", () => {
    const known = tool(["delete", "create"], {
      source: ["delete"],
      destination: ["create"],
      content: [],
    });
    const input = { source: "a", destination: "b/", content: "../.env" };
    assertEquals(plan(known, input), { effects: ["delete a", "create b/"], doubts: [] });
    // What nobody stated is looked through, with all it may do.
    assertEquals(plan(known, { ...input, extra: "/c" }).effects, [
      ...["delete /c", "create /c", "delete a", "create b/"],
    ]);
  });

  it("MCP-24 D6 doubts what should be a path and is none", () => {
    const known = tool(["write"], { path: ["write"] });
    for (const path of ["", "a\nb", "https://example.org/a", "C:\\x"]) {
      assertEquals(plan(known, { path }).doubts, ['its argument "path" is no path'], path);
    }
    const many = { paths: Array.from({ length: 300 }, (_, i) => `f${i}`) };
    assertEquals(plan(tool(["read"]), many).doubts, ["it names too many paths"]);
  });

  it("names a verb that meets nothing: protected operations speak of it", () => {
    assertEquals(plan(tool(["delete"]), {}).effects, ["delete *"]);
    assertEquals(plan(tool(["connect"]), {}).effects, ["connect *"]);
    assertEquals(plan(tool(["connect"]), { u: "https://a.example/x" }).effects, [
      "connect a.example",
    ]);
    assertEquals(plan(tool(["call"]), { path: "a" }), { effects: [], doubts: [] });
  });

  it("D6 knows no tool but the one that is named", () => {
    const known = new Map([[nameMcpTool("files", "read"), tool(["read"])]]);
    for (const name of ["read", "mcp__file__read", "mcp__files__readx", "MCP__files__read"]) {
      const operation = parseOperation({ type: "tool_call", tool: { name, input: { path: "a" } } });
      const { effects, doubts } = planEffects(operation, new Map(), null, known);
      assertEquals([effects[1]?.verb, doubts.length], ["write", 1], name);
    }
  });

  it("lists nothing by a tool that is merely called like the method", () => {
    const doubts = (name: string) =>
      planEffects(parseOperation({ type: "tool_call", tool: { name } }), new Map()).doubts.length;
    assertEquals(doubts(nameMcpMethod("files", "tools/list")), 0);
    assertEquals(doubts(nameMcpTool("files", "tools/list")), 1);
    assertEquals(doubts("mcp:a__b:tools/list"), 1);
  });

  it("reads a full name in one way", () => {
    assertEquals(readMcpServer(nameMcpTool("a", "_b")), "a");
    assertEquals(readMcpServer(nameMcpTool("a", "b__c")), "a");
    assertEquals(readMcpServer("mcp__a___b"), "a");
    for (const name of ["mcp____x", "mcp__", "mcp:a", "mcp:constructor:x", "Read"]) {
      assertEquals(readMcpServer(name), null, name);
    }
  });
});
