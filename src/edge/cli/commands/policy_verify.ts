/**
 * `sealward policy verify`: is the policy of a checkout the one somebody trusted signed. Asks no log:
 * whether a newer one was in force is a host's to know.
 *
 * @module
 */
import { EngineError, oneLine } from "../../../core/errors.ts";
import type { NewPolicy } from "../../../core/integrity/judge_trust.ts";
import { renderJson } from "../../render.ts";
import type { Command, ParsedArguments } from "../command.ts";
import type { CliContext } from "../host.ts";
import type { PolicySigner } from "../policy_signer.ts";
import { printAnswer } from "./print.ts";

export const policyVerifyCommand: Command<CliContext> = {
  path: ["policy", "verify"],
  summary: "Verify manifest, signature and files of a policy",
  description: "Needs no install. Does not know whether a newer policy was in force somewhere.",
  examples: [
    { command: "sealward policy verify", what: "under the keys this host trusts" },
    { command: "sealward policy verify --key policy.pub", what: "under these keys, e.g. in CI" },
  ],
  flags: [{
    name: "key",
    kind: "string",
    value: "FILE",
    description: "File of public keys, instead of those this host trusts",
  }],
  exits: [
    [0, "signed by one of the keys, and nothing differs"],
    [1, "could not read it, or the keys"],
    [3, "no key to verify with, or the policy is invalid or not signed at all"],
    [5, "not what was signed"],
  ],
  run: runPolicyVerify,
};

async function runPolicyVerify(context: CliContext, parsed: ParsedArguments): Promise<number> {
  const signer = await context.host.policySigner();
  // What lies there may be anybody's.
  await context.host.sealForReading();
  const keys = keysOf(context, parsed, signer);
  const checkout = signer.read(parsed.flags.text("root"));
  const { manifest, signature } = checkout.signed;
  if (manifest === null || signature === null) {
    throw new EngineError("signature_required", "Cannot verify: the policy is not signed", {
      hint: "run `sealward policy sign`",
    });
  }
  const trust = signer.judge(checkout, keys);
  if (trust.status === "new") {
    signer.refuseFaulty(checkout);
    printVerified(context, parsed, trust);
    return 0;
  }
  throw new EngineError("policy_tampered", oneLine(trust.message, 1_000));
}

function keysOf(context: CliContext, parsed: ParsedArguments, signer: PolicySigner) {
  const path = parsed.flags.text("key");
  const keys = path === null
    ? signer.trustedKeys
    : signer.readPublicKeys(context.host.absolute(path));
  if (keys.length > 0) return keys;
  throw new EngineError("signature_required", "Cannot verify: no key is trusted here", {
    hint: "give --key FILE.pub, or put the key into /etc/sealward/trusted_keys",
  });
}

function printVerified(
  context: CliContext,
  parsed: ParsedArguments,
  { manifest, key, policyDigest }: NewPolicy,
): void {
  const { project, policy_version, signer, signed_at, expires_at, min_engine, files } = manifest;
  const facts = {
    schema_version: 1,
    valid: true,
    project,
    policy_version,
    signer,
    key: key.fingerprint,
    signed_at,
    expires_at,
    min_engine,
    files: files.length,
    policy_digest: policyDigest,
  };
  const text = `valid: version ${policy_version} of ${project}, ${files.length} files\n` +
    `  signed by ${signer} at ${signed_at}\n  key ${key.fingerprint}\n` +
    `  ${expires_at === null ? "does not expire" : `expires at ${expires_at}`}\n`;
  printAnswer(context, parsed, parsed.format === "table" ? text : renderJson(facts, parsed.format));
}
