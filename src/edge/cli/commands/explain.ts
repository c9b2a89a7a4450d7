/**
 * `sealward explain`: why an operation would be allowed or not, why a logged one was, what a code
 * means, and what a host does with each verdict. Decides nothing.
 *
 * @module
 */
import { hookHosts } from "../../hook/hook_event.ts";
import { renderJson } from "../../render.ts";
import type { Command, ParsedArguments } from "../command.ts";
import type { CliContext } from "../host.ts";
import { usageError } from "../usage_error.ts";
import { operationFlags } from "./operation_flags.ts";
import { printAnswer, say } from "./print.ts";

export const explainCommand: Command<CliContext> = {
  path: ["explain"],
  summary: "Say why: an operation, an entry, a code, a host",
  description:
    "An operation (as for `check`): what it would do, to which files, which reasons and " +
    "rules speak, and what would have to change. It is a question, not a request: no decision is " +
    "made, none is logged, and the exit status is no answer. An entry's number: why that decision " +
    "was made, by the policy of then. A code of a failure, violation, lint finding or log verdict: " +
    "what it means and what to do. --host: what a host does with every verdict and failure.",
  examples: [
    { command: "sealward explain --type file_write --file .env", what: "why it would be denied" },
    { command: "sealward explain operation.json", what: "the same, from a file or - for stdin" },
    { command: "sealward explain 17", what: "entry 17 of the log" },
    { command: "sealward explain path_protected", what: "a code" },
    { command: "sealward explain --host codex", what: "the whole truth table of a host" },
  ],
  flags: [
    {
      name: "host",
      kind: "string",
      value: "NAME",
      choices: hookHosts,
      description: "Which host",
    },
    ...operationFlags,
  ],
  positionals: [{
    name: "WHAT",
    required: false,
    variadic: false,
    description: "An entry's number, a code, a JSON file, or - for standard input",
  }],
  exits: [
    [0, "explained, whatever the answer would be"],
    [1, "could not look, or an entry cannot be made again"],
    [3, "the operation is invalid, or the entry is no decision"],
    [5, "policy or log was tampered with, or the entry is another now"],
  ],
  run: runExplain,
};

async function runExplain(context: CliContext, parsed: ParsedArguments): Promise<number> {
  const { flags, positionals: [what] } = parsed;
  const hasOperation = operationFlags.some(({ name }) => flags.isSet(name));
  const given = [flags.isSet("host"), what !== undefined, hasOperation].filter(Boolean).length;
  if (given !== 1) {
    const hint = "an operation (--type, --file, ...), a file, an entry's number, a code, or --host";
    throw usageError(given === 0 ? "Nothing to explain" : "Too much to explain at once", hint);
  }
  if (flags.isSet("host")) return await explainHost(context, parsed);
  if (what === undefined) return await explainOperation(context, parsed);
  if (/^(?:0|[1-9]\d{0,14})$/.test(what)) return await explainEntry(context, parsed, Number(what));
  if (what === "-" || /[./]/.test(what)) return await explainOperation(context, parsed);
  return await explainCode(context, parsed, what);
}

async function explainHost(context: CliContext, parsed: ParsedArguments): Promise<number> {
  const { truthTableOf } = await import("../../hook/truth_table.ts");
  const { encodeTruths, renderTruths } = await import("../../render_truths.ts");
  const name = hookHosts.find((each) => each === parsed.flags.text("host")) ?? "generic";
  const table = truthTableOf(name);
  const text = parsed.format === "table"
    ? renderTruths(table, context.render("table"))
    : renderJson(encodeTruths(table), parsed.format);
  printAnswer(context, parsed, text);
  return 0;
}

async function explainCode(
  context: CliContext,
  parsed: ParsedArguments,
  code: string,
): Promise<number> {
  const { closestCode, explainCode: look } = await import("../../codes/explain_code.ts");
  const { renderCodes } = await import("../../render_codes.ts");
  const found = look(code);
  if (found.length === 0) {
    throw usageError(
      `Nothing is called ${JSON.stringify(code.slice(0, 80))}`,
      `the closest code is ${closestCode(code)}; a file is named with a dot or slash in it`,
    );
  }
  printAnswer(context, parsed, renderCodes(found, context.render(parsed.format)));
  return 0;
}

async function explainOperation(context: CliContext, parsed: ParsedArguments): Promise<number> {
  const { readOperation } = await import("./read_operations.ts");
  const { renderExplained } = await import("../../render_explanation.ts");
  const install = await context.host.open({ root: parsed.flags.text("root"), role: "one-shot" });
  try {
    for (const warning of install.warnings) say(context, parsed, `warning: ${warning}`);
    const operation = await readOperation(context.host, parsed);
    const explained = await install.engine.explain(operation, install.principal);
    printAnswer(context, parsed, renderExplained(explained, context.render(parsed.format)));
    return explained.policyStatus === "tampered" ? 5 : 0;
  } finally {
    await install.close();
  }
}

async function explainEntry(
  context: CliContext,
  parsed: ParsedArguments,
  seq: number,
): Promise<number> {
  const { renderExplainedEntry } = await import("../../render_explanation.ts");
  const install = await context.host.open({
    root: parsed.flags.text("root"),
    role: "one-shot",
    runsChecks: false,
  });
  try {
    const explained = await install.engine.explainEntry(seq);
    printAnswer(context, parsed, renderExplainedEntry(explained, context.render(parsed.format)));
    return { agrees: 0, cannot: 1, disagrees: 5 }[explained.replay.status];
  } finally {
    await install.close();
  }
}
