/**
 * `check --server`: the same question to a running server, whose answers are believed only when
 * its key signed them.
 *
 * @module
 */
import { decodeBase64 } from "@std/encoding/base64";
import { readPrivateFile } from "../adapter/key_store.ts";
import { openPlainFile, readLimited } from "../adapter/plain_file.ts";
import { sealPermissions } from "../adapter/permissions.ts";
import { EngineError } from "../core/errors.ts";
import { maxSecretBytes } from "../core/limits.ts";
import { encodeOperation } from "../core/operation/encode_operation.ts";
import type { Connection, ConnectOptions } from "../edge/cli/host.ts";
import { findLayout, proxyVariables, type Surroundings } from "./environment.ts";
import { requireOutput } from "./output_file.ts";

/** Reads token and key, gives up everything but the network, and returns the decider. */
export async function connect(
  surroundings: Surroundings,
  options: ConnectOptions,
): Promise<Connection> {
  const layout = findLayout(surroundings, options.root);
  for (const path of options.outputs) requireOutput(layout, path);
  const tokenPath = options.tokenPath ?? `${layout.tokensFolder}/agent`;
  const keyPath = options.keyPath ?? `${layout.keysFolder}/server.pub`;
  const limits = { workspace: layout.root, uid: surroundings.uid };
  const token = new TextDecoder().decode(readPrivateFile(tokenPath, limits)).trim();
  const publicKey = readPublicKey(keyPath);
  // SECURITY: the runtime sends even requests to 127.0.0.1 through a proxy that the caller's
  // environment names; it would see the token.
  for (const name of proxyVariables) Deno.env.delete(name);
  const { createClient } = await import("../client.ts");
  const client = createClient({
    url: options.url,
    token,
    publicKey,
    unmeasured: options.unmeasured ?? "listed",
  });
  sealPermissions({ writable: options.outputs, keepsNet: true });
  return {
    check: (operations, how) => client.checkAll(operations.map(encodeOperation), how),
    outcome: ({ correlationId, ...rest }) =>
      client.outcome({ correlation_id: correlationId, ...rest }),
    settle: (settlement) => client.settle(settlement),
    close: () => Promise.resolve(),
  };
}

function readPublicKey(path: string): Uint8Array {
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
