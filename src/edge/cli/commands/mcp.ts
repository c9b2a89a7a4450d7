/**
 * `sealward mcp`: between an MCP client and a server.
 *
 * @module
 */
import { EngineError } from "../../../core/errors.ts";
import { mcpServerGrammar } from "../../../core/operation/mcp_names.ts";
import { limitLines } from "../../mcp/limit_lines.ts";
import type { Command, ParsedArguments } from "../command.ts";
import type { CliContext } from "../host.ts";
import type { McpOptions } from "../mcp_keeper.ts";
import { quote, usageError } from "../usage_error.ts";
import { say } from "./print.ts";
import { parsePort } from "./serve.ts";

const defaultPort = 8788;

export const mcpCommand: Command<CliContext> = {
  path: ["mcp"],
  summary: "Stand between an MCP client and a server",
  description: "Starts an MCP server and passes its messages on; a tool is called only when the " +
    "policy allows what the call would do. Or listens on 127.0.0.1 before a server that is reached " +
    "over HTTP. docs/mcp.md tells how a policy speaks of tools.",
  usage: "[--name NAME] -- SERVER [ARGUMENT...]",
  examples: [
    {
      command: "sealward mcp --name files -- npx -y @modelcontextprotocol/server-filesystem .",
      what: "as the command line of an MCP server in an agent's settings",
    },
    {
      command: "sealward mcp --http http://127.0.0.1:3001/mcp --port 8788",
      what: "before a server that runs already",
    },
    {
      command: "sealward mcp --describe --name files -- npx -y SERVER .",
      what: "its tools, as lines for the policy",
    },
  ],
  flags: [
    {
      name: "name",
      kind: "string",
      value: "NAME",
      description: "What the policy calls the server",
    },
    {
      name: "http",
      kind: "string",
      value: "URL",
      description: "Pass requests on to this server on 127.0.0.1 instead of starting one",
    },
    {
      name: "port",
      kind: "string",
      value: "PORT",
      description: `With --http: listen on this port (${defaultPort})`,
    },
    {
      name: "approval-url",
      kind: "string",
      value: "URL",
      description: "A page for people who approve; {id} stands for the request",
    },
    { name: "describe", kind: "boolean", description: "Print the server's tools and end" },
    { name: "server", kind: "string", value: "URL", description: "Ask a running engine instead" },
    { name: "token-file", kind: "string", value: "FILE", description: "Token for the engine" },
    { name: "server-key", kind: "string", value: "FILE", description: "Public key of the engine" },
  ],
  rest: {
    name: "SERVER",
    required: false,
    variadic: true,
    description: "Program of the MCP server, and its arguments",
  },
  formats: [],
  exits: [
    [0, "the client ended it, or a signal"],
    [1, "the server failed or could not be started, or nothing could be decided"],
    [5, "policy or log was tampered with"],
  ],
  run: runMcp,
};

async function runMcp(context: CliContext, parsed: ParsedArguments): Promise<number> {
  const { flags } = parsed;
  const url = flags.text("http");
  const name = readName(flags.text("name"));
  const command = readCommand(parsed.rest);
  if ((command === null) === (url === null)) {
    throw usageError("No one server was given", "give -- SERVER, or --http URL");
  }
  if (url === null && flags.text("port") !== null) {
    throw usageError("Cannot use --port without --http", "leave it out");
  }
  const approvalUrl = readApprovalUrl(flags.text("approval-url"));
  const keeper = await context.host.mcpKeeper();
  if (flags.isSet("describe")) {
    if (command === null) throw usageError("Cannot describe over --http", "give -- SERVER");
    const { describeServer } = await import("./describe_mcp.ts");
    return await describeServer(context, parsed, { keeper, command, name });
  }
  const options: McpOptions = {
    root: flags.text("root"),
    server: flags.text("server"),
    tokenPath: flags.text("token-file"),
    keyPath: flags.text("server-key"),
    command,
    say: limitLines((line) => say(context, parsed, line)),
  };
  if (url === null) {
    const { runMcpStdio } = await import("./mcp_stdio.ts");
    return await runMcpStdio(context, keeper, { ...options, name, approvalUrl });
  }
  const { runMcpHttp } = await import("./mcp_http.ts");
  const port = parsePort(flags.text("port")) ?? defaultPort;
  return await runMcpHttp(context, keeper, { ...options, name, approvalUrl, url, port });
}

function readName(text: string | null): string {
  const name = text ?? "server";
  if (mcpServerGrammar.test(name)) return name;
  throw usageError(`Cannot use ${quote(name)} as a server's name`, "letters, digits and _ -");
}

function readCommand([program, ...args]: readonly string[]): McpOptions["command"] {
  if (program === undefined) return null;
  if (program === "") throw usageError("Cannot start a program without a name", "give -- SERVER");
  return [program, ...args];
}

function readApprovalUrl(text: string | null): string | null {
  if (text === null) return null;
  try {
    const { protocol, username } = new URL(text);
    if (["http:", "https:"].includes(protocol) && username === "") return text;
  } catch (cause) {
    throw new EngineError("usage", `Cannot use ${quote(text)} as a URL`, { cause });
  }
  throw usageError(`Cannot show people ${quote(text)}`, "give an http or https URL");
}
