// deno-lint-ignore-file no-console -- a script talks to its terminal
/**
 * Plays random sessions over stdio against real servers, each with and without `sealward mcp`, and
 * compares what the client was told, line by line.
 *
 *   task build && task test:mcp-sessions [COUNT] [--seed=N]
 */
import { McpProject } from "../tests/support/mcp_project.ts";
import { createConformance, everything } from "../tests/support/mcp_session_catalogs.ts";
import {
  type Catalog,
  planSession,
  playSession,
  sessionPolicy,
} from "../tests/support/mcp_sessions.ts";
import { compiled } from "../tests/support/sealward.ts";
import { chooseSeed, seeded } from "../tests/support/seeded.ts";

const rounds = 60;
const count = Number(Deno.args.find((argument) => /^[0-9]+$/.test(argument)) ?? 10);
const draw = seeded(chooseSeed("sessions"));

/** @returns Lines compared; null where the two are not the same. */
async function compareOne(given: McpProject, catalog: Catalog): Promise<number | null> {
  const session = planSession(draw, catalog, rounds);
  const bare = await playSession(given, null, catalog, session);
  const proxied = await playSession(given, compiled, catalog, session);
  for (const [round, lines] of bare.entries()) {
    const [without, within] = [lines, proxied[round]].map((all) => JSON.stringify(all, null, 1));
    if (without === within) continue;
    console.log(`${session[round]?.text}WITHOUT ${without}\nWITH ${within}`);
    return null;
  }
  return bare.flat().length;
}

async function compareAll(name: string, catalog: Catalog): Promise<boolean> {
  using given = new McpProject(compiled);
  await given.init(sessionPolicy);
  let lines = 0;
  for (let at = 0; at < count; at++) {
    const compared = await compareOne(given, catalog);
    if (compared === null) return false;
    lines += compared;
  }
  console.log(`${name}: ${count} sessions, ${lines} lines the same`);
  return true;
}

const catalogs: readonly (readonly [string, Catalog])[] = [
  ["server-everything 2025-11-25", everything],
  ["SDK 2025-11-25", createConformance("2025-11-25")],
  ["SDK 2026-07-28", createConformance("2026-07-28")],
];
let isSame = true;
for (const [name, catalog] of catalogs) isSame = await compareAll(name, catalog) && isSame;
Deno.exit(isSame ? 0 : 1);
