/**
 * `sealward policy lint`: what a policy file gets wrong, without deciding by it.
 *
 * @module
 */
import { type EngineError, toEngineError } from "../../../core/errors.ts";
import { signatureFile } from "../../../core/integrity/manifest.ts";
import { policyFile, textFiles } from "../../../core/integrity/policy_snapshot.ts";
import type { LintFinding, LintOptions } from "../../../core/policy/lint_policy.ts";
import type { Command, ParsedArguments } from "../command.ts";
import type { CliContext, Host } from "../host.ts";
import { printAnswer } from "./print.ts";

export const policyLintCommand: Command<CliContext> = {
  path: ["policy", "lint"],
  summary: "Check a policy file without deciding by it",
  description:
    "Reads the policy with two parsers and refuses what they read differently. Warns of " +
    "what never changes an answer, matches nothing, or looks like a secret. Every finding has a code: " +
    "`sealward explain CODE` says what to do.",
  examples: [
    { command: "sealward policy lint draft.yaml", what: "a file that is not in force" },
    { command: "sealward policy lint --strict --format github", what: "in a CI job" },
    { command: "sealward policy lint --format sarif > lint.sarif", what: "for code scanning" },
  ],
  flags: [
    { name: "strict", kind: "boolean", description: "End with 2 when there is a warning" },
    { name: "skip-tree", kind: "boolean", description: "Do not look for what patterns match" },
  ],
  positionals: [{
    name: "FILE",
    required: false,
    variadic: false,
    description: "Policy file; without it the one in force here",
  }],
  formats: ["table", "json", "sarif", "github"],
  exits: [
    [0, "no error"],
    [1, "could not read it"],
    [2, "with --strict: there is a warning"],
    [3, "the policy is invalid"],
  ],
  run: runPolicyLint,
};

async function runPolicyLint(context: CliContext, parsed: ParsedArguments): Promise<number> {
  const { host } = context;
  const root = parsed.flags.text("root");
  const given = parsed.positionals[0] ?? null;
  const file = given ?? policyFile;
  const path = given ?? host.paths(root).policyPath;
  const looksAtTree = !parsed.flags.isSet("skip-tree") &&
    (given === null || host.isInitialized(root));
  const tree = looksAtTree ? { listTree: host.openTree(root) } : {};
  const isGuarded = given === null && host.isGuarded(root);
  // SECURITY: a file may come from anybody; whatever reading it leads to can only read.
  await host.sealForReading();
  const { renderLint } = await import("../../render_lint.ts");
  const as = parsed.flags.text("format") ?? "table";
  const print = async (findings: readonly LintFinding[]) => {
    const format = parsed.format === "json" ? "json" : as;
    printAnswer(
      context,
      parsed,
      await renderLint({ file, findings }, format, context.render("table")),
    );
  };
  try {
    const bytes = host.readPolicyFile(path);
    const beside = given === null ? readBeside(host, path) : new Map();
    const isSigned = given === null && host.exists(besidePolicy(path, signatureFile));
    const { lintPolicy } = await import("../../../core/policy/lint_policy.ts");
    const inputs = given === null ? readInputs(host, root) : {};
    const options = { ...tree, ...inputs, beside, isSigned, isGuarded };
    const { findings } = lintPolicy(bytes, file, options);
    await print(findings);
    return exitOf(findings, parsed.flags.isSet("strict"));
  } catch (error) {
    const failure = toEngineError(error);
    // Programs that read reports get one, whatever happened.
    if (as === "sarif" || as === "github") await print([unreadable(failure)]);
    throw failure;
  }
}

/** The files beside a policy that is in force, or would be. */
function readBeside(host: Host, policyPath: string): ReadonlyMap<string, Uint8Array> {
  return new Map(
    textFiles.filter((file) => file !== policyFile).flatMap((file) => {
      const path = besidePolicy(policyPath, file);
      return host.exists(path) ? [[file, host.readPolicyFile(path)] as const] : [];
    }),
  );
}

/** What checks may pin; nothing where it cannot be read: then that is for deciding to say. */
function readInputs(host: Host, root: string | null): Pick<LintOptions, "inputs"> {
  try {
    const { inputs } = host.readPolicy(root);
    return { inputs: new Map(inputs.map(({ path, sha256 }) => [path, sha256])) };
  } catch {
    return {};
  }
}

/** @param file As in a snapshot: the policy's folder may lie elsewhere. */
function besidePolicy(policyPath: string, file: string): string {
  const name = file.slice(file.lastIndexOf("/") + 1);
  return `${policyPath.slice(0, policyPath.lastIndexOf("/"))}/${name}`;
}

function unreadable({ code, message, hint, location }: EngineError): LintFinding {
  return { severity: "error", code, message, hint, location };
}

function exitOf(findings: readonly LintFinding[], isStrict: boolean): number {
  if (findings.some(({ severity }) => severity === "error")) return 3;
  return isStrict && findings.some(({ severity }) => severity === "warning") ? 2 : 0;
}
