/**
 * Keys of approvers to the last byte. Loaded where a policy is read as text, which every policy is
 * before it comes into force; what is kept of it has passed.
 *
 * @module
 */
import { decodeSshKey } from "../integrity/decode_ssh_key.ts";
import { SshFormError } from "../integrity/ssh_reader.ts";
import type { Policy } from "./policy.ts";
import { PolicyError } from "./policy_error.ts";

/** @throws {PolicyError} `policy_invalid` at the first key that is none, or under which anybody signs. */
export function requireSoundKeys(policy: Policy): Policy {
  for (const [index, { sshKeys }] of (policy.overrides?.approvers ?? []).entries()) {
    for (const [at, { blob }] of sshKeys.entries()) {
      try {
        decodeSshKey(blob);
      } catch (error) {
        if (!(error instanceof SshFormError)) throw error;
        throw new PolicyError("policy_invalid", `Cannot use the SSH key: ${error.message}`, {
          path: ["overrides", "approvers", index, "ssh_keys", at],
          hint: "copy the whole line of the .pub file, or make a key: ssh-keygen -t ed25519",
          cause: error,
        });
      }
    }
  }
  return policy;
}
