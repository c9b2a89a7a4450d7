import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { maxToolPaths } from "../../../src/core/limits.ts";
import type { JsonObject } from "../../../src/core/operation/operation.ts";
import { parseOperation } from "../../../src/core/operation/parse_operation.ts";
import { planEffects } from "../../../src/core/operation/plan_effects.ts";
import { findToolPaths } from "../../../src/core/operation/tool_paths.ts";
import { createToolPlanner } from "../../../src/core/operation/plan_tool.ts";

describe("findToolPaths()", () => {
  const rows: readonly (readonly [JsonObject, readonly string[]])[] = [
    [{ path: "notes" }, ["notes"]],
    [{ file_path: "a b.txt", query: "a b" }, ["a b.txt"]],
    [{ oldFile: "x", newFileName: "y", target_dirs: ["d", "e"] }, ["x", "y", "d", "e"]],
    [{ q: "/etc/passwd" }, ["/etc/passwd"]],
    [{ q: "./a b" }, ["./a b"]],
    [{ q: ".." }, [".."]],
    [{ q: "~/.bashrc" }, ["~/.bashrc"]],
    [{ q: ".env" }, [".env"]],
    [{ q: "src/app.ts" }, ["src/app.ts"]],
    [{ q: "file:///work/%2eenv" }, ["/work/.env"]],
    [{ uri: "https://example.com/.env" }, []],
    [{ q: "a / b" }, []],
    [{ q: "...", n: 1, t: true, z: null }, []],
    [{ q: ".5" }, []],
    [{ q: "two words" }, []],
    [{ path: "a\nb" }, []],
    [{ path: "C:\\x" }, []],
    [{ a: { b: [{ path: "deep" }] }, c: ["x/y"] }, ["deep", "x/y"]],
    [{ path: "a", file: "a" }, ["a"]],
  ];
  for (const [input, expected] of rows) {
    it(`finds ${JSON.stringify(expected)} in ${JSON.stringify(input)}`, () => {
      assertEquals(findToolPaths(input), expected);
    });
  }

  it("stops at its bound", () => {
    const paths = Array.from({ length: maxToolPaths + 50 }, (_, i) => `d/${i}`);
    assertEquals(findToolPaths({ paths }).length, maxToolPaths);
  });
});

describe("planEffects() of tools", () => {
  const planTool = createToolPlanner(new Map());
  const plan = (tool: JsonObject, more: JsonObject = {}) => {
    const operation = parseOperation({ type: "tool_call", tool, ...more });
    const { effects, doubts } = planEffects(operation, new Map(), null, planTool);
    return [effects.map((e) => `${e.verb} ${e.resource}`), doubts.map(({ kind }) => kind)];
  };

  it("a tool nobody knows may write what it names, and stays in doubt", () => {
    assertEquals(
      plan({ name: "mcp__fs__put", input: { path: ".env" } }),
      [["call mcp__fs__put", "write .env"], ["unverified"]],
    );
  });

  it("MCP-25 a path that is refused as it stands may be another one", () => {
    const { effects } = planEffects(
      parseOperation({ type: "tool_call", tool: { name: "put", input: { q: "//srv//.env" } } }),
      new Map(),
      null,
      planTool,
    );
    assertEquals(effects.at(-1), {
      ...{ verb: "write", resource: "/srv//.env", kind: "path", isPossible: true },
    });
  });

  it("a tool that acts inside its host leaves no doubt", () => {
    for (
      const name of [
        "TodoWrite",
        "Task",
        "update_plan",
        "write_todos",
        "read_bash",
        "manage_todo_list",
      ]
    ) {
      assertEquals(plan({ name, input: { path: "x/.env" } }), [[`call ${name}`], []]);
    }
  });

  it("its name opens nothing else", () => {
    const more = { affected_files: [".env"], diff: "no diff" };
    assertEquals(
      plan({ name: "TodoWrite" }, more),
      [["write .env", "call TodoWrite"], ["unverified"]],
    );
    assertEquals(plan({ name: "todowrite" })[1], ["unverified"]);
    // Names that anybody's tool may have.
    for (const name of ["task", "ask_user"]) assertEquals(plan({ name })[1], ["unverified"]);
  });

  it("a file tool's name does not make its input known", () => {
    assertEquals(
      plan({ name: "Write", input: { file_path: "a", content: "x" } }),
      [["call Write", "write a"], ["unverified"]],
    );
  });
});
