/** Public MCP servers from npm, at exact versions and under a lock of their own, run by this Deno. */
const lock = new URL("mcp_servers.lock", import.meta.url).pathname;

const versions = { filesystem: "2026.8.31", everything: "2026.8.31" } as const;

/** A server as a command line. */
export function publicServer(
  name: keyof typeof versions,
  args: readonly string[],
): readonly string[] {
  const specifier = `npm:@modelcontextprotocol/server-${name}@${versions[name]}`;
  const flags = ["--quiet", "--no-config", "--no-prompt", "-A", "--frozen", `--lock=${lock}`];
  return [Deno.execPath(), "run", ...flags, specifier, ...args];
}

/** What they need to be found and loaded. */
export function publicServerEnv(): Readonly<Record<string, string>> {
  const { HOME = "/root", ...env } = Deno.env.toObject();
  return { ...env, DENO_DIR: Deno.env.get("DENO_DIR") ?? `${HOME}/.cache/deno` };
}
