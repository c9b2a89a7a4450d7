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

/** What the tools of server-filesystem do, and what nobody may change. */
export const filesystemPolicy = `version: "1.0"
protected:
  files: ["*.env", "locked/"]
mcp:
  servers:
    test:
      tools:
        read_text_file: {verbs: [read]}
        list_directory: {verbs: [read]}
        get_file_info: {verbs: [read]}
        list_allowed_directories: {verbs: [call]}
        create_directory: {verbs: [create]}
        write_file: {verbs: [write], arguments: {content: []}}
        edit_file: {verbs: [write], arguments: {edits: []}}
        move_file: {verbs: [delete, create], arguments: {source: [delete], destination: [create]}}
`;
