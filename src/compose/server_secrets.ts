/**
 * What a server answers callers by.
 *
 * @module
 */
import { readPrivateFile } from "../adapter/key_store.ts";
import type { Layout } from "../adapter/layout.ts";
import type { SignEd25519 } from "../core/ports.ts";
import type { Surroundings } from "./environment.ts";

/** Bearer tokens by role; without an approver's nobody answers requests over HTTP. */
export interface ServerTokens {
  readonly agent: string;
  readonly operator: string;
  readonly approver: string | null;
}

export interface ServerSecrets {
  readonly tokens: ServerTokens;
  readonly sign: SignEd25519;
}

/** Null where there is no server. With trusted keys that cannot be read nothing starts. */
export async function readServerSecrets(
  surroundings: Surroundings,
  layout: Layout,
  role: "one-shot" | "server" | "library" | "proxy",
): Promise<ServerSecrets | null> {
  await surroundings.readTrustedKeys();
  if (role !== "server") return null;
  const { openSigningKey } = await import("../adapter/signing_key.ts");
  const { isThere } = await import("../adapter/is_there.ts");
  const options = { workspace: layout.root, uid: surroundings.uid };
  const read = (path: string) => new TextDecoder().decode(readPrivateFile(path, options)).trim();
  const approverPath = `${layout.tokensFolder}/approver`;
  return {
    tokens: {
      agent: read(`${layout.tokensFolder}/agent`),
      operator: read(`${layout.tokensFolder}/operator`),
      approver: isThere(approverPath) ? read(approverPath) : null,
    },
    sign: openSigningKey(read(`${layout.keysFolder}/checkpoint.pem`)).sign,
  };
}
