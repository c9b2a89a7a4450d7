/**
 * `sealward checks add`: a check that comes with the program, as a file a policy can pin.
 *
 * @module
 */
import { encodeHex } from "@std/encoding/hex";
import { EngineError, toEngineError } from "../../../core/errors.ts";
import { sha256 } from "../../../core/integrity/sha256.ts";
import { renderJson } from "../../render.ts";
import type { Command, ParsedArguments } from "../command.ts";
import type { CliContext } from "../host.ts";
import { type ShippedCheck, type ShippedCheckFiles, shippedChecks } from "../shipped_checks.ts";
import { quote, usageError } from "../usage_error.ts";
import { pinLines } from "./pin_lines.ts";
import { printAnswer, say } from "./print.ts";

export const checksAddCommand: Command<CliContext> = {
  path: ["checks", "add"],
  summary: "Write a check that comes with Sealward",
  description:
    `Writes .scalpel/checks/NAME.wasm and prints the lines the policy needs for it. NAME is one of ${
      shippedChecks.map(({ name, summary }) => `${name} (${summary})`).join("; ")
    }. Nothing counts before the lines stand in the policy and the policy is accepted or signed.`,
  examples: [
    { command: "sealward checks add secrets", what: "then copy the lines into the policy" },
    { command: "sealward checks add secrets --replace", what: "after an update of Sealward" },
  ],
  flags: [{
    name: "replace",
    kind: "boolean",
    description: "Overwrite another file of that name",
  }],
  positionals: [{
    name: "NAME",
    required: true,
    variadic: false,
    description: shippedChecks.map(({ name }) => name).join(", "),
  }],
  exits: [
    [0, "written, or there already"],
    [1, "could not write, or another file has the name"],
    [64, "no such check"],
  ],
  run: runChecksAdd,
};

async function runChecksAdd(context: CliContext, parsed: ParsedArguments): Promise<number> {
  const [name = ""] = parsed.positionals;
  const check = shippedChecks.find((known) => known.name === name);
  if (check === undefined) {
    const known = shippedChecks.map(({ name }) => name).join(", ");
    throw usageError(`No check of the name ${quote(name)} comes with Sealward`, `it has ${known}`);
  }
  const files = await context.host.shippedCheckFiles(parsed.flags.text("root"));
  const bytes = files.read(check);
  const isNew = place(files, check, { bytes, replaces: parsed.flags.isSet("replace") });
  const path = `${files.folder}/${name}.wasm`;
  const digest = encodeHex(sha256(bytes));
  const lines = `checks:\n${linesOf(check, digest)}`;
  const text = parsed.format === "table"
    ? lines
    : renderJson({ schema_version: 1, path, written: isNew, sha256: digest, lines }, parsed.format);
  printAnswer(context, parsed, text);
  say(context, parsed, isNew ? `written: ${path}` : `there already: ${path}`);
  say(context, parsed, "put these lines into the policy, then `policy accept` or sign it");
  return 0;
}

/** Whether it was written: the same bytes are left alone. */
function place(
  files: ShippedCheckFiles,
  { name }: ShippedCheck,
  { bytes, replaces }: { readonly bytes: Uint8Array; readonly replaces: boolean },
): boolean {
  const path = `${files.folder}/${name}.wasm`;
  const there = files.readPlaced(name);
  if (there !== null && isSame(there, bytes)) return false;
  if (there !== null && !replaces) {
    throw new EngineError(
      "output_unwritable",
      `Cannot write ${quote(path)}: another file is there`,
      {
        hint: "give --replace to overwrite it; the policy has to pin the new hash then",
      },
    );
  }
  try {
    files.write(name, bytes);
  } catch (error) {
    const message = `Cannot write ${quote(path)}: ${toEngineError(error).message}`;
    throw new EngineError("output_unwritable", message, {
      hint: "look for a full disk, or a folder of somebody else",
      cause: error,
    });
  }
  return true;
}

function isSame(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && one.every((byte, at) => byte === other[at]);
}

function linesOf({ name, abi, lines }: ShippedCheck, digest: string): string {
  const nothing = { entrypoint: null, result: null, data: null, isolation: null, settings: null };
  const keys = { id: name, file: `${name}.wasm`, sha256: digest, abi, ...nothing, limits: [] };
  return pinLines(keys, "  ") + lines().map((line) => `    ${line}\n`).join("");
}
