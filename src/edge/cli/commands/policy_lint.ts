/**
 * `sealward policy lint`: what a policy file gets wrong, without deciding by it.
 *
 * @module
 */
import { EngineError, parseErrorCode } from "../../../core/errors.ts";
import { policyFile } from "../../../core/integrity/policy_snapshot.ts";
import { renderError } from "../../render_error.ts";
import { renderJson } from "../../render.ts";
import type { Command, ParsedArguments } from "../command.ts";
import type { CliContext } from "../host.ts";
import { printAnswer } from "./print.ts";

export const policyLintCommand: Command<CliContext> = {
  path: ["policy", "lint"],
  summary: "Check a policy file without deciding by it",
  description: "Reads the policy with two parsers and refuses what they read differently.",
  examples: [{ command: "sealward policy lint draft.yaml", what: "a file that is not in force" }],
  flags: [],
  positionals: [{
    name: "FILE",
    required: false,
    variadic: false,
    description: "Policy file; without it the one in force here",
  }],
  exits: [[0, "no error"], [1, "could not read it"], [3, "the policy is invalid"]],
  run: runPolicyLint,
};

async function runPolicyLint(context: CliContext, parsed: ParsedArguments): Promise<number> {
  const given = parsed.positionals[0];
  const path = given ?? context.host.paths(parsed.flags.text("root")).policyPath;
  const bytes = context.host.readPolicyFile(path);
  const { lintPolicy } = await import("../../../core/policy/lint_policy.ts");
  const { findings } = lintPolicy(bytes, given ?? policyFile);
  const errors = findings.filter(({ severity }) => severity === "error");
  if (parsed.format !== "table") {
    const report = { schema_version: 1, valid: errors.length === 0, findings };
    printAnswer(context, parsed, renderJson(report, parsed.format));
    return errors.length === 0 ? 0 : 3;
  }
  const options = context.render("table");
  for (const finding of findings) {
    const { code, message, location, hint, severity } = finding;
    if (severity !== "error") {
      printAnswer(context, parsed, `${severity}: ${message}\n`);
      continue;
    }
    const error = new EngineError(parseErrorCode(code) ?? "policy_invalid", message, {
      ...(location === null ? {} : { location }),
      ...(hint === null ? {} : { hint }),
    });
    printAnswer(context, parsed, renderError(error, options));
  }
  if (errors.length === 0) printAnswer(context, parsed, `${given ?? policyFile}: valid\n`);
  return errors.length === 0 ? 0 : 3;
}
