/**
 * Programs that make names of names: what they print is known when what they are given is.
 *
 * @module
 */
import type { Argument, Input, Invocation, ProgramUse } from "../program_use.ts";
import { hasOption, optionValues, readOptions } from "./read_options.ts";
import type { ProgramEntry } from "./read_row.ts";
import { trimSlashes } from "./trim_slashes.ts";
import { known, UseBuilder } from "./use_builder.ts";

export const namePrograms: readonly ProgramEntry[] = [
  ["basename", (invocation) => printName(invocation, lastOf)],
  ["dirname", (invocation) => printName(invocation, folderOf)],
  ["mktemp", readMktemp],
];

function printName(invocation: Invocation, change: (path: string) => string): ProgramUse {
  const builder = new UseBuilder(invocation);
  const read = readOptions(invocation.args, "a,multiple s,suffix: z,zero");
  const [path, second] = read.operands;
  const given = optionValues(read, "s").at(-1);
  const isMany = hasOption(read, "a") || given !== undefined || invocation.name === "dirname";
  const isPlain = !hasOption(read, "z") && read.operands.every(({ isKnown }) => isKnown) &&
    given?.isKnown !== false;
  if (!isPlain || path === undefined) return builder.end({ kind: "unknown" });
  const suffix = given ?? (isMany ? known("") : second ?? known(""));
  const names = (isMany ? read.operands : [path]).map(({ text }) => {
    const name = change(text);
    const isCut = suffix.text !== "" && name !== suffix.text && name.endsWith(suffix.text);
    return isCut ? name.slice(0, -suffix.text.length) : name;
  });
  return builder.end({ kind: "text", text: names.map((name) => `${name}\n`).join("") });
}

function lastOf(path: string): string {
  const plain = trimSlashes(path);
  return plain === "/" ? plain : plain.slice(plain.lastIndexOf("/") + 1);
}

function folderOf(path: string): string {
  const plain = trimSlashes(path);
  const at = plain.lastIndexOf("/");
  return at === -1 ? "." : trimSlashes(plain.slice(0, at + 1));
}

/** Any name it could choose stands for the one it will; its letters are random. */
function readMktemp(invocation: Invocation): ProgramUse {
  const builder = new UseBuilder(invocation);
  const read = readOptions(invocation.args, "-dqtu p,tmpdir? suffix: directory dry-run quiet");
  const [template = known("tmp.XXXXXXXXXX")] = read.operands;
  const [folder] = optionValues(read, "p");
  const suffix = optionValues(read, "suffix").at(-1) ?? known("");
  const isHere = read.operands.length > 0 && !hasOption(read, "t") && folder === undefined;
  const parts: readonly Argument[] = [template, suffix, folder ?? known("/tmp")];
  if (!read.isSure || parts.some(({ isKnown }) => !isKnown)) {
    builder.unverified("where mktemp makes a file is not known");
    return builder.end({ kind: "unknown" });
  }
  const name = template.text + suffix.text;
  const path = isHere ? name : `${folder?.text ?? "/tmp"}/${name}`;
  // In the folder for such files it takes nobody's name.
  if (!path.startsWith("/tmp/")) builder.touch("create", known(path));
  const output: Input = { kind: "text", text: `${path}\n` };
  return builder.end(output);
}
