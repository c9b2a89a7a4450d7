/**
 * The subcommands of git that change files of the working tree, and those that show them.
 *
 * @module
 */
import type { Verb } from "../../effect.ts";
import type { Argument, Input } from "../program_use.ts";
import { applyPatch } from "./apply_patch.ts";
import { landing, lastName } from "./path_words.ts";
import { hasOption, readOptions } from "./read_options.ts";
import { foundBelow, isFolder, known, type UseBuilder } from "./use_builder.ts";

/** Reads what follows the subcommand's name; returns what it prints, where that matters. */
export type ReadCommand = (builder: UseBuilder, args: readonly Argument[]) => Input | void;

export const diffOptions =
  "output> O< G: S: U: l: n: L: M? C? B? X? -psuzwbaRqmcgtW0123456789 format: pretty? " +
  "since: until: after: before: author: committer: grep: stat? word-diff? color? diff-filter: " +
  "name-only name-status no-index ext-diff textconv cached staged oneline all graph decorate? " +
  "follow no-color no-pager patch raw numstat shortstat summary check exit-code quiet merges " +
  "no-merges first-parent reverse date: abbrev? abbrev-commit no-ext-diff ignore-all-space " +
  "max-count: skip: branches? tags? remotes? left-right cherry-pick inter-hunk-context: unified: " +
  "find-renames? color-words? relative? minimal patience histogram diff-algorithm: " +
  "binary full-index not";

export const gitTreeCommands: readonly (readonly [string, ReadCommand])[] = [
  ...[
    "merge",
    "cherry-pick",
    "revert",
    "am",
    "read-tree",
    "sparse-checkout",
    "subtree",
    "mergetool",
  ]
    .map((name): [string, ReadCommand] => [name, changeTree]),
  ["rebase", readRebase],
  ["reset", readReset],
  ["stash", readStash],
  ["checkout", readCheckout],
  ["switch", readSwitch],
  ["restore", readRestore],
  ["clean", readClean],
  ["mv", readMove],
  ["apply", readApply],
  [
    "checkout-index",
    (builder, args) => readPaths(builder, "write", args, "-afnqu prefix: stage: temp stdin -z"),
  ],
  ["rm", (builder, args) => {
    const isIndex = args.some(({ text }) => /^--ca/.test(text));
    if (!isIndex) {
      readPaths(
        builder,
        "delete",
        args,
        "-frnq force dry-run ignore-unmatch quiet sparse pathspec-from-file: pathspec-file-nul",
      );
    }
  }],
];

/** Any file of the working tree may change. */
export function changeTree(builder: UseBuilder): void {
  builder.mayTouch("write", known("."));
}

function readStash(builder: UseBuilder, args: readonly Argument[]): Input | void {
  const [action, ...rest] = args;
  if (/^(?:list|drop|clear|create|store)$/.test(action?.text ?? "")) return;
  if (action?.text === "show") return readDiff(builder, rest);
  changeTree(builder);
  const at = args.findIndex(({ text }) => text === "--");
  for (const path of at === -1 ? [] : args.slice(at + 1)) touchPathspec(builder, "write", path);
}

/** Paths as git takes them, which are patterns to it. */
function touchPathspec(builder: UseBuilder, verb: Verb, path: Argument): void {
  const { text, isKnown } = path;
  const isPattern = /[*?[\\]/.test(text) || text.startsWith(":");
  const isHere = lastName(text) === "";
  if (isKnown && (isPattern || isHere)) {
    // A pattern without a slash matches last names; with one, who knows what.
    const name = /^\*?[^*\\:/]+$/.test(text) && !isHere ? text : null;
    if (name !== null) builder.touch(verb, foundBelow(".", name));
    if (/^:(?:\/|\([a-z,]*\))[^*?[\\]+$/.test(text)) {
      builder.touch(verb, known(text.replace(/^:(?:\/|\([a-z,]*\))/, "")));
    }
    builder.mayTouch(verb, isPattern ? known(".") : path);
  } else builder.touch(verb, path);
}

function readPaths(
  builder: UseBuilder,
  verb: Verb,
  args: readonly Argument[],
  options: string,
): void {
  const read = readOptions(args, options);
  builder.options(read);
  for (const path of read.operands) touchPathspec(builder, verb, path);
  if (args.some(({ text }) => /^--pathspec-f|^--stdin|^-a|^--al/.test(text))) changeTree(builder);
}

function readCheckout(builder: UseBuilder, args: readonly Argument[]): void {
  const at = args.findIndex(({ text, isKnown }) => text === "--" && isKnown);
  const before = at === -1 ? args : args.slice(0, at);
  const read = readOptions(
    before,
    "-qfdlpm b: B: t? U: orphan: conflict: ours theirs force detach track? no-track " +
      "guess no-guess merge patch quiet progress recurse-submodules pathspec-from-file: " +
      "ignore-skip-worktree-bits overlay no-overlay",
  );
  builder.options(read);
  const isNew = hasOption(read, "b", "B", "orphan");
  if (isNew ? read.operands.length > 0 : at === -1) changeTree(builder);
  if (hasOption(read, "pathspec-from-file")) changeTree(builder);
  // Without `--` a word is a path wherever it is no commit; before it, always a commit.
  const paths = at === -1 && !isNew ? read.operands : [];
  for (const path of paths) touchPathspec(builder, "write", path);
  for (const path of at === -1 ? [] : args.slice(at + 1)) touchPathspec(builder, "write", path);
}

function readSwitch(builder: UseBuilder, args: readonly Argument[]): void {
  const read = readOptions(
    args,
    "c,create: C,force-create: orphan: -dfqtm conflict: track? detach force " +
      "discard-changes guess no-guess",
  );
  const isNew = hasOption(read, "c", "C", "orphan");
  if (!isNew || read.operands.length > 0 || !read.isSure) changeTree(builder);
}

function readRestore(builder: UseBuilder, args: readonly Argument[]): void {
  const options =
    "s,source: S,staged W,worktree -pqm conflict: pathspec-from-file: ours theirs merge " +
    "patch ignore-unmerged overlay no-overlay";
  const read = readOptions(args, options);
  const isIndex = hasOption(read, "S") && !hasOption(read, "W");
  if (!isIndex) readPaths(builder, "write", args, options);
}

function readClean(builder: UseBuilder, args: readonly Argument[]): void {
  const read = readOptions(args, "-dfinqxX e,exclude: force dry-run interactive quiet");
  if (hasOption(read, "n", "dry-run")) return;
  for (const path of read.operands) touchPathspec(builder, "delete", path);
  if (read.operands.length === 0 || !read.isSure) builder.mayTouch("delete", known("."));
}

function readMove(builder: UseBuilder, args: readonly Argument[]): void {
  const { operands } = readOptions(args, "-fknv force dry-run verbose sparse");
  const target = operands.at(-1);
  for (const source of operands.slice(0, -1)) {
    builder.touch("delete", source);
    if (target !== undefined) builder.touch("create", landing(target, source));
  }
  if (target !== undefined && !isFolder(target)) {
    builder.touch("create", target, { unlessFolder: true });
  }
}

function readApply(builder: UseBuilder, args: readonly Argument[]): void {
  const read = readOptions(
    args,
    "p: C: directory: include: exclude: whitespace: -RN3qvz stat numstat summary check " +
      "index cached apply reverse reject recount unidiff-zero build-fake-ancestor> " +
      "intent-to-add 3way quiet verbose allow-empty inaccurate-eof unsafe-paths",
  );
  builder.options(read);
  const isShown = hasOption(read, "stat", "numstat", "summary", "check", "cached");
  if (isShown && !hasOption(read, "apply")) return;
  const isMoved = hasOption(read, "p", "directory");
  applyPatch(builder, read.operands, isMoved ? known(".") : null);
}

function readReset(builder: UseBuilder, args: readonly Argument[]): void {
  const changes = args.some(({ text, isKnown }) =>
    /^--(?:h|me|k)/.test(text) || (!isKnown && text === "")
  );
  if (changes) changeTree(builder);
}

function readRebase(builder: UseBuilder, args: readonly Argument[]): void {
  builder.options(
    readOptions(
      args,
      "x,exec$ s,strategy: X,strategy-option: onto: -ifmnpqrvkS C: interactive continue " +
        "abort skip autosquash autostash root quit edit-todo rebase-merges? keep-base " +
        "whitespace: empty: update-refs",
    ),
  );
  changeTree(builder);
}

/** What `git diff` and all that take its options write. */
export function readDiff(builder: UseBuilder, args: readonly Argument[]): Input | void {
  const read = readOptions(args, diffOptions);
  builder.options(read);
  if (hasOption(read, "no-index")) builder.touchAll("read", read.operands);
  return hasOption(read, "name-only")
    ? { kind: "found", found: { folder: ".", name: null } }
    : undefined;
}
