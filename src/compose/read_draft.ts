/**
 * A policy that somebody thinks of: one file, or the folder of a checkout.
 *
 * @module
 */
import { encodeHex } from "@std/encoding/hex";
import { openPolicyStore } from "../adapter/policy_store.ts";
import { policyDigest } from "../core/integrity/policy_digest.ts";
import { policyFile, type PolicySnapshot } from "../core/integrity/policy_snapshot.ts";
import { sha256 } from "../core/integrity/sha256.ts";
import { readPolicyFile } from "./read_policy_file.ts";

/** Every input of the folder, or the one file as if it were the only one. */
export function readDraft(path: string): PolicySnapshot {
  if (isFolder(path)) return openPolicyStore({ policyFolder: path })("inputs");
  const bytes = readPolicyFile(path);
  const inputs = [{ path: policyFile, sha256: encodeHex(sha256(bytes)) }];
  return { digest: policyDigest(inputs, sha256), inputs, files: new Map([[policyFile, bytes]]) };
}

function isFolder(path: string): boolean {
  try {
    return Deno.lstatSync(path).isDirectory;
  } catch {
    // Reading it says what is wrong.
    return false;
  }
}
