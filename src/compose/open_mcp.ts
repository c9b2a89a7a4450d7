/**
 * What stands behind `sealward mcp`: an install or a server that decides, and the MCP server, which
 * is started when every secret has been read and before the process gives up starting anything.
 *
 * @module
 */
import { startMcpServer } from "../adapter/mcp_server.ts";
import { sealPermissions } from "../adapter/permissions.ts";
import { randomBytes } from "../adapter/random.ts";
import { encodeHex } from "@std/encoding/hex";
import type { Alarm } from "../core/audit/alarm.ts";
import { sha256 } from "../core/integrity/sha256.ts";
import type { McpKeeper, McpOptions, OpenMcp, OwnStreams } from "../edge/cli/mcp_keeper.ts";
import type { McpRoad } from "../edge/mcp/mcp_guard.ts";
import type { McpServer } from "../edge/mcp/run_stdio.ts";
import { clearProxies, connect } from "./connect.ts";
import { knownVariables, type Surroundings } from "./environment.ts";
import { findRoad } from "./find_road.ts";
import { keepLog } from "./keep_log.ts";
import { type OpenedInstall, openInstall } from "./open_install.ts";

/** Variables that are, or lead to, secrets of the engine. */
const secretVariables = knownVariables.filter((name) => /_SECRET(?:_FILE|_FD)?$/.test(name));

export function createMcpKeeper(surroundings: Surroundings): McpKeeper {
  return {
    open: (options) => openMcp(surroundings, options),
    streams: openStreams,
    start: (command) => {
      const server = start(surroundings, command);
      sealPermissions({ writable: [], keepsNet: false });
      return Promise.resolve(server);
    },
  };
}

async function openMcp(surroundings: Surroundings, options: McpOptions): Promise<OpenMcp> {
  const { root, command } = options;
  let server: McpServer | null = null;
  const beforeSealing = () => {
    if (command !== null) server = start(surroundings, command);
    else clearProxies();
    return Promise.resolve();
  };
  const own = { sha256, session: `mcp-${encodeHex(randomBytes(8))}` };
  try {
    const way = findRoad(surroundings, options);
    if (way !== null) {
      const ways = { ...way, root, outputs: [], unmeasured: "unverified" } as const;
      const connection = await connect(surroundings, ways, beforeSealing);
      const { check, outcome, settle, close } = connection;
      return { ...own, road: { check, outcome, settle }, server, close };
    }
    const keepsNet = command === null;
    const install = await openInstall(surroundings, {
      ...{ root, role: "proxy", keepsNet, beforeSealing },
    });
    return { ...own, ...serveLocally(install, options.say), server };
  } catch (error) {
    (server as McpServer | null)?.kill("SIGKILL");
    throw error;
  }
}

/** SECURITY: the server gets no secret of the engine, and can read none by a descriptor. */
function start(
  { variable }: Surroundings,
  command: readonly [string, ...string[]],
): McpServer {
  const descriptors = ["SCALPEL_AUDIT_SECRET_FD", "SCALPEL_TOTP_SECRET_FD"]
    .map((name) => variable(name) ?? "")
    .filter((text) => /^[0-9]{1,3}$/.test(text)).map(Number).filter((number) => number > 2);
  for (const name of secretVariables) Deno.env.delete(name);
  return startMcpServer({ command, descriptors });
}

/** After an outcome protected files are looked at, but not after each of many. */
const lookAfterMs = 1_000;

function serveLocally(
  install: OpenedInstall,
  say: (line: string) => void,
): Pick<OpenMcp, "road" | "close"> {
  const { engine, principal } = install;
  const stopKeeping = keepLog(install.log, () => undefined);
  let lookedAtMs = 0;
  const look = async (): Promise<readonly Alarm[]> => {
    const nowMs = performance.now();
    if (nowMs - lookedAtMs < lookAfterMs) return [];
    lookedAtMs = nowMs;
    return (await engine.observeProtected(principal, { reach: "near" })).alarms;
  };
  const road: McpRoad = {
    check: (operations, wanted) =>
      engine.check(operations, principal, { ...wanted, unmeasured: "unverified" }),
    outcome: async (outcome) => {
      const { alarms } = await engine.recordOutcome(outcome, principal);
      return [...alarms, ...await look()];
    },
    settle: async (settlement) => {
      const settled = await engine.settle(settlement, principal);
      const { alarms } = await engine.observeProtected(principal);
      return [...settled, ...alarms];
    },
  };
  const close = async () => {
    await stopKeeping();
    await install.close();
  };
  for (const warning of install.warnings) say(`warning: ${warning}`);
  return { road, close };
}

function openStreams(): OwnStreams {
  const stop = new AbortController();
  for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"] as const) {
    Deno.addSignalListener(signal, () => stop.abort());
  }
  return { input: Deno.stdin.readable, output: Deno.stdout.writable, stop: stop.signal };
}
