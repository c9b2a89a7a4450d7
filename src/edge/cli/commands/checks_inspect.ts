/**
 * `sealward checks inspect`: what a module is, and whether it could be a check.
 *
 * @module
 */
import { encodeHex } from "@std/encoding/hex";
import { CheckFailure } from "../../../core/check/check_failure.ts";
import type { CheckAbi } from "../../../core/check/check_job.ts";
import { checkCeilings, defaultCheckLimits } from "../../../core/check/check_limits.ts";
import { sha256 } from "../../../core/integrity/sha256.ts";
import { renderInspection } from "../../check_report/render_inspection.ts";
import type { Inspection } from "../../check_report/inspection.ts";
import type { Command, ParsedArguments } from "../command.ts";
import type { CliContext } from "../host.ts";
import { abiFlag, limitFlag, parseLimits } from "./check_flags.ts";
import { printAnswer } from "./print.ts";

export const checksInspectCommand: Command<CliContext> = {
  path: ["checks", "inspect"],
  summary: "Show what a WebAssembly module is",
  description:
    "Which ABI it has, what it imports and exports, which features of WebAssembly it uses, " +
    "how far it is below each limit, and its SHA-256; or which rule refuses it, and at which byte. " +
    "The module is not run. What a policy pins is looked at by the same rules.",
  examples: [
    { command: "sealward checks inspect secrets.wasm", what: "before anybody pins it" },
    { command: "sealward checks inspect a.wasm --abi wasi-cmd", what: "why it is no WASI command" },
  ],
  flags: [abiFlag, limitFlag],
  positionals: [{
    name: "FILE",
    required: true,
    variadic: false,
    description: "A module, in .scalpel/checks/ or anywhere else",
  }],
  exits: [
    [0, "it passes as the ABI that is shown"],
    [1, "could not read it"],
    [3, "it would be refused"],
    [64, "no such limit or ABI"],
  ],
  run: runChecksInspect,
};

async function runChecksInspect(context: CliContext, parsed: ParsedArguments): Promise<number> {
  const { host } = context;
  const [file = ""] = parsed.positionals;
  const limits = { ...defaultCheckLimits, ...parseLimits(parsed) };
  const workshop = await host.openCheckWorkshop({
    root: parsed.flags.text("root"),
    runs: "nothing",
  });
  const module = workshop.readFile(host.absolute(file), checkCeilings.moduleBytes);
  const abi = parsed.flags.text("abi") as CheckAbi | null;
  const base = { file, sha256: encodeHex(sha256(module)), bytes: module.length };
  const inspection = await inspect(() => workshop.describe(module, limits), abi);
  const found = { ...base, ...inspection };
  printAnswer(context, parsed, renderInspection(found, context.render(parsed.format)));
  return found.abi === null ? 3 : 0;
}

async function inspect(
  describe: () => Promise<NonNullable<Inspection["facts"]>>,
  wanted: CheckAbi | null,
): Promise<Pick<Inspection, "abi" | "refusals" | "facts">> {
  try {
    const facts = await describe();
    const asked = facts.fits.filter(({ abi }) => wanted === null || abi === wanted);
    const abi = asked.find(({ failure }) => failure === null)?.abi ?? null;
    const refusals = abi !== null
      ? []
      : asked.flatMap(({ abi: tried, failure }) =>
        failure === null ? [] : [{ abi: tried, ...plain(failure) }]
      );
    return { abi, refusals: joinSame(refusals), facts };
  } catch (error) {
    if (!(error instanceof CheckFailure)) throw error;
    return { abi: null, refusals: [{ abi: null, ...plain(error) }], facts: null };
  }
}

function plain({ code, message, offset }: CheckFailure) {
  return { code, message, offset };
}

/** What every ABI says has nothing to do with the ABI. */
function joinSame(refusals: Inspection["refusals"]): Inspection["refusals"] {
  const [first, ...others] = refusals;
  const isSame = first !== undefined && others.length > 0 &&
    others.every(({ code, message }) => code === first.code && message === first.message);
  return isSame ? [{ ...first, abi: null }] : refusals;
}
