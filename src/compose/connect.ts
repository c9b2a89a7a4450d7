/**
 * `check --server`: the same question to a running server, whose answers are believed only when
 * its key signed them.
 *
 * @module
 */
import { decodeBase64 } from "@std/encoding/base64";
import type { Guard, Layout } from "../adapter/layout.ts";
import { readPrivateFile } from "../adapter/key_store.ts";
import { openPlainFile, readLimited } from "../adapter/plain_file.ts";
import { sealPermissions } from "../adapter/permissions.ts";
import type { Client, ClientOptions } from "../client.ts";
import { EngineError } from "../core/errors.ts";
import { maxSecretBytes } from "../core/limits.ts";
import { encodeOperation } from "../core/operation/encode_operation.ts";
import type { Connection, ConnectOptions } from "../edge/cli/connection.ts";
import { findLayout, proxyVariables, type Surroundings } from "./environment.ts";
import { requireOutput } from "./require_output.ts";

/**
 * Reads token and key, gives up everything but the network, and returns the decider.
 *
 * @param beforeSealing What only an unsealed process can do; token and key have been read.
 */
export async function connect(
  surroundings: Surroundings,
  options: ConnectOptions,
  beforeSealing: () => Promise<void> = () => Promise.resolve(),
): Promise<Connection> {
  const layout = findLayout(surroundings, options.root);
  for (const path of options.outputs) requireOutput(layout, path);
  clearProxies();
  const client = await openClient(surroundings, layout, options);
  await beforeSealing();
  sealPermissions({ writable: options.outputs, keepsNet: true });
  return client;
}

/**
 * Call it before sealing, and before the first request.
 *
 * SECURITY: the runtime sends even requests to 127.0.0.1 through a proxy that the caller's
 * environment names; it would see the token.
 */
export function clearProxies(): void {
  for (const name of proxyVariables) Deno.env.delete(name);
}

/** How a server is reached; a guarded install's own road stands above all of it. */
type Ways = Pick<ConnectOptions, "url" | "tokenPath" | "keyPath" | "unmeasured">;

/** The same without giving anything up: for who does so itself, and has cleared the proxies. */
export async function openClient(
  surroundings: Surroundings,
  layout: Layout,
  ways: Ways,
): Promise<Connection> {
  const client = await openBareClient(surroundings, layout, ways);
  return {
    check: (operations, how) => client.checkAll(operations.map(encodeOperation), how),
    outcome: ({ correlationId, ...rest }) =>
      client.outcome({ correlation_id: correlationId, ...rest }),
    settle: (settlement) => client.settle(settlement),
    status: () => client.status(),
    close: () => Promise.resolve(),
  };
}

/** The client itself, with what only an asker does. */
export async function openBareClient(
  surroundings: Surroundings,
  layout: Layout,
  ways: Ways,
): Promise<Client> {
  const { createClient } = await import("../client.ts");
  return createClient({
    ...readAgentPeer(surroundings, layout, ways),
    unmeasured: ways.unmeasured ?? "listed",
  });
}

type Peer = Pick<ClientOptions, "url" | "token" | "publicKey">;

/** The server as the agent knows it; a guarded install's own stands above all of `ways`. */
export function readAgentPeer(surroundings: Surroundings, layout: Layout, ways: Ways): Peer {
  return layout.guard === null
    ? readPeer(surroundings, layout, ways)
    : readGuardedPeer(surroundings, layout.guard);
}

function readPeer(surroundings: Surroundings, layout: Layout, ways: Ways): Peer {
  const tokenPath = ways.tokenPath ?? `${layout.tokensFolder}/agent`;
  const limits = { workspace: layout.root, uid: surroundings.uid };
  return {
    url: ways.url,
    token: readToken(tokenPath, limits),
    publicKey: readPublicKey(ways.keyPath ?? `${layout.keysFolder}/server.pub`),
  };
}

/** SECURITY: nothing here comes from the caller but who it is. */
function readGuardedPeer({ uid }: Surroundings, guard: Guard): Peer {
  // Root may look as the agent does; the file stays the agent's.
  const limits = { workspace: guard.root, uid: uid === 0 ? guard.agentUid : uid };
  return {
    url: `http://127.0.0.1:${guard.port}`,
    token: readToken(guard.tokenFile, limits),
    publicKey: decodeBase64(guard.serverKey),
  };
}

/** A bearer token. @throws {EngineError} As readPrivateFile. */
export function readToken(path: string, limits: Parameters<typeof readPrivateFile>[1]): string {
  return new TextDecoder().decode(readPrivateFile(path, limits)).trim();
}

/** A server's raw Ed25519 key. @throws {EngineError} `server_untrusted`. */
export function readPublicKey(path: string): Uint8Array {
  try {
    const { file } = openPlainFile(path, { read: true });
    const bytes = readLimited(file, maxSecretBytes) ?? new Uint8Array();
    file.close();
    return decodeBase64(new TextDecoder().decode(bytes).trim());
  } catch (error) {
    throw new EngineError("server_untrusted", `Cannot read the server's public key "${path}"`, {
      hint: "name it with --server-key: the file keys/server.pub of the server's state folder",
      cause: error,
    });
  }
}
