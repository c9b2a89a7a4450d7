/**
 * Keys of `mcp`: what the tools of MCP servers do.
 *
 * @module
 */
import { maxMcpServers, maxMcpTools } from "../limits.ts";
import { verbs } from "../operation/effect.ts";
import { mcpServerGrammar, mcpToolGrammar } from "../operation/mcp_names.ts";
import type { SchemaNode } from "./schema_node.ts";

/** Arguments of one tool that a map speaks of. */
const maxArguments = 64;

const tool = {
  kind: "section",
  minKeys: 1,
  keys: {
    verbs: {
      kind: "words",
      values: verbs,
      minItems: 1,
      maxItems: verbs.length,
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
      },
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
    },
  },
} as const satisfies SchemaNode;

const tools = {
  kind: "map",
  name: mcpToolGrammar,
  wanted: "1 to 128 letters, digits and _ . / -",
  maxEntries: maxMcpTools,
  value: tool,
} as const;

export const mcpSection = {
  kind: "section",
  keys: {
    servers: {
      kind: "map",
      name: mcpServerGrammar,
      wanted: "1 to 64 letters, digits and _ -, beginning with no sign, without __",
      maxEntries: maxMcpServers,
      value: {
        kind: "section",
        minKeys: 1,
        keys: {
          tools,
          methods: tools,
        },
      },
    },
  },
} as const satisfies SchemaNode;
