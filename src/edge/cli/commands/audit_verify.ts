/**
 * `sealward audit verify`: walks the chain from genesis.
 *
 * @module
 */
import { EngineError } from "../../../core/errors.ts";
import { maxNoteBytes } from "../../../core/limits.ts";
import { decodeUtf8 } from "../../../core/strict_json.ts";
import { renderLogReport } from "../../render_log_report.ts";
import type { Command, ParsedArguments } from "../command.ts";
import type { CliContext } from "../host.ts";
import type { VerifyLogOptions } from "../verify_options.ts";
import { quote, usageError } from "../usage_error.ts";
import { verdictExit } from "./decision_exit.ts";
import { parseCount } from "./event_flags.ts";
import { parseAnchor } from "./parse_anchor.ts";
import { printAnswer } from "./print.ts";
import { ProgressLine } from "./progress_line.ts";

export const auditVerifyCommand: Command<CliContext> = {
  path: ["audit", "verify"],
  summary: "Walk the log's chain from genesis",
  description: "Every line of every segment is checked. OK-UNANCHORED says that nothing speaks " +
    "against the log; OK that something kept elsewhere speaks for it too: a head code that serve " +
    "printed, or a checkpoint. `sealward help exit-codes` has all verdicts.",
  examples: [
    { command: "sealward audit verify", what: "verdict, and where the first finding is" },
    {
      command: "sealward audit verify --anchor 41:9b91c6a2f1c4d0e7a355",
      what: "against a head code from the journal",
    },
    { command: "sealward audit verify --checkpoint monday.note", what: "against a checkpoint" },
  ],
  flags: [
    {
      name: "anchor",
      kind: "string",
      value: "SEQ:PREFIX",
      collect: true,
      description: "An entry's number and at least 20 digits of its MAC",
    },
    {
      name: "checkpoint",
      kind: "string",
      value: "FILE",
      collect: true,
      description: "A signed checkpoint",
    },
    { name: "key", kind: "string", value: "KEY", description: "Public key of the checkpoints" },
    {
      name: "root-secret-file",
      kind: "string",
      value: "FILE",
      collect: true,
      description: "The auditor's root secret; older ones too",
    },
    { name: "seals", kind: "boolean", description: "Closed segments by their hashes only: quick" },
    {
      name: "since",
      kind: "boolean",
      description: "Closed segments that were walked before by their hashes only; resumes",
    },
    { name: "threads", kind: "string", value: "N", description: "Threads, 1 to 16" },
  ],
  exits: [
    [0, "intact; or pruned in the open, or torn at its end by a crash"],
    [1, "could not look, or a key is not here"],
    [3, "a checkpoint is malformed, or signed by nobody trusted"],
    [5, "edited, cut, replaced, or another log"],
  ],
  run: runAuditVerify,
};

async function runAuditVerify(context: CliContext, parsed: ParsedArguments): Promise<number> {
  const options = await readOptions(context, parsed);
  const progress = new ProgressLine(context, "verified");
  const report = await context.host.verifyLog(parsed.flags.text("root"), {
    ...options,
    isSealed: true,
    onTotal: (bytes) => progress.begin(bytes),
    onVerified: (bytes, entries) => progress.advance(bytes, entries),
  }).finally(() => progress.end());
  printAnswer(context, parsed, renderLogReport(report, context.render(parsed.format)));
  return verdictExit(report.verdict);
}

async function readOptions(
  context: CliContext,
  { flags }: ParsedArguments,
): Promise<VerifyLogOptions> {
  if (flags.isSet("seals") && flags.isSet("since")) {
    throw usageError("Cannot use --seals and --since together", "leave one out");
  }
  return {
    mode: flags.isSet("seals") ? "seals" : flags.isSet("since") ? "since" : "full",
    macs: flags.texts("anchor").map(parseAnchor),
    checkpoints: await readCheckpoints(context, flags.texts("checkpoint")),
    key: flags.text("key"),
    secretFiles: flags.texts("root-secret-file").map(context.host.absolute),
    threads: parseThreads(flags.text("threads")),
    isSealed: false,
  };
}

function parseThreads(text: string | null): number | null {
  const threads = parseCount("threads", text);
  if (threads === null || (threads >= 1 && threads <= 16)) return threads;
  throw usageError(`Cannot use ${threads} threads`, "give 1 to 16");
}

async function readCheckpoints(
  { host }: CliContext,
  paths: readonly string[],
): Promise<readonly string[]> {
  const notes: string[] = [];
  for (const path of paths) {
    try {
      notes.push(decodeUtf8(await host.readInput(path, maxNoteBytes), "proof_invalid"));
    } catch (error) {
      if (error instanceof EngineError && error.code === "proof_invalid") throw error;
      throw new EngineError("audit_unreadable", `Cannot read the checkpoint ${quote(path)}`, {
        hint: "name a file that `sealward audit checkpoint` wrote",
        cause: error,
      });
    }
  }
  return notes;
}
