/**
 * Keys of `mcp`: what the tools of MCP servers do.
 *
 * @module
 */
import { maxMcpServers, maxMcpTools } from "../limits.ts";
import { verbs } from "../operation/effect.ts";
import { mcpServerGrammar, mcpToolGrammar } from "../operation/mcp_names.ts";
import type { SchemaNode } from "./schema_node.ts";

const since = "0.1.0";

/** Arguments of one tool that a map speaks of. */
const maxArguments = 64;

const tool = {
  kind: "section",
  minKeys: 1,
  description: "One tool: known from now on, and judged by what is written here.",
  since,
  keys: {
    verbs: {
      kind: "words",
      values: verbs,
      minItems: 1,
      maxItems: verbs.length,
      description: "What it does to the paths among its arguments; [call] for a tool without any.",
      since,
    },
    arguments: {
      kind: "map",
      name: /^(?!(?:constructor|prototype|__proto__)$)[^\p{Cc}\p{Cf}]{1,128}$/u,
      wanted: "an argument's name is 1 to 128 characters",
      maxEntries: maxArguments,
      value: {
        kind: "words",
        values: verbs,
        minItems: 0,
        maxItems: verbs.length,
        description: "What it does to the paths in this argument; [] for one that names none.",
        since,
      },
      examples: [{ source: ["delete"], destination: ["create"], content: [] }],
      description: "Arguments with verbs of their own; the others are looked through for paths.",
      since,
    },
    sha256: {
      kind: "text",
      isRequired: false,
      maxCharacters: 64,
      shape: /^[0-9a-f]{64}$/,
      wanted: {
        what: "a SHA-256, 64 hex digits in lower case",
        hint: "sealward mcp --describe -- SERVER prints the lines; write it in quotes",
      },
      examples: ["e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"],
      description: "Of its definition as the server gives it; another one denies.",
      since,
    },
  },
} as const satisfies SchemaNode;

const tools = (description: string, example: string) => ({
  kind: "map",
  name: mcpToolGrammar,
  wanted: "1 to 128 letters, digits and _ . / -",
  maxEntries: maxMcpTools,
  value: tool,
  examples: [{ [example]: { verbs: ["read"] } }],
  description,
  since,
} as const);

export const mcpSection = {
  kind: "section",
  description: "MCP servers behind `sealward mcp`, or behind a host with a hook.",
  since,
  keys: {
    servers: {
      kind: "map",
      name: mcpServerGrammar,
      wanted: "1 to 64 letters, digits and _ -, beginning with no sign, without __",
      maxEntries: maxMcpServers,
      value: {
        kind: "section",
        minKeys: 1,
        description: "One server, by the name the agent's host and --name give it.",
        since,
        keys: {
          tools: tools("Its tools by name. One that is not here is unverified.", "read_file"),
          methods: tools(
            "Other things it is asked for: resources/read, prompts/get.",
            "resources/read",
          ),
        },
      },
      examples: [{ files: { tools: { read_file: { verbs: ["read"] } } } }],
      description: "Servers by name.",
      since,
    },
  },
} as const satisfies SchemaNode;
