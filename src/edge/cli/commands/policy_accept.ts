/**
 * `sealward policy accept`: a human takes responsibility for the policy as it is.
 *
 * @module
 */
import type { PolicySnapshot } from "../../../core/integrity/policy_snapshot.ts";
import { renderJson } from "../../render.ts";
import type { Command, ParsedArguments } from "../command.ts";
import type { CliContext } from "../host.ts";
import { agreeToPolicy } from "./agree_to_policy.ts";
import { describePins } from "./describe_pins.ts";
import { printAnswer } from "./print.ts";

export const policyAcceptCommand: Command<CliContext> = {
  path: ["policy", "accept"],
  summary: "Accept the policy as it is now",
  description: "Shows what changed since the last acceptance, asks, and writes a CRITICAL entry " +
    "with the digest. Until then every decision is deny.",
  examples: [{ command: "sealward policy accept", what: "look, then answer y" }],
  flags: [{ name: "yes", kind: "boolean", description: "Do not ask" }],
  exits: [
    [0, "accepted"],
    [1, "could not write"],
    [2, "not accepted"],
    [3, "the policy is invalid, or this host wants it signed"],
    [5, "log tampered with, or the policy changed while you looked"],
  ],
  run: runPolicyAccept,
};

async function runPolicyAccept(context: CliContext, parsed: ParsedArguments): Promise<number> {
  const root = parsed.flags.text("root");
  await context.host.requireUnsigned();
  const previous = await context.host.acceptedInputs(root);
  const snapshot = context.host.readPolicy(root);
  if (isSame(snapshot, previous)) {
    const facts = { policy_digest: snapshot.digest, seq: null };
    const text = parsed.format === "table"
      ? "already accepted: nothing has changed\n"
      : renderJson({ schema_version: 1, ...facts }, parsed.format);
    printAnswer(context, parsed, text);
    return 0;
  }
  // A human is asked about nothing that could not be accepted.
  await context.host.refuseFaultyPolicy(root);
  agreeToPolicy(context, parsed, { snapshot, previous, notes: await describePins(snapshot) });
  const { seq } = await context.host.acceptPolicy(root, snapshot);
  const text = parsed.format === "table"
    ? `accepted as entry ${seq}\n`
    : renderJson({ schema_version: 1, policy_digest: snapshot.digest, seq }, parsed.format);
  printAnswer(context, parsed, text);
  return 0;
}

function isSame(
  { inputs, marks }: PolicySnapshot,
  previous: ReadonlyMap<string, string>,
): boolean {
  // Files that others may write are a thing to agree to, whatever is in them.
  return (marks?.loose.length ?? 0) === 0 && inputs.length === previous.size &&
    inputs.every(({ path, sha256 }) => previous.get(path) === sha256);
}
