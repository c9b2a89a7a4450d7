/**
 * Shows a policy to a human and asks; what was shown is then accepted, or nothing is.
 *
 * @module
 */
import { EngineError, oneLine } from "../../../core/errors.ts";
import { type PolicySnapshot, textFiles } from "../../../core/integrity/policy_snapshot.ts";
import { decodePolicy } from "../../../core/policy/decode_policy.ts";
import type { ParsedArguments } from "../command.ts";
import type { CliContext } from "../host.ts";
import { diffLines } from "./diff_lines.ts";
import { writeOutput } from "../output.ts";

/** What a human is asked about. */
export interface ShownPolicy {
  readonly snapshot: PolicySnapshot;
  /** SHA-256 by path of the inputs accepted last; empty before the first time. */
  readonly previous: ReadonlyMap<string, string>;
  /** What is agreed to, where it is not an acceptance. */
  readonly act?: { readonly question: string; readonly refused: string };
  /** More to say before the question, one line each. */
  readonly notes?: readonly string[];
}

const acceptance = {
  question: "Accept this policy? [y/N]",
  refused: "The policy was not accepted",
};

/**
 * Always shows, also with --quiet: nobody can agree to what they have not seen.
 *
 * @throws {EngineError} `policy_unaccepted` when the human said no or nobody could be asked.
 */
export function agreeToPolicy(
  context: CliContext,
  parsed: ParsedArguments,
  shown: ShownPolicy,
): void {
  for (const line of describe(context, parsed, shown)) {
    writeOutput(context.stderr, `sealward: ${line}\n`);
  }
  const { act = acceptance } = shown;
  if (parsed.flags.isSet("yes") || isAgreed(context, act.question)) return;
  throw new EngineError("policy_unaccepted", act.refused, {
    hint: "answer y, or give --yes where nobody can be asked",
  });
}

function describe(
  context: CliContext,
  parsed: ParsedArguments,
  { snapshot, previous, notes = [] }: ShownPolicy,
): readonly string[] {
  const lines: string[] = [];
  const now = new Map(snapshot.inputs.map(({ path, sha256 }) => [path, sha256]));
  for (const path of previous.keys()) if (!now.has(path)) lines.push(`gone: ${oneLine(path)}`);
  for (const [path, sha256] of now) {
    const before = previous.get(path);
    if (before === sha256) continue;
    const root = parsed.flags.text("root");
    const bytes = snapshot.files.get(path) ?? new Uint8Array();
    const isText = textFiles.includes(path);
    const what = isText ? `sha256 ${sha256}` : `${bytes.length} bytes, sha256 ${sha256}`;
    lines.push(`${before === undefined ? "new" : "changed"}: ${oneLine(path)} (${what})`);
    // A module, and its data, is anybody's bytes: a person is shown what the policy pins.
    if (!isText) continue;
    const text = decodePolicy(bytes, path);
    const old = before === undefined ? null : context.host.readAcceptedText(root, before);
    for (const line of old === null ? added(text) : diffLines(old, text)) {
      lines.push(`  ${showWhole(line)}`);
    }
  }
  for (const path of snapshot.marks?.loose ?? []) {
    lines.push(`warning: others than its owner may write ${oneLine(path)}`);
  }
  return [...lines, `policy digest ${snapshot.digest}`, ...notes];
}

/** SECURITY: not cut, and long runs of blanks marked: what is off the screen is agreed to as well. */
function showWhole(line: string): string {
  return oneLine(line, Infinity)
    .replace(/(?<=\S) {8,}(?=\S)/g, (blanks) => ` [${blanks.length} blanks] `);
}

function added(text: string): readonly string[] {
  return text === "" ? [] : text.replace(/\n$/, "").split("\n").map((line) => `+ ${line}`);
}

function isAgreed(context: CliContext, question: string): boolean {
  if (!context.host.isInteractive) return false;
  const answer = context.host.ask(question);
  return answer !== null && /^y(?:es)?$/i.test(answer.trim());
}
