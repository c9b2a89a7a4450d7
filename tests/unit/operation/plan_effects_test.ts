import { assert, assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import type { Verb } from "../../../src/core/operation/effect.ts";
import { operationTypes } from "../../../src/core/operation/operation.ts";
import { parseOperation } from "../../../src/core/operation/parse_operation.ts";
import { needsTool, planEffects } from "../../../src/core/operation/plan_effects.ts";
import { createToolPlanner } from "../../../src/core/operation/plan_tool.ts";

const custom: ReadonlyMap<string, readonly Verb[]> = new Map([
  ["format", ["read", "write"]],
  ["file_delete", ["read"]],
]);
const envDiff = "--- a/.env\n+++ b/.env\n@@ -1 +1 @@\n-a\n+b\n";

const planTool = createToolPlanner(new Map());

function plan(input: Record<string, unknown>): string {
  const { effects, isTypeKnown, doubts } = planEffects(
    parseOperation(input),
    custom,
    null,
    planTool,
  );
  const status = !isTypeKnown ? "unknown" : doubts[0]?.kind ?? "known";
  return `${status}: ${effects.map((e) => `${e.verb} ${e.kind} ${e.resource}`).join(", ")}`;
}

describe("planEffects()", () => {
  const files = ["a", "b/c"];
  const rows: readonly (readonly [Record<string, unknown>, string])[] = [
    [{ type: "file_read", affected_files: files }, "known: read path a, read path b/c"],
    [{ type: "file_write", affected_files: ["a"] }, "known: write path a"],
    [{ type: "code_modification", affected_files: ["a"] }, "known: write path a"],
    [{ type: "file_create", affected_files: ["a"] }, "known: create path a"],
    [{ type: "file_delete", affected_files: ["a"] }, "known: delete path a"],
    [{ type: "chmod", affected_files: ["a"] }, "known: chmod path a"],
    [{ type: "chown", affected_files: ["a"] }, "known: chown path a"],
    [{ type: "file_rename", affected_files: files }, "known: delete path a, create path b/c"],
    [{ type: "file_copy", affected_files: files }, "known: read path a, create path b/c"],
    [{ type: "file_link", affected_files: files }, "known: link path a, create path b/c"],
    [
      { type: "file_copy", affected_files: ["x/.env", "src/"] },
      "known: read path x/.env, create path src/, create path src/.env",
    ],
    [
      { type: "file_rename", affected_files: ["x/.env", "y", "src"] },
      "known: delete path x/.env, delete path y, create path src, create path src/.env, create path src/y",
    ],
    [{ type: "command", command: "ls" }, "unverified: execute tool shell"],
    [
      { type: "command", command: "ls", affected_files: ["a"] },
      "unverified: write path a, execute tool shell",
    ],
    [{ type: "tool_call", tool: { name: "t" } }, "unverified: call tool t"],
    [{ type: "tool_call", affected_files: ["a"] }, "unverified: write path a"],
    [{ type: "network" }, "known: connect host *"],
    [{ type: "format", affected_files: ["a"] }, "known: read path a, write path a"],
    [{ type: "format" }, "known: read tool *, write tool *"],
    [{ type: "file_write", affected_files: ["a", "a"] }, "known: write path a"],
  ];
  for (const [input, expected] of rows) {
    it(`plans ${JSON.stringify(input)}`, () => assertEquals(plan(input), expected));
  }

  it("knows every type of the wire format", () => {
    for (const type of operationTypes) {
      const { isTypeKnown } = planEffects(
        parseOperation({ type, affected_files: ["a", "b"], command: "ls" }),
        new Map(),
      );
      assert(isTypeKnown, type);
    }
  });

  for (const type of ["delete", "unlink", "rm", "mv", "truncate", "setfacl", "constructor"]) {
    it(`GLOB-19 calls ${type} unknown and still names its files`, () => {
      assertEquals(plan({ type, affected_files: [".env"] }), "unknown: write path .env");
    });
  }

  it("a custom name cannot change a built-in type", () => {
    assertEquals(plan({ type: "file_delete", affected_files: ["a"] }), "known: delete path a");
  });

  it("PATH-10 a diff's files count beside affected_files", () => {
    assertEquals(
      plan({ type: "file_write", affected_files: ["src/app.ts"], diff: envDiff }),
      "known: write path src/app.ts, write path .env",
    );
    assertEquals(
      plan({ type: "file_read", affected_files: ["a"], diff: envDiff }),
      "known: read path a, write path .env",
    );
  });

  it("a diff that cannot be read makes any type unverified", () => {
    for (const diff of ["", "x", `Index: .env\n${envDiff}`]) {
      assertEquals(
        plan({ type: "file_write", affected_files: ["a"], diff }),
        "unverified: write path a",
      );
    }
  });

  it("D6 a tool whose input nobody read stays in doubt, whoever knows it", () => {
    for (const name of ["t", "TodoWrite", "mcp:files:tools/list"]) {
      const asked = parseOperation({ type: "tool_call", tool: { name, input: { path: "a" } } });
      assert(needsTool(asked));
      const { effects, doubts } = planEffects(asked, custom);
      assertEquals(effects.map(({ verb, resource }) => [verb, resource]), [["call", name]]);
      assertEquals(doubts.map(({ kind }) => kind), ["unverified"]);
    }
    assert(!needsTool(parseOperation({ type: "file_write", affected_files: ["a"] })));
  });

  it("a command or a tool counts whatever the type says", () => {
    assertEquals(
      plan({ type: "file_read", affected_files: ["a"], command: "rm x", tool: { name: "Read" } }),
      "unverified: read path a, execute tool shell, call tool Read",
    );
  });

  const hosts: readonly (readonly [Record<string, unknown>, string])[] = [
    [{ url: "https://Example.com:8443/x" }, "connect host example.com"],
    [{ url: "https://good.com@evil.com/" }, "connect host evil.com"],
    [{ url: "https://evil.com\\@good.com/" }, "connect host *"],
    [{ url: "not a url" }, "connect host *"],
    [{ url: "file:///etc/passwd" }, "connect host *"],
    [{ url: ["https://a.com"] }, "connect host *"],
    [{ host: "example.com" }, "connect host example.com"],
    [{ host: "[::1]:80" }, "connect host [::1]"],
    [{ host: "a.com", url: "https://b.com" }, "connect host b.com, connect host a.com"],
  ];
  for (const [metadata, expected] of hosts) {
    it(`network to ${JSON.stringify(metadata)}`, () => {
      assertEquals(plan({ type: "network", metadata }), `known: ${expected}`);
    });
  }
});
