/**
 * `sealward mcp --describe`: a server's tools as lines for the policy, each with the hash that fixes
 * its definition. What a tool does nobody can tell from here: that is for a person to write.
 *
 * @module
 */
import { EngineError, oneLine } from "../../../core/errors.ts";
import { sha256 } from "../../../core/integrity/sha256.ts";
import { maxMcpAnswerBytes, maxMcpPages, mcpListTimeoutMs } from "../../../core/limits.ts";
import type { JsonObject } from "../../../core/operation/operation.ts";
import { isJsonObject } from "../../../core/operation/parse_field.ts";
import { LineSplitter } from "../../mcp/line_splitter.ts";
import { parseMessage } from "../../mcp/mcp_message.ts";
import type { McpServer } from "../../mcp/run_stdio.ts";
import { readToolPage } from "../../mcp/tool_listing.ts";
import type { ParsedArguments } from "../command.ts";
import type { CliContext } from "../host.ts";
import type { McpKeeper } from "../mcp_keeper.ts";
import { printAnswer } from "./print.ts";

interface Described {
  readonly keeper: McpKeeper;
  readonly command: readonly [string, ...string[]];
  readonly name: string;
  /** For all of it. */
  readonly timeoutMs?: number;
}

/** @returns Exit status. */
export async function describeServer(
  context: CliContext,
  parsed: ParsedArguments,
  { keeper, command, name, timeoutMs = mcpListTimeoutMs * 2 }: Described,
): Promise<number> {
  const server = await keeper.start(command);
  const late = Promise.withResolvers<never>();
  // Not left to its end: what it started in turn may keep its output open.
  const timer = setTimeout(() => late.reject(unlisted()), timeoutMs);
  try {
    const results = await Promise.race([listTools(server), late.promise]);
    printAnswer(context, parsed, render(name, results));
    return 0;
  } finally {
    clearTimeout(timer);
    server.kill("SIGKILL");
    await server.ended;
  }
}

/** The older revision is asked: servers of both know it, or say that they do not. */
async function listTools(server: McpServer): Promise<readonly JsonObject[]> {
  void server.errors.pipeTo(new WritableStream()).catch(() => undefined);
  const ask = createAsker(server);
  const started = await ask("initialize", {
    protocolVersion: "2025-11-25",
    capabilities: {},
    clientInfo: { name: "sealward", version: "1" },
  });
  const meta = started === null
    ? {
      _meta: {
        "io.modelcontextprotocol/protocolVersion": "2026-07-28",
        "io.modelcontextprotocol/clientCapabilities": {},
      },
    }
    : {};
  if (started !== null) await ask.tell("notifications/initialized");
  const results: JsonObject[] = [];
  let cursor: string | null = null;
  do {
    const result = await ask("tools/list", { ...meta, ...(cursor === null ? {} : { cursor }) });
    const page = readToolPage(result, sha256);
    if (result === null || page === null || results.length >= maxMcpPages) throw unlisted();
    results.push(result);
    cursor = page.nextCursor;
  } while (cursor !== null);
  return results;
}

interface Asker {
  (method: string, params: JsonObject): Promise<JsonObject | null>;
  readonly tell: (method: string) => Promise<void>;
}

function createAsker(server: McpServer): Asker {
  const writer = server.input.getWriter();
  const lines = linesOf(server.output);
  const send = async (message: JsonObject) => {
    const line = `${JSON.stringify({ jsonrpc: "2.0", ...message })}\n`;
    // A server that has ended already.
    await writer.write(new TextEncoder().encode(line)).catch(() => Promise.reject(unlisted()));
  };
  let next = 1;
  const ask = async (method: string, params: JsonObject) => {
    const id = next++;
    await send({ id, method, params });
    for (;;) {
      const { value, done } = await lines.next();
      if (done === true) throw unlisted();
      const message = readLine(value);
      if (message?.kind === "response" && message.id === id) return message.result;
    }
  };
  return Object.assign(ask, { tell: (method: string) => send({ method }) });
}

async function* linesOf(output: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array> {
  const splitter = new LineSplitter(maxMcpAnswerBytes);
  for await (const chunk of output) {
    for (const line of splitter.push(chunk)) if (line.kind === "line") yield line.bytes;
  }
}

function readLine(bytes: Uint8Array): ReturnType<typeof parseMessage> | null {
  try {
    return parseMessage(bytes, "server");
  } catch {
    return null;
  }
}

function unlisted(): EngineError {
  return new EngineError("server_unreachable", "The MCP server gave no list of its tools", {
    hint: "start it by hand and look what it says on stderr",
  });
}

function render(name: string, results: readonly JsonObject[]): string {
  const lines = ["mcp:", "  servers:", `    ${name}:`, "      tools:"];
  for (const result of results) {
    const { definitions } = readToolPage(result, sha256) ?? { definitions: [] };
    const tools = Array.isArray(result["tools"]) ? result["tools"].filter(isJsonObject) : [];
    for (const { tool, sha256: hash } of definitions) {
      const { description, inputSchema } = tools.find((one) => one["name"] === tool) ?? {};
      const properties = isJsonObject(inputSchema ?? null)
        ? (inputSchema as JsonObject)["properties"] ?? {}
        : {};
      const names = isJsonObject(properties) ? Object.keys(properties) : [];
      lines.push(
        `        # ${oneLine(String(description ?? ""), 160)}`,
        `        # arguments: ${oneLine(names.join(", "), 160)}`,
        `        ${JSON.stringify(tool)}:`,
        "          verbs: []  # write what it does: read, write, create, delete, connect, call",
        `          sha256: "${hash}"`,
      );
    }
  }
  return `${lines.join("\n")}\n`;
}
