import type { Command } from "../../../src/edge/cli/command.ts";

const base = {
  examples: [],
  flags: [],
  exits: [[0, "success"]],
  run: () => Promise.resolve(0),
} as const;

/** A small table with every feature of the declarations; shapes as in the real one. */
export const fakeCommands: readonly Command<null>[] = [
  {
    ...base,
    path: ["check"],
    summary: "Decides one operation",
    description: "Reads one operation from flags\nor from a file.\n\nAnswers after it is recorded.",
    examples: [{ command: "sealward check --type file_read --file a.ts", what: "May I read it?" }],
    flags: [
      { name: "type", short: "t", kind: "string", value: "TYPE", description: "Operation type" },
      {
        name: "file",
        kind: "string",
        value: "FILE",
        collect: true,
        description: "Affected file",
      },
      { name: "note", kind: "string", mayBeEmpty: true, description: "It's [a] label: free text" },
      { name: "batch", kind: "boolean", description: "Read JSON lines" },
      { name: "secret-door", kind: "boolean", hidden: true, description: "Not shown" },
    ],
    positionals: [{ name: "FILE", required: false, variadic: true, description: "JSON files" }],
    formats: ["table", "json", "jsonl"],
    exits: [[0, "allow"], [2, "deny"]],
  },
  {
    ...base,
    path: ["exec"],
    summary: "Runs a command if it may",
    rest: { name: "CMD", required: true, variadic: true, description: "Command and arguments" },
    formats: [],
  },
  { ...base, path: ["audit", "verify"], summary: "Verifies the log" },
  { ...base, path: ["audit", "query"], summary: "Lists entries" },
  {
    ...base,
    path: ["completion"],
    summary: "Prints a completion script",
    positionals: [{
      name: "SHELL",
      required: true,
      variadic: false,
      choices: ["bash", "zsh", "fish"],
      description: "Shell",
    }],
  },
  { ...base, path: ["version"], summary: "Prints the version" },
  { ...base, path: ["inner"], summary: "Not for people", hidden: true },
];
