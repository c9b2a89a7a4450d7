/** Definitions of tools: what is remembered, what is fixed, and what has changed. */
import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import {
  emptyToolPins,
  foldToolPins,
  type ToolPin,
} from "../../../src/core/audit/tool_pin_state.ts";
import { encodePins } from "../../../src/core/audit/tool_pin_state.ts";
import { matchDefinitions } from "../../../src/core/decision/match_definitions.ts";
import { findSecrets } from "../../../src/core/integrity/find_secrets.ts";
import { sha256 } from "../../../src/core/integrity/sha256.ts";
import type { KnownTools } from "../../../src/core/operation/known_tool.ts";
import type { Json } from "../../../src/core/operation/operation.ts";
import { parseOperation } from "../../../src/core/operation/parse_operation.ts";
import {
  encodeDefinitions,
  hashDefinition,
  readDefinitions,
} from "../../../src/core/operation/tool_definitions.ts";

const hash = (text: string) => hashDefinition({ text }, sha256);
const noTools = { tools: new Map() as KnownTools };
const asking = (metadata: Record<string, Json>, name = "mcp:files:tools/list") =>
  parseOperation({ type: "tool_call", tool: { name }, metadata });
const listing = (tools: Readonly<Record<string, string>>) =>
  asking(
    encodeDefinitions(Object.entries(tools).map(([tool, text]) => ({ tool, sha256: hash(text) }))),
  );
const pinned = (pins: readonly ToolPin[], decision = "allow") =>
  foldToolPins(emptyToolPins, { decision, tool_pins: encodePins("files", pins) });

describe("matchDefinitions()", () => {
  it("MCP-16 remembers what is new, and finds what is another one", () => {
    const first = matchDefinitions(listing({ read: "a", write: "b" }), noTools, emptyToolPins);
    assertEquals([first.findings.length, first.fresh.length], [0, 2]);
    const state = pinned(first.fresh);
    const again = matchDefinitions(listing({ write: "b", read: "a" }), noTools, state);
    assertEquals(again, { findings: [], fresh: [] });
    const changed = matchDefinitions(listing({ read: "a", write: "c", more: "d" }), noTools, state);
    assertEquals(changed.findings.map(({ code, effect }) => [code, effect?.resource]), [
      ["tool_changed", "mcp__files__write"],
    ]);
    assertEquals(changed.fresh.map(({ tool }) => tool), ["more"]);
    // Another server's tool of the same name is another tool.
    const other = asking({ ...listing({ write: "z" }).metadata }, "mcp:other:tools/list");
    assertEquals(matchDefinitions(other, noTools, state).findings, []);
  });

  it("MCP-17 the policy's word stands above the log's", () => {
    const state = pinned(matchDefinitions(listing({ read: "a" }), noTools, emptyToolPins).fresh);
    const fixed = (text: string) => ({
      tools: new Map([["mcp__files__read", {
        ...{ verbs: ["read"], arguments: new Map(), sha256: hash(text) } as const,
      }]]),
    });
    assertEquals(matchDefinitions(listing({ read: "b" }), fixed("b"), state).findings, []);
    assertEquals(matchDefinitions(listing({ read: "a" }), fixed("b"), state).findings.length, 1);
  });

  it("D6 what cannot be read is another one, and nothing claimed is nothing compared", () => {
    const bad: readonly Json[] = [null, "x", {}, ["x"], [1], [`${hash("a")} read`], [["a"]]];
    for (const tool_definitions of bad) {
      const { findings } = matchDefinitions(asking({ tool_definitions }), noTools, emptyToolPins);
      assertEquals(findings.length, 1, JSON.stringify(tool_definitions));
    }
    const strange = asking(listing({ read: "a" }).metadata, "Read");
    assertEquals(matchDefinitions(strange, noTools, emptyToolPins).findings.length, 1);
    assertEquals(matchDefinitions(asking({}), noTools, emptyToolPins).findings, []);
  });

  it("denies what there is no room to remember, and takes no other server's", () => {
    const names = (from: number, count: number) =>
      Object.fromEntries(Array.from({ length: count }, (_, i) => [`t${from + i}`, "a"]));
    let state = emptyToolPins;
    for (let from = 0; from < 128; from += 32) {
      const { fresh } = matchDefinitions(listing(names(from, 32)), noTools, state);
      state = foldToolPins(state, { decision: "allow", tool_pins: encodePins("files", fresh) });
    }
    assertEquals(state.tool_pins.length, 128);
    assertEquals(matchDefinitions(listing(names(128, 2)), noTools, state).findings.length, 2);
    const other = asking(listing({ read: "a" }).metadata, "mcp:other:tools/list");
    assertEquals(matchDefinitions(other, noTools, state).fresh.length, 1);
  });

  it("remembers nothing of what was denied, and never another one for the same tool", () => {
    const { fresh } = matchDefinitions(listing({ read: "a" }), noTools, emptyToolPins);
    assertEquals(pinned(fresh, "deny"), emptyToolPins);
    assertEquals(pinned(fresh, "ask"), emptyToolPins);
    const state = pinned(fresh);
    const evil = matchDefinitions(listing({ read: "b" }), noTools, emptyToolPins).fresh;
    const entry = { decision: "allow", tool_pins: encodePins("files", evil) };
    assertEquals(foldToolPins(state, entry), state);
    for (const tool_pins of [null, 1, [], {}, { server: "files" }, { server: 1, tools: ["x"] }]) {
      assertEquals(foldToolPins(state, { decision: "allow", tool_pins }), state);
    }
  });

  it("R1 a claim holds nothing that is covered as a secret", () => {
    const operation = listing({ get_token: "a", "api-key": "b", password: "c" });
    for (const line of operation.metadata["tool_definitions"] as readonly string[]) {
      assertEquals(findSecrets(line, "words"), [], line);
    }
    assertEquals(readDefinitions(operation)?.map(({ tool }) => tool), [
      ...["get_token", "api-key", "password"],
    ]);
  });
});
