/**
 * `sealward audit verify-segment`: closed segments, anywhere, with nothing but the root secret.
 *
 * @module
 */
import { joinSegments } from "../../../core/audit/join_segments.ts";
import { renderSegments } from "../../render_segments.ts";
import type { Command, ParsedArguments } from "../command.ts";
import type { CliContext } from "../host.ts";
import { usageError } from "../usage_error.ts";
import { verdictExit, worstExit } from "./decision_exit.ts";
import { printAnswer } from "./print.ts";
import { ProgressLine } from "./progress_line.ts";

export const auditVerifySegmentCommand: Command<CliContext> = {
  path: ["audit", "verify-segment"],
  summary: "Verify closed segments without an install",
  description: "Needs the files and the root secret, nothing else: one job per file on any batch " +
    "engine. Several files are also held together: one log, one chain, no gap. What jobs on " +
    "several machines printed, audit join-segments holds together.",
  examples: [
    {
      command: "sealward audit verify-segment seg-00000007.jsonl --root-secret-file root.key",
      what: "one segment",
    },
    {
      command: "sealward audit verify-segment *.jsonl --root-secret-file root.key --format jsonl",
      what: "a line for each, and one about all",
    },
  ],
  flags: [
    {
      name: "root-secret-file",
      kind: "string",
      value: "FILE",
      collect: true,
      description: "The log's root secret; older ones too",
    },
  ],
  positionals: [{
    name: "FILE",
    required: true,
    variadic: true,
    description: "Closed segments, seg-NNNNNNNN.jsonl",
  }],
  formats: ["table", "json", "jsonl"],
  exits: [
    [0, "intact"],
    [1, "could not look, or written under another secret"],
    [3, "no segment of a log"],
    [5, "edited, cut, or not of one chain"],
  ],
  run: runAuditVerifySegment,
};

async function runAuditVerifySegment(
  context: CliContext,
  parsed: ParsedArguments,
): Promise<number> {
  const { host } = context;
  const secretFiles = parsed.flags.texts("root-secret-file").map(host.absolute);
  if (secretFiles.length === 0) {
    throw usageError("No secret was given", "give the log's root secret: --root-secret-file");
  }
  const progress = new ProgressLine(context, "verified");
  const verified = await host.verifySegments({
    files: parsed.positionals.map(host.absolute),
    secretFiles,
    onTotal: (bytes) => progress.begin(bytes),
    onVerified: (bytes, entries) => progress.advance(bytes, entries),
  }).finally(() => progress.end());
  const results = verified.map((one, i) => ({ ...one, file: parsed.positionals[i] ?? one.file }));
  const joined = results.length > 1 ? joinSegments(results) : null;
  const options = context.render(parsed.format);
  printAnswer(context, parsed, renderSegments(results, joined, options));
  const verdicts = [...results, ...joined === null ? [] : [joined]].map(({ verdict }) => verdict);
  return worstExit(verdicts.map(verdictExit));
}
