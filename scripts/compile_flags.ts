/**
 * The permissions and switches baked into the binary: one list for `deno compile` and for running
 * the bundle under `deno run` in tests. `sealward help permissions` says what is kept.
 */

/** Variables the program may look at, beside SCALPEL_*. */
const variables = [
  "HOME",
  "XDG_STATE_HOME",
  "CREDENTIALS_DIRECTORY",
  "NO_COLOR",
  "FORCE_COLOR",
  "CLICOLOR_FORCE",
  "TERM",
  "COLUMNS",
  "LANG",
  "LC_ALL",
  "LC_CTYPE",
  "DENO_SERVE_ADDRESS",
  "DENO_TRUST_PROXY_HEADERS",
  "DENO_INTERNAL_CHILD_ENTRYPOINT",
  "NODE_CHANNEL_FD",
  "NODE_OPTIONS",
  "DENO_V8_FLAGS",
  "OTEL_DENO",
  "LD_PRELOAD",
  "LD_LIBRARY_PATH",
  // Removed before a client's first request, or they would send it elsewhere.
  "HTTP_PROXY",
  "HTTPS_PROXY",
  "ALL_PROXY",
  "http_proxy",
  "https_proxy",
  "all_proxy",
  "SCALPEL_*",
];

/** What the permission flags depend on. */
export interface CompileTarget {
  /** Deno 2.9 knows `unix:` addresses, the 2.6 base does not. */
  readonly knowsUnixAddresses: boolean;
  readonly socketPath: string;
  /** Hosts beside loopback, for a build that must talk to one. */
  readonly extraHosts: readonly string[];
}

/** Flags for `deno compile` and `deno run` alike. */
export function compileFlags(target: CompileTarget): readonly string[] {
  const hosts = ["127.0.0.1", "[::1]", ...target.extraHosts];
  if (target.knowsUnixAddresses) hosts.push(`unix:${target.socketPath}`);
  return [
    "--no-prompt",
    "--allow-read",
    // A path, not the bare flag: only so do narrower grants survive its revocation.
    "--allow-write=/",
    "--allow-run",
    "--allow-sys=uid,gid,hostname,statfs",
    `--allow-net=${hosts.join(",")}`,
    `--allow-env=${variables.join(",")}`,
  ];
}
