/**
 * Keys trusted to sign policies: those of this host, and those the program was built with. Never from
 * the workspace, never from the environment: an agent writes both.
 *
 * @module
 */
import { EngineError } from "../core/errors.ts";
import type { TrustedKey } from "../core/integrity/trusted_key.ts";
import { compiledKeys } from "./compiled_keys.ts";

/** The host's file. */
const trustedKeysPath = "/etc/sealward/trusted_keys";

/** Reads the keys that count now. @throws {EngineError} `trusted_keys_invalid` */
export type ReadTrustedKeys = () => Promise<readonly TrustedKey[]>;

/**
 * Opens the host's keys.
 *
 * @param path For tests of the rules; the product knows one place only.
 * @returns A reader that costs one lstat(2) where nothing changed, and reads again where it did. It
 *   throws when the file is there and cannot be trusted: then nothing is decided.
 */
export function openTrustedKeys(path = trustedKeysPath): ReadTrustedKeys {
  let last: { readonly stamp: string; readonly keys: readonly TrustedKey[] } | null = null;
  return async () => {
    const stamp = stampOf(path);
    if (last?.stamp === stamp) return last.keys;
    const keys = await readKeys(stamp === "" ? null : path);
    last = { stamp, keys };
    return keys;
  };
}

async function readKeys(path: string | null): Promise<readonly TrustedKey[]> {
  if (path === null && compiledKeys.startsWith("#")) return [];
  return (await import("./trusted_key_file.ts")).readKeyFile(path, compiledKeys);
}

/** Empty where there is no file. */
function stampOf(path: string): string {
  try {
    const { dev, ino, size, mode, uid, nlink, mtime, ctime } = Deno.lstatSync(path);
    return [dev, ino, size, mode, uid, nlink, mtime?.getTime(), ctime?.getTime()].join(" ");
  } catch (cause) {
    if (cause instanceof Deno.errors.NotFound) return "";
    throw new EngineError("trusted_keys_invalid", `Cannot look for trusted keys at "${path}"`, {
      hint: "whoever decides must be able to look there; under `deno run`, --allow-read too",
      cause,
    });
  }
}
