/**
 * `sealward policy keygen`: a key pair that signs policies.
 *
 * @module
 */
import { unreadableCharacter } from "../../../core/operation/fold_for_matching.ts";
import { renderJson } from "../../render.ts";
import type { Command, ParsedArguments } from "../command.ts";
import type { CliContext } from "../host.ts";
import { usageError } from "../usage_error.ts";
import { printAnswer } from "./print.ts";

export const policyKeygenCommand: Command<CliContext> = {
  path: ["policy", "keygen"],
  summary: "Make a key that signs policies",
  description: "Writes an Ed25519 key to FILE (0600) and its public half to FILE.pub. Keep FILE " +
    "where no agent works.",
  examples: [{ command: "sealward policy keygen ~/keys/policy", what: "FILE and FILE.pub" }],
  flags: [{
    name: "comment",
    kind: "string",
    value: "TEXT",
    description: "Who the key belongs to; stands in FILE.pub",
  }],
  positionals: [{
    name: "FILE",
    required: true,
    variadic: false,
    description: "New file for the private key, outside every project",
  }],
  exits: [[0, "made"], [1, "could not write, or the place is an agent's"]],
  run: runPolicyKeygen,
};

async function runPolicyKeygen(context: CliContext, parsed: ParsedArguments): Promise<number> {
  const { host } = context;
  const comment = parsed.flags.text("comment") ?? "sealward-policy";
  if (comment.length > 256 || unreadableCharacter.test(comment)) {
    throw usageError("Cannot use this comment", "write at most 256 visible characters");
  }
  const signer = await host.policySigner();
  const key = signer.createKey(host.absolute(parsed.positionals[0] ?? ""), comment);
  const text = parsed.format === "table"
    ? [
      `key:         ${key.path}`,
      `public key:  ${key.publicPath}`,
      `fingerprint: ${key.fingerprint}`,
      "",
      "To trust it on a host, as root, add this line to /etc/sealward/trusted_keys:",
      `  ${key.line}`,
      "",
    ].join("\n")
    : renderJson({
      schema_version: 1,
      path: key.path,
      public_path: key.publicPath,
      fingerprint: key.fingerprint,
      public_key: key.line,
    }, parsed.format);
  printAnswer(context, parsed, text);
  return 0;
}
