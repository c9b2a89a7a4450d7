/**
 * The permissions and switches baked into the binary: one list for `deno compile` and for running
 * the bundle under `deno run` in tests. `sealward help permissions` says what is kept.
 */

import { sandboxV8Flags } from "../src/adapter/sandbox/role_command.ts";
import {
  hostVariables,
  knownVariables,
  proxyVariables,
  searchVariable,
  suspiciousVariables,
} from "../src/compose/environment.ts";

/** Variables the program may look at or remove. */
const variables = [
  ...knownVariables.filter((name) => !name.startsWith("SCALPEL_")),
  ...suspiciousVariables,
  ...proxyVariables,
  ...hostVariables,
  searchVariable,
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
    // Of the whole program: a compiled one takes none from the environment of a child.
    `--v8-flags=${sandboxV8Flags.join()}`,
    "--allow-read",
    // A path, not the bare flag: only so do narrower grants survive its revocation.
    "--allow-write=/",
    "--allow-run",
    "--allow-sys=uid,gid,hostname,statfs",
    `--allow-net=${hosts.join(",")}`,
    `--allow-env=${variables.join(",")}`,
  ];
}
