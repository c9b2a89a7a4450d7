/** A random session over stdio, with and without the proxy, under a policy that allows everything. */
import { assert, assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { McpProject } from "../support/mcp_project.ts";
import { everything } from "../support/mcp_session_catalogs.ts";
import { planSession, playSession, sessionPolicy } from "../support/mcp_sessions.ts";
import { compiled } from "../support/sealward.ts";
import { chooseSeed, seeded } from "../support/seeded.ts";

const rounds = 40;

describe("@modelcontextprotocol/server-everything", () => {
  const draw = seeded(chooseSeed("MCP-22"));
  it("MCP-22 a random session is the same with and without the proxy", async () => {
    using given = new McpProject(compiled);
    await given.init(sessionPolicy);
    const session = planSession(draw, everything, rounds);
    const bare = await playSession(given, null, everything, session);
    const proxied = await playSession(given, compiled, everything, session);
    for (const [round, lines] of bare.entries()) assertEquals(proxied[round], lines);
    assertEquals(proxied.length, bare.length);
    assert(bare.flat().length >= rounds);
  });
});
