/**
 * Programs that take sources and a target: a file, or the folder they land in.
 *
 * @module
 */
import type { Verb } from "../../effect.ts";
import type { Argument, Invocation, ProgramUse } from "../program_use.ts";
import { isRemote } from "./host_of.ts";
import { folderOf, inFolder, landing, lastName } from "./path_words.ts";
import type { ProgramEntry } from "./read_row.ts";
import { hasOption, type OptionsRead, optionValues, readOptions } from "./read_options.ts";
import { isFolder, known, UseBuilder } from "./use_builder.ts";

const targetOptions =
  "t,target-directory: T,no-target-directory S,suffix: b backup? -fivnZ force " +
  "interactive no-clobber verbose update? strip-trailing-slashes context? debug";
const cpOptions = `${targetOptions} -aAcdHLlPpRrsuxX archive attributes-only copy-contents link ` +
  "symbolic-link dereference no-dereference recursive one-file-system parents preserve? " +
  "no-preserve: remove-destination reflink? sparse: keep-directory-symlink";
const installOptions = "t,target-directory: T,no-target-directory S,suffix: b backup? m,mode: " +
  "o,owner: g,group: strip-program$ d,directory -cCDpsv verbose strip compare preserve-timestamps";
const lnOptions = `${targetOptions} s,symbolic r,relative -dFhLP logical physical no-dereference`;
const rsyncOptions = "-aAbcCdDgHhiIkKlLmnoOpPqrRStuUvWxXyzEFJ046 e,rsh$ rsync-path: f,filter: " +
  "exclude: include: exclude-from< include-from< files-from< password-file< log-file> " +
  "backup-dir> partial-dir> T,temp-dir> write-batch> only-write-batch> read-batch* suffix: " +
  "B,block-size: M,remote-option: port: timeout: bwlimit: chmod: chown: link-dest: " +
  "compare-dest: copy-dest: max-size: min-size: info: debug: out-format: address: sockopts: " +
  "config* password: usermap: groupmap: compress-level: compress-choice: modify-window: " +
  "stop-after: iconv: protocol: archive verbose recursive progress delete delete-after " +
  "delete-before delete-during delete-excluded remove-source-files dry-run human-readable stats " +
  "compress checksum update existing ignore-existing inplace append partial links perms times " +
  "group owner size-only itemize-changes list-only no-relative relative delete-delay " +
  "prune-empty-dirs";
const scpOptions = "-346ABCpqrRTv c: D$ F* i< J@ l: o* P: S$ X:";

interface Copy {
  readonly sourceVerb: Verb;
  readonly targetVerb: Verb;
  /** What is below a folder lands below the target, under names nobody sees. */
  readonly isDeep: boolean;
  /** Sources keep their folders below the target. */
  readonly keepsFolders: boolean;
}

export const copyPrograms: readonly ProgramEntry[] = [
  ["cp gcp ditto", readCp],
  ["mv gmv", (invocation) => readCopy(invocation, targetOptions, "delete", "create")],
  ["install ginstall", readInstall],
  ["ln gln link", readLn],
  ["rsync", (invocation) => readRemoteCopy(invocation, rsyncOptions)],
  ["scp", (invocation) => readRemoteCopy(invocation, scpOptions)],
];

function readCp(invocation: Invocation): ProgramUse {
  const read = readOptions(invocation.args, cpOptions);
  const makesLinks = hasOption(read, "l", "link", "s", "symbolic-link");
  return readCopy(invocation, cpOptions, makesLinks ? "link" : "read", "write");
}

function readCopy(
  invocation: Invocation,
  options: string,
  sourceVerb: Verb,
  targetVerb: Verb,
): ProgramUse {
  const builder = new UseBuilder(invocation);
  const read = readOptions(invocation.args, options);
  builder.options(read);
  const isDeep = hasOption(read, "a", "r", "R", "archive", "recursive");
  const keepsFolders = hasOption(read, "parents");
  copyOperands(builder, read, { sourceVerb, targetVerb, isDeep, keepsFolders });
  return builder.end();
}

function copyOperands(builder: UseBuilder, read: OptionsRead, copy: Copy): void {
  const { operands } = read;
  const folders = optionValues(read, "t");
  // SECURITY: with an option nobody knows, any word may be the target.
  if (!read.isSure) {
    for (const word of [...operands, ...read.guesses]) {
      builder.touch(copy.sourceVerb, word);
      builder.touch(copy.targetVerb, word);
      for (const source of operands) builder.touch(copy.targetVerb, landing(word, source));
    }
  }
  const target = operands.at(-1);
  const sources = sourcesOf(read);
  for (const source of sources) builder.touch(copy.sourceVerb, source);
  for (const folder of folders) for (const source of sources) land(builder, source, folder, copy);
  if (folders.length > 0 || target === undefined) return;
  const isWhole = hasOption(read, "T");
  for (const source of sources) {
    if (isWhole) landWhole(builder, target, copy);
    else land(builder, source, target, copy);
  }
  backUp(builder, read, target);
}

function sourcesOf(read: OptionsRead): readonly Argument[] {
  return optionValues(read, "t").length > 0 ? read.operands : read.operands.slice(0, -1);
}

function land(builder: UseBuilder, source: Argument, target: Argument, copy: Copy): void {
  if (!isFolder(target)) builder.touch(copy.targetVerb, target, { unlessFolder: true });
  const named = source.isKnown && lastName(source.text) === "";
  // `cp -r a/. b` brings what is in `a`.
  if (named) landWhole(builder, target, copy);
  else if (copy.keepsFolders) builder.touch(copy.targetVerb, inFolder(target, source));
  else builder.touch(copy.targetVerb, landing(target, source));
}

/** The target becomes what the source is; of a folder, all that is in it. */
function landWhole(builder: UseBuilder, target: Argument, copy: Copy): void {
  if (!copy.isDeep) return builder.touch(copy.targetVerb, target);
  if (!isFolder(target)) builder.touch(copy.targetVerb, target, { unlessFolder: true });
  builder.mayTouch(copy.targetVerb, target);
}

/** SECURITY: `cp -bS .env x prod` writes `prod.env`. */
function backUp(builder: UseBuilder, read: OptionsRead, target: Argument): void {
  const makesBackup = hasOption(read, "b", "backup");
  const suffix = optionValues(read, "S").at(-1) ?? (makesBackup ? known("~") : null);
  if (suffix === null) return;
  const text = `${target.text}${target.isKnown ? suffix.text : ""}`;
  builder.touch("write", { text, isKnown: target.isKnown && suffix.isKnown });
}

function readInstall(invocation: Invocation): ProgramUse {
  const read = readOptions(invocation.args, installOptions);
  if (!hasOption(read, "d")) return readCopy(invocation, installOptions, "read", "write");
  const builder = new UseBuilder(invocation);
  builder.options(read);
  builder.touchAll("create", read.operands);
  return builder.end();
}

function readLn(invocation: Invocation): ProgramUse {
  const builder = new UseBuilder(invocation);
  const read = readOptions(invocation.args, lnOptions);
  builder.options(read);
  const here = known(".");
  const [only] = read.operands;
  const isAlone = read.operands.length === 1 && optionValues(read, "t").length === 0;
  const copy: Copy = {
    sourceVerb: "link",
    targetVerb: "create",
    isDeep: false,
    keepsFolders: false,
  };
  if (isAlone && only !== undefined) {
    builder.touch("link", only);
    builder.touch("create", landing(here, only));
  } else copyOperands(builder, read, copy);
  if (!hasOption(read, "s") || hasOption(read, "r")) return builder.end();
  // A symbolic link is read from where it lies, which may be the target's folder or the target.
  const target = isAlone ? here : optionValues(read, "t").at(-1) ?? read.operands.at(-1) ?? here;
  for (const source of isAlone ? read.operands : sourcesOf(read)) {
    if (!target.isKnown) continue;
    builder.touch("link", inFolder(known(folderOf(target.text)), source));
    builder.touch("link", inFolder(target, source));
  }
  return builder.end();
}

function readRemoteCopy(invocation: Invocation, options: string): ProgramUse {
  const builder = new UseBuilder(invocation);
  const read = readOptions(invocation.args, options);
  const target = read.operands.at(-1);
  const sources = read.operands.slice(0, -1);
  builder.options(read);
  if (hasOption(read, "dry-run", "n", "list-only") || target === undefined) return builder.end();
  if (!read.isSure) {
    for (const word of [...read.operands, ...read.guesses]) builder.touch("write", word);
  }
  const verb = hasOption(read, "remove-source-files") ? "delete" : "read";
  for (const source of sources) {
    if (isRemote(source)) builder.connect(source);
    else builder.touch(verb, source);
    if (!isRemote(target)) receive(builder, source, target);
  }
  if (isRemote(target)) builder.connect(target);
  else if (read.options.some(({ name }) => name.startsWith("delete"))) {
    builder.mayTouch("write", target);
  }
  return builder.end();
}

function receive(builder: UseBuilder, source: Argument, target: Argument): void {
  const path = isRemote(source) ? { ...source, text: source.text.replace(/^.*:/, "") } : source;
  if (!isFolder(target)) builder.touch("write", target, { unlessFolder: true });
  // Names below a folder that ends in a slash, or that is elsewhere, are not seen here.
  const isOpen = path.text.endsWith("/") || lastName(path.text) === "" || path.text.includes("*");
  if (isOpen) builder.mayTouch("write", target);
  else builder.touch("write", landing(target, path));
}
