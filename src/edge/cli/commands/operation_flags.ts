/**
 * Flags that describe one operation; read_operations.ts reads them.
 *
 * @module
 */
import type { Flag } from "../command.ts";

export const operationFlags: readonly Flag[] = [
  { name: "type", kind: "string", value: "TYPE", description: "Operation type" },
  {
    name: "file",
    kind: "string",
    value: "FILE",
    collect: true,
    description: "File it touches, relative to the working folder",
  },
  {
    name: "metadata",
    kind: "string",
    value: "KEY=VALUE",
    collect: true,
    description: "Metadata, e.g. complexity=7",
  },
  { name: "command", kind: "string", value: "TEXT", description: "Command line it would run" },
  { name: "cwd", kind: "string", value: "DIR", description: "Its working folder" },
  { name: "timestamp", kind: "string", value: "TIME", description: "Label: when it was asked" },
  { name: "correlation-id", kind: "string", value: "ID", description: "Label: echoed back" },
];
