/** How much the proxy says about a server that makes it speak. */
import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { limitLines } from "../../../src/edge/mcp/limit_lines.ts";

describe("limitLines()", () => {
  it("MCP-13 says a hundred lines, then two a second, and how many it kept", () => {
    let atMs = 0;
    const said: string[] = [];
    const say = limitLines((line) => said.push(line), () => atMs);
    for (let i = 0; i < 5_000; i++) say(`line ${i}`);
    assertEquals([said.length, said.at(-1)], [100, "line 99"]);
    atMs += 500;
    say("later");
    say("too soon");
    assertEquals(said.slice(100), ["later (4900 lines before it were not said)"]);
  });
});
