/**
 * `sealward policy install`: puts a signed proposal in force in a guarded install.
 *
 * @module
 */
import { EngineError, oneLine } from "../../../core/errors.ts";
import { manifestFile, signatureFile } from "../../../core/integrity/manifest.ts";
import { renderJson } from "../../render.ts";
import type { Command, ParsedArguments } from "../command.ts";
import type { PolicyFileChange, PolicyPlan } from "../guard_keeper.ts";
import type { CliContext } from "../host.ts";
import { writeOutput } from "../output.ts";
import { showDiff } from "./agree_to_change.ts";
import { printAnswer } from "./print.ts";
import { unifiedDiff } from "./unified_diff.ts";

export const policyInstallCommand: Command<CliContext> = {
  path: ["policy", "install"],
  summary: "Put a signed policy in force (guarded, root)",
  description:
    "Reads the proposal in the project's .scalpel/, verifies that a trusted key signed " +
    "it and that it is newer than the installed one, shows the difference, asks, and installs " +
    "exactly what was shown. The running server decides by it from its next answer on.",
  examples: [{ command: "sudo sealward policy install", what: "look, then answer y" }],
  flags: [{ name: "yes", kind: "boolean", description: "Do not ask" }],
  exits: [
    [0, "installed, or already installed"],
    [1, "not root, or could not write"],
    [2, "not agreed to"],
    [3, "not signed, or invalid"],
    [5, "older, of another project, changed since it was signed, or signed by a stranger"],
  ],
  run: runPolicyInstall,
};

async function runPolicyInstall(context: CliContext, parsed: ParsedArguments): Promise<number> {
  const keeper = await context.host.guardKeeper();
  const plan = await keeper.planPolicy(parsed.flags.text("root"));
  if (plan === null) {
    answer(context, parsed, { installed: false, policy_version: null }, "already installed\n");
    return 0;
  }
  agree(context, parsed, plan);
  await plan.run();
  const facts = {
    installed: true,
    policy_version: plan.version,
    policy_digest: plan.digest,
    signer: plan.signer,
    key: plan.key,
  };
  answer(context, parsed, facts, `installed version ${plan.version}\n`);
  return 0;
}

function answer(
  context: CliContext,
  parsed: ParsedArguments,
  facts: Record<string, unknown>,
  text: string,
): void {
  const shown = parsed.format === "table"
    ? text
    : renderJson({ schema_version: 1, ...facts }, parsed.format);
  printAnswer(context, parsed, shown);
}

/** Always shows, also with --quiet: nobody can agree to what they have not seen. */
function agree(context: CliContext, parsed: ParsedArguments, plan: PolicyPlan): void {
  const { version, signer, key } = plan;
  // What these two say is in the line above; the rest is what they sign.
  const files = plan.files.filter(({ path }) => path !== manifestFile && path !== signatureFile);
  const head = `version ${version}, signed by ${oneLine(signer, 100)} with ${key}`;
  writeOutput(context.stderr, `sealward: ${head}\n${files.map(describe).join("")}`);
  if (parsed.flags.isSet("yes")) return;
  const said = context.host.isInteractive ? context.host.ask("Install this policy? [y/N]") : null;
  if (said !== null && /^y(?:es)?$/i.test(said.trim())) return;
  throw new EngineError("policy_unaccepted", "The policy was not installed", {
    hint: "answer y, or give --yes where nobody can be asked",
  });
}

/** SECURITY: every line whole, without what a terminal obeys: all of it is agreed to. */
function describe({ path, before, after }: PolicyFileChange): string {
  const texts = [before, after].map((bytes) => bytes === null ? null : textOf(bytes));
  const [from = null, to = null] = texts;
  const isText = texts.every((text, index) => text !== null || [before, after][index] === null);
  return isText ? showDiff(unifiedDiff(path, from, to)) : `${oneLine(path)}: binary, differs\n`;
}

function textOf(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return null;
  }
}
