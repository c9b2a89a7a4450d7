/**
 * The systemd unit of a guarded install's server.
 *
 * @module
 */
import { EngineError } from "../../core/errors.ts";

export interface UnitOptions {
  readonly engineUser: string;
  /** Absolute. */
  readonly program: string;
  readonly root: string;
  readonly stateFolder: string;
  readonly port: number;
}

/**
 * Text of the unit file.
 *
 * Left out on purpose: PrivateTmp, PrivateDevices and ProtectHome=yes would show the engine another
 * disk than the agent's, and it must see the file an operation means; MemoryDenyWriteExecute ends
 * the runtime, which compiles as it runs.
 *
 * @throws {EngineError} `usage` for paths that a unit file cannot hold.
 */
export function encodeUnitFile(options: UnitOptions): string {
  const { engineUser, program, root, stateFolder, port } = options;
  const words = [program, "serve", "--root", root, "--port", String(port)].map(quoteWord);
  return `[Unit]
Description=Sealward decides for the project in ${escapePercent(plain(root))}
After=local-fs.target

[Service]
Type=exec
User=${engineUser}
# Nothing of any environment reaches the engine.
ExecStart=/usr/bin/env -i ${words.join(" ")}
Restart=always
RestartSec=1
UMask=0077
LimitCORE=0
NoNewPrivileges=yes
CapabilityBoundingSet=
AmbientCapabilities=
ProtectSystem=strict
ProtectHome=read-only
ReadWritePaths=${quoteWord(stateFolder)}
DevicePolicy=closed
ProtectClock=yes
ProtectControlGroups=yes
ProtectHostname=yes
ProtectKernelLogs=yes
ProtectKernelModules=yes
ProtectKernelTunables=yes
RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX
IPAddressDeny=any
IPAddressAllow=localhost
RestrictNamespaces=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
LockPersonality=yes
RemoveIPC=yes
KeyringMode=private
SystemCallArchitectures=native
SystemCallFilter=@system-service

[Install]
WantedBy=multi-user.target
`;
}

/** SECURITY: a line feed in a folder's name would begin a line of the agent's own. */
function plain(path: string): string {
  // deno-lint-ignore no-control-regex -- control characters are what is searched
  if (!/[\u0000-\u001f\u007f\ufffd]/.test(path)) return path;
  throw new EngineError("usage", "Cannot guard a folder with control characters in its name");
}

/** systemd.service(5), "Command lines": quoted, % and $ doubled. */
function quoteWord(word: string): string {
  const escaped = escapePercent(plain(word)).replaceAll("$", "$$$$").replace(/["\\]/g, "\\$&");
  return `"${escaped}"`;
}

/** systemd.unit(5), "Specifiers". */
function escapePercent(text: string): string {
  return text.replaceAll("%", "%%");
}
