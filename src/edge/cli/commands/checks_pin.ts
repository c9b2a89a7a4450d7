/**
 * `sealward checks pin`: the lines of a policy that name a module by its hash.
 *
 * @module
 */
import { encodeHex } from "@std/encoding/hex";
import { EngineError } from "../../../core/errors.ts";
import { sha256 } from "../../../core/integrity/sha256.ts";
import { renderJson } from "../../render.ts";
import type { Command, ParsedArguments } from "../command.ts";
import type { CheckWorkshop } from "../check_workshop.ts";
import type { CliContext } from "../host.ts";
import { usageError } from "../usage_error.ts";
import { writeOutput } from "../output.ts";
import { showDiff } from "./agree_to_change.ts";
import { moduleFlags, parseLimits, snake } from "./check_flags.ts";
import { type CheckTrial, readTrial } from "./check_trial.ts";
import { pinLines, type PinnedKeys } from "./pin_lines.ts";
import { planPin } from "./plan_pin.ts";
import { printAnswer, say } from "./print.ts";
import { unifiedDiff } from "./unified_diff.ts";

export const checksPinCommand: Command<CliContext> = {
  path: ["checks", "pin"],
  summary: "Print the policy lines that pin a module",
  description:
    "Looks at a module as the engine will, and prints the lines for `checks:` of the policy: " +
    "id, file, hash, ABI. --write puts them into the policy: a new check at the end of the list, or " +
    "the new hash of a check that is there. The difference is shown and asked about first. Nothing " +
    "counts before `sealward policy accept`, or a signature.",
  examples: [
    { command: "sealward checks pin .scalpel/checks/a.wasm", what: "lines to copy" },
    { command: "sealward checks pin .scalpel/checks/a.wasm --write", what: "after a new build" },
  ],
  flags: [
    {
      name: "id",
      kind: "string",
      value: "ID",
      description: "Name of the check; default: that of the file",
    },
    ...moduleFlags,
    { name: "write", kind: "boolean", description: "Change the policy, after showing how" },
    { name: "yes", kind: "boolean", description: "With --write: do not ask" },
  ],
  positionals: [{
    name: "FILE",
    required: true,
    variadic: false,
    description: "A module; to be pinned it has to lie in .scalpel/checks/",
  }],
  exits: [
    [0, "printed, or written"],
    [1, "could not read or write"],
    [2, "not agreed to"],
    [3, "the module is refused, or the policy is invalid or cannot be edited here"],
    [64, "no such place, id or limit"],
  ],
  run: runChecksPin,
};

async function runChecksPin(context: CliContext, parsed: ParsedArguments): Promise<number> {
  const { host } = context;
  const { flags } = parsed;
  const writes = flags.isSet("write");
  const request = { root: flags.text("root"), runs: "one", writesPolicy: writes } as const;
  const workshop = await host.openCheckWorkshop(request);
  try {
    const trial = await readTrial(host, workshop, parsed);
    const place = placeOf(workshop, host.absolute(trial.file));
    const keys = keysOf(context, workshop, { parsed, trial, file: place ?? baseOf(trial.file) });
    if (writes) return await write(context, parsed, { workshop, keys, place });
    const lines = `checks:\n${pinLines(keys, "  ")}`;
    const text = parsed.format === "table"
      ? lines
      : renderJson({ schema_version: 1, written: false, check: keys, lines }, parsed.format);
    printAnswer(context, parsed, text);
    if (place === null) say(context, parsed, copyHint(workshop, trial.file));
    say(context, parsed, "put these lines into the policy (or --write does), then `policy accept`");
    return 0;
  } finally {
    await workshop.close();
  }
}

interface Wish {
  readonly parsed: ParsedArguments;
  readonly trial: CheckTrial;
  readonly file: string;
}

function keysOf(
  { host }: CliContext,
  workshop: CheckWorkshop,
  { parsed, trial, file }: Wish,
): PinnedKeys {
  const { flags } = parsed;
  const id = flags.text("id") ?? idOf(file);
  if (!/^[a-z][a-z0-9_-]{0,63}$/.test(id)) {
    throw usageError(`Cannot use the id "${id}"`, "give --id: a-z, 0-9, _ and -, a letter first");
  }
  if (!/^[A-Za-z0-9._@+/-]+\.wasm$/.test(file)) {
    throw usageError(
      "Cannot pin a file of this name",
      "letters, digits, . _ @ + -, and .wasm last",
    );
  }
  const data = flags.text("data");
  return {
    id,
    file,
    sha256: trial.sha256,
    abi: trial.job.abi,
    entrypoint: trial.job.entrypoint,
    result: trial.job.result === "allow" ? "allow" : null,
    data: data === null || trial.job.data === null ? null : {
      file: placeOf(workshop, host.absolute(data)) ?? baseOf(data),
      sha256: encodeHex(sha256(trial.job.data)),
    },
    isolation: trial.isolation === "inline" ? "inline" : null,
    settings: Object.keys(trial.settings).length === 0 ? null : JSON.stringify(trial.settings),
    limits: Object.entries(parseLimits(parsed)).map(([name, value]) =>
      [snake(name), value] as const
    ),
  };
}

interface Pin {
  readonly workshop: CheckWorkshop;
  readonly keys: PinnedKeys;
  readonly place: string | null;
}

async function write(
  context: CliContext,
  parsed: ParsedArguments,
  { workshop, keys, place }: Pin,
): Promise<number> {
  if (place === null) {
    throw new EngineError("usage", "Cannot pin a module outside of .scalpel/checks/", {
      hint: copyHint(workshop, keys.file),
    });
  }
  const { before, after } = await planPin(context.host, workshop.policyPath, keys);
  if (before === after) {
    say(context, parsed, `the policy pins ${keys.file} like this already: nothing was changed`);
    return 0;
  }
  if (!agree(context, parsed, unifiedDiff(".scalpel/policy.yaml", before, after))) {
    say(context, parsed, "nothing was changed");
    return 2;
  }
  workshop.replacePolicy(before, after);
  const text = parsed.format === "table"
    ? `pinned ${keys.id} in ${workshop.policyPath}\n`
    : renderJson({ schema_version: 1, written: true, check: keys }, parsed.format);
  printAnswer(context, parsed, text);
  say(context, parsed, "next: `sealward checks test`, then `sealward policy accept` or sign it");
  return 0;
}

/** Shown also with --yes and --quiet: the difference is what one stands for. */
function agree(context: CliContext, parsed: ParsedArguments, diff: string): boolean {
  writeOutput(context.stderr, showDiff(diff));
  if (parsed.flags.isSet("yes")) return true;
  if (!context.host.isInteractive) {
    throw usageError("Nobody can be asked", "give --yes to write, or leave --write out");
  }
  const answer = context.host.ask("Write this? [y/N]");
  return answer !== null && /^y(?:es)?$/i.test(answer.trim());
}

/** Relative to the folder of checks; null outside of it. */
function placeOf({ checksFolder }: CheckWorkshop, path: string): string | null {
  if (!path.startsWith(`${checksFolder}/`)) return null;
  const relative = path.slice(checksFolder.length + 1);
  return relative.split("/").some((part) => /^\.{0,2}$/.test(part)) ? null : relative;
}

function baseOf(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}

function idOf(file: string): string {
  return baseOf(file).replace(/\.wasm$/, "").toLowerCase().replace(/[^a-z0-9_-]+/g, "-");
}

function copyHint({ checksFolder }: CheckWorkshop, file: string): string {
  return `copy it first: cp ${file} ${checksFolder}/`;
}
