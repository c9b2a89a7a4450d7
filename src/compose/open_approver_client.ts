/**
 * A person's road to a running server, with the approver's token.
 *
 * @module
 */
import { decodeBase64 } from "@std/encoding/base64";
import type { Guard, Layout } from "../adapter/layout.ts";
import type { ApproverClient, ApproverClientOptions } from "../approver_client.ts";
import { EngineError } from "../core/errors.ts";
import { readPublicKey, readToken } from "./connect.ts";
import { approverTokenPath } from "./create_approver_token.ts";
import type { Surroundings } from "./environment.ts";

/** How the server is reached; a guarded install's address and key stand above it. */
export interface ApproverWays {
  /** Of a local install's server; a guarded one has its own. */
  readonly url: string;
  /** Null: the token of the install itself, in a guarded one root's to read. */
  readonly tokenPath: string | null;
  /** Null: the public key of the install. */
  readonly keyPath: string | null;
}

/**
 * Reads token and key and gives nothing up; clear the proxies first (clearProxies in connect.ts).
 *
 * @throws {EngineError} `secret_missing`, `secret_unsafe` of the token; `server_untrusted` of the
 *   key; `usage` for a URL that shows the token to others, and in a guarded install for who is not
 *   root and names no token.
 */
export async function openApproverClient(
  surroundings: Surroundings,
  layout: Layout,
  ways: ApproverWays,
): Promise<ApproverClient> {
  const peer = layout.guard === null
    ? localPeer(surroundings, layout, ways)
    : guardedPeer(surroundings, { ...layout, guard: layout.guard }, ways);
  const { createApproverClient } = await import("../approver_client.ts");
  return createApproverClient(peer);
}

function localPeer({ uid }: Surroundings, layout: Layout, ways: ApproverWays) {
  const tokenPath = ways.tokenPath ?? approverTokenPath(layout);
  return {
    url: ways.url,
    token: readToken(tokenPath, { workspace: layout.root, uid }),
    publicKey: readPublicKey(ways.keyPath ?? `${layout.keysFolder}/server.pub`),
  };
}

/** SECURITY: address and key are root's, from client.json; a caller could be led to a false server. */
function guardedPeer(
  { uid }: Surroundings,
  layout: Layout & { readonly guard: Guard },
  ways: ApproverWays,
): ApproverClientOptions {
  const { guard } = layout;
  if (ways.tokenPath === null && uid !== 0) {
    throw new EngineError("usage", "Cannot read the approver's token of a guarded install", {
      hint: "run as root, or name your copy of it with --token-file",
    });
  }
  // The install's own is the engine's; a copy must be the person's.
  const owner = ways.tokenPath === null ? guard.engineUid : uid;
  const tokenPath = ways.tokenPath ?? approverTokenPath(layout);
  return {
    url: `http://127.0.0.1:${guard.port}`,
    token: readToken(tokenPath, { workspace: guard.root, uid: owner }),
    publicKey: decodeBase64(guard.serverKey),
  };
}
