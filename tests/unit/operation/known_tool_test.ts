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
import type { JsonObject } from "../../../src/core/operation/operation.ts";
import { parseOperation } from "../../../src/core/operation/parse_operation.ts";
import { planEffects } from "../../../src/core/operation/plan_effects.ts";
import { createToolPlanner } from "../../../src/core/operation/plan_tool.ts";

type Arguments = Readonly<Record<string, readonly Verb[]>>;

const tool = (verbs: readonly Verb[], stated: Arguments = {}): KnownTool => ({
  verbs,
  arguments: new Map(Object.entries(stated)),
  sha256: null,
});

function plan(known: KnownTool, input: unknown) {
  const name = nameMcpTool("files", "x");
  const operation = parseOperation({ type: "tool_call", tool: { name, input } });
  const planTool = createToolPlanner(new Map([[name, known]]));
  const { effects, doubts } = planEffects(operation, new Map(), null, planTool);
  return {
    effects: effects.slice(1).map(({ verb, resource, isPossible }) =>
      `${isPossible === true ? "?" : ""}${verb} ${resource}`
    ),
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
    const { effects, doubts } = plan(tool(["read"]), input);
    assertEquals(doubts, []);
    assertEquals(effects.filter((effect) => !effect.startsWith("?")), [
      ...["read plain", "read a", "read b", "read ./c", "read /tmp/d e"],
    ]);
    // Whatever else is text may be one too; it denies where it meets what is protected.
    const others = ["no path here", "files", "/tmp/d%20e", "https://example.org/f"];
    for (const other of others) assertEquals(effects.includes(`?read ${other}`), true, other);
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

  const hidden: Readonly<Record<string, JsonObject>> = {
    "a key nobody knows": { name: "x.env" },
    "a key with a NUL": { "path\0": "x.env" },
    "an inner key": { edits: { "x.env": "text" } },
    "a list in JSON in a text": { paths: '["x.env"]' },
    "an object in JSON in a text": { input: '{"file":"x.env"}' },
    "a text in JSON in a text": { input: '"\\"x.env\\""' },
    "a list in a text": { paths: "x.env,ok.txt" },
    "blanks around it": { name: " x.env\n" },
    "a web address that is none": { name: "https://../x.env" },
    "a URL without slashes": { name: " file:x.env" },
    "a URL with its host": { name: "file://x.env" },
    "a URL in pieces": { name: "fi\tle:x.env" },
    "a scheme of the server's": { uri: "repo://x.env" },
    "what a C string ends at": { name: "x.env\0.txt" },
  };
  for (const [what, input] of Object.entries(hidden)) {
    it(`MCP-25 finds a path behind ${what}`, () => {
      const { effects } = plan(tool(["write"]), input);
      const found = ["?write x.env", "write https://../x.env"].some((one) => effects.includes(one));
      assertEquals(found, true, effects.join("; "));
    });
  }

  const far: Readonly<Record<string, JsonObject>> = {
    "a step up behind a blank": { name: "a b/../../../etc/x" },
    "a step up that is escaped": { name: "a b/..%2f%2e./etc/x" },
    "a step up that is Windows'": { name: "a b\\..\\..\\x" },
    "a blank before it": { path: " /etc/x" },
    "a blank before it, under any key": { name: " /etc/x" },
    "a home behind a blank": { name: " ~/x" },
    "a list": { paths: "ok.txt,/etc/x" },
    "a URL behind a blank": { name: " file:///etc/x" },
    "a web address": { name: "https://../../etc/x" },
    "JSON": { name: '[" /etc/x"]' },
    "a scheme without a host": { uri: "disk:///etc/x" },
    "an inner key": { all: { " /etc/x": 1 } },
  };
  for (const [what, input] of Object.entries(far)) {
    it(`MCP-25 takes what may lead out of the project for a path: ${what}`, () => {
      const { effects } = plan(tool(["write"]), input);
      const found = effects.filter((one) => /^write (?:\/etc|~|.*[.e]{2}.*)/.test(one));
      assertEquals(found.length > 0, true, effects.join("; "));
    });
  }

  it("MCP-25 takes a name on another machine for none of this one's", () => {
    const { effects } = plan(tool(["write"]), { address: "repo://host/etc/x" });
    assertEquals(effects.filter((one) => !one.startsWith("?")), ["write repo://host/etc/x"]);
  });

  const refused: Readonly<Record<string, JsonObject>> = {
    "two slashes": { path: "//srv/x.env" },
    "two slashes under any key": { name: "//srv/x.env" },
    "a line end": { path: "x.env\n" },
    "a NUL": { file2: "x.env\0.txt" },
    "a drive": { path: "C:\\x.env" },
    "nothing": { path: "" },
    "too long a path": { name: `${"./".repeat(3_000)}x.env` },
    "two keys in JSON": { input: '{"path":"a","path":"x.env"}' },
    "an inner key with two slashes": { edits: { "//srv/x.env": "text" } },
    "an outer key": { "//srv/x.env": "text" },
    "more texts than are looked at": { all: Array(20_000).fill("\n") },
    "JSON in a text with more of them": { all: JSON.stringify(Array(20_000).fill("\n")) },
    "too many texts": { all: Array.from({ length: 300 }, (_, i) => `text ${i}`) },
  };
  for (const [what, input] of Object.entries(refused)) {
    it(`MCP-25 D6 doubts ${what}`, () => {
      assertEquals(plan(tool(["write"]), input).doubts.length > 0, true);
      // Nothing of it matters to a tool that touches no file.
      assertEquals(plan(tool(["call"]), input).doubts, []);
    });
  }

  it("MCP-25 looks into stated arguments as well, and knows them in any spelling", () => {
    const known = tool(["read"], { dest: ["write"], content: [] });
    assertEquals(plan(known, { dest: { "x.env": "b" } }).effects.slice(0, 2), [
      ...["write b", "?write x.env"],
    ]);
    assertEquals(plan(known, { dest: '["x.env"]' }).effects.includes("?write x.env"), true);
    for (const key of ["Dest", "DEST", "de\u017ft", "Content"]) {
      assertEquals(plan(known, { [key]: "x" }).doubts.length, 1, key);
    }
  });

  it("MCP-26 leaves a command in doubt: nobody reads it here", () => {
    const known = tool(["execute"], { program: ["execute"], note: [] });
    for (const input of [{ command: "rm x.env" }, { program: "rm x" }, { q: "./a;rm x.env" }]) {
      assertEquals(plan(known, input).doubts.length, 1, JSON.stringify(input));
    }
    assertEquals(plan(known, { program: "bin/tool", note: "rm x.env" }), {
      effects: ["execute bin/tool"],
      doubts: [],
    });
  });

  it("MCP-25 takes an input of very many members", () => {
    const many = Object.fromEntries(Array.from({ length: 150_000 }, (_, i) => [`${i}`, 0]));
    assertEquals(plan(tool(["connect"]), { many }).effects, ["connect *"]);
    assertEquals(plan(tool(["write"]), { many }).doubts.length > 0, true);
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
    const known = createToolPlanner(new Map([[nameMcpTool("files", "read"), tool(["read"])]]));
    for (const name of ["read", "mcp__file__read", "mcp__files__readx", "MCP__files__read"]) {
      const operation = parseOperation({ type: "tool_call", tool: { name, input: { path: "a" } } });
      const { effects, doubts } = planEffects(operation, new Map(), null, known);
      assertEquals([effects[1]?.verb, doubts.length], ["write", 1], name);
    }
  });

  it("lists nothing by a tool that is merely called like the method", () => {
    const doubts = (name: string) => {
      const operation = parseOperation({ type: "tool_call", tool: { name } });
      return planEffects(operation, new Map(), null, createToolPlanner(new Map())).doubts.length;
    };
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
