/**
 * An agent loop whose tools run only after a durable allow of a running server, on Deno and on Node.
 *
 * Reads tool calls as JSON lines, as a model's answer would be taken apart, and prints each result:
 *
 *     {"tool": "write_file", "input": {"path": "notes.txt", "text": "hello"}}
 *
 * Arguments: the server's URL, the agent's token file, the file of the server's public key; beside
 * `sealward exec --serve` none, its variables name all three.
 */
import { Buffer } from "node:buffer";
import { execFile } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import process from "node:process";
import { createInterface } from "node:readline";
import { type Client, createClient } from "../../src/client.ts";

type Input = Readonly<Record<string, string>>;

interface Tool {
  /** Everything the engine can know before it happens. */
  readonly operation: (input: Input) => unknown;
  readonly run: (input: Input) => Promise<string>;
}

const tools: Readonly<Record<string, Tool>> = {
  read_file: {
    operation: ({ path }) => ({ type: "file_read", affected_files: [path] }),
    run: ({ path = "" }) => readFile(path, "utf8"),
  },
  write_file: {
    operation: ({ path, text }) => ({ type: "file_write", affected_files: [path], content: text }),
    run: async ({ path = "", text = "" }) => {
      await writeFile(path, text);
      return `wrote ${text.length} characters`;
    },
  },
  run: {
    operation: ({ command }) => ({ type: "command", command }),
    run: ({ command = "" }) =>
      new Promise((resolve) => {
        execFile("bash", ["-c", command], (error, stdout, stderr) => {
          resolve(`exit ${error === null ? 0 : error.code}\n${stdout}${stderr}`);
        });
      }),
  },
};

/** The tool's result, or why it did not run. */
async function call(client: Client, name: string, input: Input): Promise<object> {
  const tool = Object.hasOwn(tools, name) ? tools[name] : undefined;
  if (tool === undefined) return { error: `there is no tool ${name}` };
  try {
    const { allowed, reason, override } = await client.check(tool.operation(input));
    // A person may lift it: docs/overrides.md.
    const request = override?.status === "offered" ? override.request_id : null;
    if (!allowed) return { error: reason, request };
  } catch (error) {
    return { error: `${error instanceof Error ? error.message : error}: not done` };
  }
  return await tool.run(input).then((result) => ({ result }), (error) => ({ error: `${error}` }));
}

const { SCALPEL_SERVER, SCALPEL_TOKEN_FILE, SCALPEL_SERVER_KEY_FILE } = process.env;
const handed = [SCALPEL_SERVER, SCALPEL_TOKEN_FILE, SCALPEL_SERVER_KEY_FILE];
const [url = "", tokenFile = "", keyFile = ""] = process.argv.length > 2
  ? process.argv.slice(2)
  : handed;
const client = createClient({
  url,
  token: (await readFile(tokenFile, "utf8")).trim(),
  publicKey: new Uint8Array(Buffer.from(await readFile(keyFile, "utf8"), "base64")),
  // Nobody looks at the answer once more: what cannot be measured is as the policy says.
  unmeasured: "unverified",
});
for await (const line of createInterface({ input: process.stdin })) {
  const { tool, input } = JSON.parse(line);
  process.stdout.write(`${JSON.stringify(await call(client, tool, input))}\n`);
}
