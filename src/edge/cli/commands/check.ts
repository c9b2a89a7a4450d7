/**
 * `sealward check`: one operation, or many, to decisions.
 *
 * @module
 */
import type { Decision } from "../../../core/decision/decision.ts";
import { EngineError } from "../../../core/errors.ts";
import { maxGroupCommitEntries } from "../../../core/limits.ts";
import type { Operation } from "../../../core/operation/operation.ts";
import type { RenderOptions } from "../../render.ts";
import { renderDecision } from "../../render_decision.ts";
import type { Command, ParsedArguments } from "../command.ts";
import type { CliContext } from "../host.ts";
import { decisionExit, worstExit } from "./decision_exit.ts";
import { operationFlags } from "./operation_flags.ts";
import { printAnswer, say } from "./print.ts";
import { readBatch, readOperation } from "./read_operations.ts";

export const checkCommand: Command<CliContext> = {
  path: ["check"],
  summary: "Ask whether an operation is allowed",
  description: "Decides one operation by the accepted policy, writes the decision into the log, " +
    "then answers. The operation comes from flags, a JSON file, or standard input.",
  examples: [
    { command: "sealward check --type file_write --file src/app.ts", what: "one operation" },
    { command: "sealward check operation.json --format json", what: "from a file" },
    { command: "sealward check --batch < operations.jsonl", what: "one decision per line" },
    {
      command: "sealward check --type file_write --file a.ts --metadata complexity=7",
      what: "with a claimed complexity",
    },
  ],
  flags: [
    ...operationFlags,
    { name: "batch", kind: "boolean", description: "Read JSON lines, answer JSON lines" },
    { name: "server", kind: "string", value: "URL", description: "Ask a running server instead" },
    { name: "token-file", kind: "string", value: "FILE", description: "Token for the server" },
    { name: "server-key", kind: "string", value: "FILE", description: "Public key of the server" },
    { name: "output", kind: "string", value: "FILE", description: "Also write the answer here" },
    { name: "verbose", short: "v", kind: "boolean", description: "Explain trust and timing" },
  ],
  positionals: [{
    name: "FILE",
    required: false,
    variadic: false,
    description: "JSON document, or - for standard input",
  }],
  exits: [
    [0, "allowed, and the decision is durable"],
    [1, "could not decide: treat as denied"],
    [2, "denied"],
    [3, "operation or policy invalid"],
    [4, "needs a human"],
    [5, "policy or log was tampered with"],
  ],
  run: runCheck,
};

/** Decides by an engine in this process or by a server. */
interface Decider {
  readonly check: (operations: readonly Operation[]) => Promise<readonly Decision[]>;
  readonly close: () => Promise<void>;
}

async function runCheck(context: CliContext, parsed: ParsedArguments): Promise<number> {
  const decider = await openDecider(context, parsed);
  try {
    return parsed.flags.isSet("batch")
      ? await checkBatch(context, parsed, decider)
      : await checkOne(context, parsed, decider);
  } finally {
    await decider.close();
  }
}

async function openDecider(context: CliContext, parsed: ParsedArguments): Promise<Decider> {
  const { flags } = parsed;
  const { host } = context;
  const root = flags.text("root");
  const output = flags.text("output");
  const outputs = output === null ? [] : [host.absolute(output)];
  const road = host.road({
    root,
    server: flags.text("server"),
    tokenPath: flags.text("token-file"),
    keyPath: flags.text("server-key"),
  });
  if (road !== null) return await host.connect({ ...road, root, outputs });
  const install = await host.open({ root, outputs, role: "one-shot" });
  for (const warning of install.warnings) say(context, parsed, `warning: ${warning}`);
  return {
    check: (operations) => install.engine.check(operations, install.principal),
    close: install.close,
  };
}

async function checkOne(
  context: CliContext,
  parsed: ParsedArguments,
  decider: Decider,
): Promise<number> {
  const operation = await readOperation(context.host, parsed);
  const decision = only(await decider.check([operation]));
  const options = context.render(parsed.format);
  const verbose = parsed.flags.isSet("verbose");
  const overrideNote = await renderNote(decision, options);
  const text = renderDecision(decision, { ...options, verbose, overrideNote }, operation);
  deliver(context, parsed, text);
  return decisionExit(decision);
}

/** Loaded where there is something to say: most checks pay nothing for it. */
async function renderNote(
  { override }: Decision,
  { format, style }: RenderOptions,
): Promise<string | null> {
  if (override === undefined || format !== "table") return null;
  return (await import("../../render_override_note.ts")).renderOverrideNote(override, style);
}

function only(decisions: readonly Decision[]): Decision {
  const decision = decisions[0];
  if (decision === undefined) throw new EngineError("internal", "The engine gave no answer");
  return decision;
}

async function checkBatch(
  context: CliContext,
  parsed: ParsedArguments,
  decider: Decider,
): Promise<number> {
  const items = await readBatch(context.host, parsed);
  const { renderError } = await import("../../render_error.ts");
  const statuses: number[] = [];
  const lines: string[] = [];
  for (let start = 0; start < items.length; start += maxGroupCommitEntries) {
    const group = items.slice(start, start + maxGroupCommitEntries);
    const operations = group.filter((item): item is Operation => !(item instanceof EngineError));
    const decisions = operations.length === 0 ? [] : await decider.check(operations);
    let next = 0;
    for (const item of group) {
      const decision = item instanceof EngineError ? null : only(decisions.slice(next, ++next));
      lines.push(
        item instanceof EngineError
          ? renderError(item, context.render("jsonl"))
          : renderDecision(decision ?? only([]), context.render("jsonl"), item),
      );
      statuses.push(decision === null ? (item as EngineError).exit : decisionExit(decision));
    }
  }
  deliver(context, parsed, lines.join(""));
  return worstExit(statuses);
}

function deliver(context: CliContext, parsed: ParsedArguments, text: string): void {
  const output = parsed.flags.text("output");
  if (output !== null) context.host.writeOutputFile(context.host.absolute(output), text);
  printAnswer(context, parsed, text);
}
