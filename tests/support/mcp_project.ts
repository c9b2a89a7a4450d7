/** A project with an accepted policy about the tools of tests/e2e/fixtures/mcp_server.ts. */
import { McpClient, type McpStart } from "./mcp_client.ts";
import { type Program, Project } from "./sealward.ts";

const fixture = new URL("../e2e/fixtures/mcp_server.ts", import.meta.url).pathname;

export const mcpPolicy = `version: "1.0"
protected:
  files: ["*.env"]
mcp:
  servers:
    test:
      tools:
        write: {verbs: [write], arguments: {content: []}}
        read: {verbs: [read]}
        echo: {verbs: [call]}
        die: {verbs: [call]}
        flood: {verbs: [call]}
        change: {verbs: [call]}
        lie: {verbs: [call]}
        huge: {verbs: [call]}
        garbage: {verbs: [call]}
        split: {verbs: [call]}
        ask: {verbs: [call]}
        fail: {verbs: [call]}
        twice: {verbs: [call]}
`;

export class McpProject implements Disposable {
  readonly project = new Project();
  readonly #program: Program;

  constructor(program: Program) {
    this.#program = program;
  }

  [Symbol.dispose](): void {
    this.project[Symbol.dispose]();
  }

  async accept(policy: string): Promise<void> {
    this.project.write(".scalpel/policy.yaml", policy);
    const { exit, stderr } = await this.project.run(["policy", "accept", "--yes"]);
    if (exit !== 0) throw new Error(stderr);
  }

  async init(policy = mcpPolicy): Promise<void> {
    await this.project.init();
    await this.accept(policy);
  }

  /** Lines the server got; none where it was not started. */
  seen(): readonly string[] {
    try {
      return this.project.read("seen.jsonl").split("\n").slice(0, -1);
    } catch {
      return [];
    }
  }

  /** Calls of tools that reached the server. */
  called(): readonly string[] {
    return this.seen().map((line) => JSON.parse(line))
      .filter(({ method }) => method === "tools/call").map(({ params }) => params.name);
  }

  /** The server as a command line. */
  server(mode = "plain"): readonly string[] {
    const run = [Deno.execPath(), "run", "--quiet", "--no-config", "-A", fixture];
    return [...run, this.project.path("seen.jsonl"), mode];
  }

  start(
    { flags = [], mode = "plain", env = {}, server = this.server(mode) }: {
      readonly flags?: readonly string[];
      readonly mode?: string;
      readonly env?: Readonly<Record<string, string>>;
      readonly server?: readonly string[];
    } = {},
  ): McpClient {
    const command = [...this.#program.command, "mcp", "--name", "test", ...flags, "--", ...server];
    return new McpClient(this.#at(command, env));
  }

  /** The server itself, with nothing before it. */
  startBare(mode = "plain"): McpClient {
    return new McpClient(this.#at(this.server(mode), {}));
  }

  #at(command: readonly string[], env: Readonly<Record<string, string>>): McpStart {
    const { home, root } = this.project;
    return { command, cwd: root, env: { HOME: home, PATH: "/usr/bin:/bin", ...env } };
  }
}
