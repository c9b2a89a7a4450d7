/**
 * Shows a policy to a human and asks; what was shown is then accepted, or nothing is.
 *
 * @module
 */
import { EngineError, oneLine } from "../../../core/errors.ts";
import type { PolicySnapshot } from "../../../core/integrity/policy_snapshot.ts";
import { policyFile } from "../../../core/integrity/policy_snapshot.ts";
import { decodePolicy } from "../../../core/policy/decode_policy.ts";
import type { ParsedArguments } from "../command.ts";
import type { CliContext } from "../host.ts";
import { diffLines } from "./diff_lines.ts";
import { say } from "./print.ts";

/** What a human is asked about. */
export interface ShownPolicy {
  readonly snapshot: PolicySnapshot;
  /** SHA-256 by path of the inputs accepted last; empty before the first time. */
  readonly previous: ReadonlyMap<string, string>;
}

/** @throws {EngineError} `policy_unaccepted` when the human said no or nobody could be asked. */
export function agreeToPolicy(
  context: CliContext,
  parsed: ParsedArguments,
  shown: ShownPolicy,
): void {
  show(context, parsed, shown);
  if (parsed.flags.isSet("yes") || isAgreed(context)) return;
  throw new EngineError("policy_unaccepted", "The policy was not accepted", {
    hint: "answer y, or give --yes where nobody can be asked",
  });
}

function show(
  context: CliContext,
  parsed: ParsedArguments,
  { snapshot, previous }: ShownPolicy,
): void {
  const root = parsed.flags.text("root");
  for (const { path, sha256 } of snapshot.inputs) {
    const before = previous.get(path);
    if (before === sha256) continue;
    const old = before === undefined ? null : context.host.readAcceptedText(root, before);
    const bytes = snapshot.files.get(path) ?? new Uint8Array();
    const text = path === policyFile ? decodePolicy(bytes, path) : "";
    say(context, parsed, `${old === null ? "new" : "changed"}: ${path} (sha256 ${sha256})`);
    for (const line of old === null ? added(text) : diffLines(old, text)) {
      say(context, parsed, `  ${oneLine(line)}`);
    }
  }
  say(context, parsed, `policy digest ${snapshot.digest}`);
}

function added(text: string): readonly string[] {
  return text.replace(/\n$/, "").split("\n").map((line) => `+ ${line}`);
}

function isAgreed(context: CliContext): boolean {
  if (!context.host.isInteractive) return false;
  const answer = context.host.ask("Accept this policy? [y/N]");
  return answer !== null && /^y(?:es)?$/i.test(answer.trim());
}
