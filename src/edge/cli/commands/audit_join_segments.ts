/**
 * `sealward audit join-segments`: one verdict from what jobs on many machines found.
 *
 * @module
 */
import { joinSegments } from "../../../core/audit/join_segments.ts";
import { parseSegmentResults } from "../../../core/audit/parse_segment_results.ts";
import type { SegmentResult } from "../../../core/audit/segment_result.ts";
import { EngineError, toEngineError } from "../../../core/errors.ts";
import { maxSegmentResultsBytes } from "../../../core/limits.ts";
import { decodeUtf8 } from "../../../core/strict_json.ts";
import { renderJoin } from "../../render_segments.ts";
import type { Command, ParsedArguments } from "../command.ts";
import type { CliContext, Host } from "../host.ts";
import { quote, usageError } from "../usage_error.ts";
import { verdictExit } from "./decision_exit.ts";
import { parseAnchor } from "./parse_anchor.ts";
import { printAnswer } from "./print.ts";

export const auditJoinSegmentsCommand: Command<CliContext> = {
  path: ["audit", "join-segments"],
  summary: "Hold together what verify-segment printed, wherever it ran",
  description:
    "Reads the lines of audit verify-segment --format jsonl, in any order, of one log. " +
    "The verdict rests on them: they are as true as the machines that ran the jobs. Needs no " +
    "secret and no segment.",
  examples: [
    { command: "cat results/*.jsonl | sealward audit join-segments", what: "one verdict on all" },
  ],
  flags: [
    {
      name: "anchor",
      kind: "string",
      value: "SEQ:PREFIX",
      collect: true,
      description: "Head code of a seal: its number and at least 20 digits of its MAC",
    },
  ],
  positionals: [{
    name: "RESULT",
    required: false,
    variadic: true,
    description: "Files of results, or - for standard input (default)",
  }],
  exits: [
    [0, "intact, one chain, no gap"],
    [1, "could not look, or a segment under another secret"],
    [3, "a result is malformed, or of no segment"],
    [5, "edited, cut, missing, forked, or of two logs"],
  ],
  run: runAuditJoinSegments,
};

async function runAuditJoinSegments(context: CliContext, parsed: ParsedArguments): Promise<number> {
  const { host } = context;
  const names = parsed.positionals.length === 0 ? ["-"] : parsed.positionals;
  if (names.filter((name) => name === "-").length > 1) {
    throw usageError("Cannot read standard input twice", "name - once");
  }
  const codes = parsed.flags.texts("anchor").map(parseAnchor);
  await host.sealForReading();
  const results: SegmentResult[] = [];
  for (const name of names) results.push(...parseSegmentResults(await read(host, name)));
  if (results.length === 0) {
    throw new EngineError("proof_invalid", "Cannot join: got no result", {
      hint: "give what `sealward audit verify-segment --format jsonl` printed",
    });
  }
  const joined = joinSegments(results, codes);
  printAnswer(context, parsed, renderJoin(joined, context.render(parsed.format)));
  return verdictExit(joined.verdict);
}

async function read(host: Host, name: string): Promise<string> {
  try {
    const bytes = await host.readInput(name === "-" ? null : name, maxSegmentResultsBytes);
    return decodeUtf8(bytes, "proof_invalid");
  } catch (thrown) {
    const { code } = toEngineError(thrown);
    if (code === "proof_invalid") throw thrown;
    if (code === "operation_too_large") {
      throw new EngineError(
        "proof_invalid",
        `Cannot use ${quote(name)}: over ${maxSegmentResultsBytes} bytes`,
      );
    }
    throw new EngineError("audit_unreadable", `Cannot read ${quote(name)}`, {
      hint: "name a readable file, or - for standard input",
      cause: thrown,
    });
  }
}
