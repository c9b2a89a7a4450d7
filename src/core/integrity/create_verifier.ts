/**
 * What verifies a policy's signature; loaded for a policy that is new.
 *
 * @module
 */
import type { VerifyEd25519 } from "../ports.ts";
import type { TrustAnchors } from "./judge_trust.ts";
import { signatureNamespace } from "./manifest.ts";
import { type SshsigHashes, verifySshsig } from "./sshsig.ts";

/** Verifies signatures made for a policy, and no others. */
export function createVerifier(
  tools: SshsigHashes & { readonly verifyEd25519: VerifyEd25519 },
): TrustAnchors["verify"] {
  return (signature, message) =>
    verifySshsig(signature, message, { ...tools, namespace: signatureNamespace });
}
