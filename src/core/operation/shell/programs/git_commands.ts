/**
 * The subcommands of git.
 *
 * @module
 */
import type { Verb } from "../../effect.ts";
import type { Argument, Input } from "../program_use.ts";
import { applyPatch } from "./apply_patch.ts";
import { runsPrograms } from "./git_config_key.ts";
import { inFolder, landing, lastName } from "./path_words.ts";
import { hasOption, optionValues, readOptions } from "./read_options.ts";
import { readSetting } from "./read_git_setting.ts";
import { foundBelow, isFolder, known, show, UseBuilder } from "./use_builder.ts";
import { joinWords } from "./wrapper_programs.ts";

/** Reads what follows the subcommand's name; returns what it prints, where that matters. */
type ReadCommand = (builder: UseBuilder, args: readonly Argument[]) => Input | void;

const names: Input = { kind: "found", found: { folder: ".", name: null } };
const tame: Input = { kind: "unknown", isTame: true };

/** Look at the repository, or change only what git keeps for itself. */
const quiet = "status blame annotate describe rev-list cat-file for-each-ref show-ref name-rev " +
  "reflog count-objects fsck gc prune repack notes branch tag remote version var cherry help " +
  "check-ignore check-attr check-mailmap check-ref-format merge-tree commit-tree write-tree " +
  "update-ref symbolic-ref pack-refs replace hash-object update-index mktree mktag verify-commit " +
  "verify-tag verify-pack show-index show-branch shortlog stripspace column get-tar-commit-id " +
  "patch-id fmt-merge-msg maintenance rerere commit-graph multi-pack-index pack-objects " +
  "unpack-objects index-pack interpret-trailers diagnose bugreport fetch-pack request-pull";

const diffOptions =
  "output> O< G: S: U: l: n: L: M? C? B? X? -psuzwbaRqmcgtW0123456789 format: pretty? " +
  "since: until: after: before: author: committer: grep: stat? word-diff? color? diff-filter: " +
  "name-only name-status no-index ext-diff textconv cached staged oneline all graph decorate? " +
  "follow no-color no-pager patch raw numstat shortstat summary check exit-code quiet merges " +
  "no-merges first-parent reverse date: abbrev? abbrev-commit no-ext-diff ignore-all-space " +
  "max-count: skip: branches? tags? remotes? left-right cherry-pick inter-hunk-context: unified: " +
  "find-renames? color-words? relative? minimal patience histogram diff-algorithm: binary full-index not";

export const gitCommands: ReadonlyMap<string, ReadCommand> = new Map<string, ReadCommand>([
  ...quiet.split(" ").map((name): [string, ReadCommand] => [name, () => {}]),
  ...[
    "diff",
    "log",
    "show",
    "whatchanged",
    "range-diff",
    "diff-tree",
    "diff-index",
    "diff-files",
    "stash-show",
  ]
    .map((name): [string, ReadCommand] => [name, readDiff]),
  ["rev-parse", readRevision],
  ["merge-base", () => tame],
  ["ls-files", () => names],
  ["ls-tree", () => names],
  ["add", readAdd],
  ["stage", readAdd],
  ["commit", readCommit],
  ...["push", "fetch", "ls-remote", "send-pack"].map((
    name,
  ): [string, ReadCommand] => [name, readTransfer]),
  ["pull", (builder, args) => {
    readTransfer(builder, args);
    builder.mayTouch("write", known("."));
  }],
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
  [
    "checkout-index",
    (builder, args) => readPaths(builder, "write", args, "-afnqu prefix: stage: temp stdin -z"),
  ],
  ["clean", readClean],
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
  ["mv", readMove],
  ["apply", readApply],
  ["config", readConfig],
  ["worktree", readWorktree],
  ["clone", readClone],
  ["init", (builder, args) => {
    const read = readOptions(
      args,
      "-q b,initial-branch: template* separate-git-dir+ shared? object-format: bare quiet",
    );
    builder.options(read);
    builder.touchAll(
      "create",
      read.operands.slice(0, 1).map((folder) => inFolder(folder, known(".git"))),
    );
  }],
  [
    "archive",
    (builder, args) =>
      builder.options(
        readOptions(
          args,
          "o,output> exec$ remote@ prefix: format: -v0123456789l add-file< add-virtual-file: list verbose worktree-attributes",
        ),
      ),
  ],
  ["format-patch", (builder, args) => {
    const read = readOptions(
      args,
      `o,output-directory: ${diffOptions} stdout signature-file< attach? to: cc: cover-letter subject-prefix: v: base: start-number: suffix: numbered -kN`,
    );
    builder.options(read);
    const folder = optionValues(read, "o").at(-1);
    if (folder !== undefined) builder.touch("create", landing(folder, known("0001-.patch")));
  }],
  ["bundle", (builder, args) => {
    const [action, file] = args.filter(({ text }) => !text.startsWith("-"));
    if (file !== undefined) builder.touch(action?.text === "create" ? "write" : "read", file);
  }],
  ["bisect", (builder, args) => {
    if (args[0]?.text === "run") builder.argv(args.slice(1));
    if (args[0]?.text !== "log") builder.mayTouch("write", known("."));
  }],
  ["submodule", readSubmodule],
  [
    "difftool",
    (builder, args) => builder.options(readOptions(args, `x,extcmd$ t,tool: -gdy ${diffOptions}`)),
  ],
  ["grep", (builder, args) => {
    const read = readOptions(
      args,
      "O,open-files-in-pager? e: f< A: B: C: m: -aivwhHEGPFnlLzcopqrW recursive name-only threads: max-depth: files-with-matches",
    );
    builder.options(read);
    for (const { name, value } of read.options) {
      if (name === "O" && value !== null) builder.shell(value);
    }
    return hasOption(read, "l", "name-only", "files-with-matches", "L") ? names : undefined;
  }],
  ["filter-branch", (builder) => builder.unverified("git filter-branch runs its filters")],
  ["hook", (builder, args) => {
    const hook = args.filter(({ text }) => !text.startsWith("-"))[1];
    if (hook !== undefined) builder.script("hook", inFolder(known(".git/hooks"), hook));
  }],
  ["lfs", readLfs],
]);

const plainFlags =
  /^--(?:abbrev-ref|short(?:=\d+)?|verify|show-toplevel|git-dir|absolute-git-dir|show-prefix|show-cdup|quiet|is-inside-work-tree|git-common-dir)$/;

/** SECURITY: `git rev-parse -o` prints `-o`. */
function readRevision(_: UseBuilder, args: readonly Argument[]): Input | void {
  const isPlain = args.every(({ text, isKnown }) =>
    isKnown && (!text.startsWith("-") || plainFlags.test(text))
  );
  return isPlain ? tame : undefined;
}

function changeTree(builder: UseBuilder): void {
  builder.mayTouch("write", known("."));
}

function readDiff(builder: UseBuilder, args: readonly Argument[]): Input | void {
  const read = readOptions(args, diffOptions);
  builder.options(read);
  if (hasOption(read, "no-index")) builder.touchAll("read", read.operands);
  return hasOption(read, "name-only") ? names : undefined;
}

function readAdd(builder: UseBuilder, args: readonly Argument[]): void {
  const read = readOptions(
    args,
    "-AunvfeipN chmod: pathspec-from-file< all update verbose force intent-to-add renormalize",
  );
  builder.options(read);
  // Of a folder, git takes only what is not ignored.
  for (const path of read.operands) {
    if (lastName(path.text) !== "") builder.touch("read", path, { isPossible: true });
  }
}

function readCommit(builder: UseBuilder, args: readonly Argument[]): void {
  builder.options(
    readOptions(
      args,
      "-asnveqopiz m,message: F,file< t,template< C: c: u? S? author: date: pathspec-from-file< fixup: squash: cleanup: trailer: all amend no-verify no-edit signoff allow-empty message quiet only include",
    ),
  );
}

function readTransfer(builder: UseBuilder, args: readonly Argument[]): void {
  const read = readOptions(
    args,
    "-aftnpqvukdjPs4 o,push-option: receive-pack$ exec$ upload-pack$ upload-pack-cmd$ depth: deepen: refmap: repo@ s: X: shallow-since: shallow-exclude: filter: j,jobs: force force-with-lease? set-upstream tags all prune rebase? ff-only no-rebase no-ff delete mirror heads follow-tags no-verify recurse-submodules? dry-run unshallow verbose quiet autostash stat progress porcelain atomic signed? squash commit no-commit edit no-edit strategy: strategy-option:",
  );
  builder.options(read);
  const [remote] = read.operands;
  // The address of a remote that has a name is in the configuration.
  if (remote === undefined || (remote.isKnown && !/[:/]/.test(remote.text))) {
    builder.connectAnywhere();
  } else builder.connect(remote);
}

function readRebase(builder: UseBuilder, args: readonly Argument[]): void {
  builder.options(
    readOptions(
      args,
      "x,exec$ s,strategy: X,strategy-option: onto: -ifmnpqrvkS C: interactive continue abort skip autosquash autostash root quit edit-todo rebase-merges? keep-base whitespace: empty: update-refs",
    ),
  );
  changeTree(builder);
}

function readReset(builder: UseBuilder, args: readonly Argument[]): void {
  const changes = args.some(({ text, isKnown }) =>
    /^--(?:h|me|k)/.test(text) || (!isKnown && text === "")
  );
  if (changes) changeTree(builder);
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
    "-qfdlpm b: B: t? U: orphan: conflict: ours theirs force detach track? no-track guess no-guess merge patch quiet progress recurse-submodules pathspec-from-file: ignore-skip-worktree-bits overlay no-overlay",
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
    "c,create: C,force-create: orphan: -dfqtm conflict: track? detach force discard-changes guess no-guess",
  );
  const isNew = hasOption(read, "c", "C", "orphan");
  if (!isNew || read.operands.length > 0 || !read.isSure) changeTree(builder);
}

function readRestore(builder: UseBuilder, args: readonly Argument[]): void {
  const options =
    "s,source: S,staged W,worktree -pqm conflict: pathspec-from-file: ours theirs merge patch ignore-unmerged overlay no-overlay";
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
    "p: C: directory: include: exclude: whitespace: -RN3qvz stat numstat summary check index cached apply reverse reject recount unidiff-zero build-fake-ancestor> intent-to-add 3way quiet verbose allow-empty inaccurate-eof unsafe-paths",
  );
  builder.options(read);
  const isShown = hasOption(read, "stat", "numstat", "summary", "check", "cached");
  if (isShown && !hasOption(read, "apply")) return;
  const isMoved = hasOption(read, "p", "directory");
  applyPatch(builder, read.operands, isMoved ? known(".") : null);
}

function readConfig(builder: UseBuilder, args: readonly Argument[]): void {
  const read = readOptions(
    args,
    "f,file: blob: t,type: default: value: comment: url: -lez global system local worktree add replace-all unset unset-all get get-all get-regexp get-urlmatch list edit rename-section remove-section show-origin show-scope name-only null bool int path includes no-includes all regexp append fixed-value get-color get-colorbool",
  );
  const [file] = optionValues(read, "f");
  const [first, ...rest] = read.operands;
  const action =
    /^(?:get|set|unset|list|edit|rename-section|remove-section)$/.test(first?.text ?? "")
      ? first?.text
      : null;
  const [key, value] = action === null ? [first, rest[0]] : rest;
  if (
    action === "get" || action === "list" ||
    hasOption(read, "l", "list", "get", "get-all", "get-regexp", "get-urlmatch", "blob")
  ) return;
  const isWhole = /edit|section/.test(action ?? "") ||
    hasOption(read, "e", "edit", "rename-section", "remove-section");
  const isUnset = action === "unset" || hasOption(read, "unset", "unset-all");
  const isChange = isWhole || isUnset || value !== undefined || action === "set" || !read.isSure;
  if (!isChange) return;
  const runs = isWhole || key === undefined || !key.isKnown || !read.isSure ||
    runsPrograms(key.text, isUnset || !value?.isKnown ? null : value.text);
  if (file !== undefined) builder.touch("write", file);
  if (!runs) return;
  builder.touch("write", known(".git/config"));
  if (hasOption(read, "global", "system")) {
    builder.unverified(
      `git's ${key === undefined ? "configuration" : show(key)} may run a program everywhere`,
    );
  }
}

function readWorktree(builder: UseBuilder, args: readonly Argument[]): void {
  const [action, ...rest] = args;
  const { operands } = readOptions(
    rest,
    "-fdq b: B: reason: expire: force detach checkout no-checkout lock orphan track guess-remote",
  );
  const [path, target] = operands;
  if (path === undefined) return;
  if (action?.text === "add") builder.touch("create", path);
  else if (/^(?:remove|move)$/.test(action?.text ?? "")) builder.touch("delete", path);
  if (action?.text === "move" && target !== undefined) builder.touch("create", target);
}

function readClone(builder: UseBuilder, args: readonly Argument[]): void {
  const read = readOptions(
    args,
    "-lsnqv46 b,branch: c,config: u,upload-pack$ o,origin: j,jobs: depth: template* reference: reference-if-able: separate-git-dir+ filter: recurse-submodules? recursive? shallow-since: shallow-exclude: server-option: bundle-uri: revision: bare mirror local no-hardlinks shared no-checkout single-branch no-single-branch no-tags quiet verbose progress dissociate sparse shallow-submodules",
  );
  builder.options(read);
  for (const setting of optionValues(read, "c")) readSetting(builder, setting);
  const [source, target] = read.operands;
  if (source === undefined) return;
  if (/:/.test(source.text) || !source.isKnown) builder.connect(source);
  else builder.touch("read", source);
  const named = {
    ...source,
    text: source.text.replace(/[/:]+$/, "").replace(/^.*[/:]/, "").replace(/\.git$/, ""),
  };
  builder.touch("create", target ?? named);
}

function readSubmodule(builder: UseBuilder, args: readonly Argument[]): void {
  const [action, ...rest] = args.filter(({ text }) => text !== "--quiet" && text !== "-q");
  const name = action?.text ?? "status";
  const operands = rest.filter(({ text }) => !text.startsWith("-"));
  if (name === "foreach") builder.shell(joinWords(operands));
  if (/^(?:add|update|set-url|sync|init)$/.test(name)) builder.connectAnywhere();
  if (name === "add" && operands[1] !== undefined) builder.touch("create", operands[1]);
  if (/^(?:add|update|deinit)$/.test(name)) changeTree(builder);
}

function readLfs(builder: UseBuilder, args: readonly Argument[]): void {
  const name = args[0]?.text ?? "";
  if (/^(?:track|untrack)$/.test(name)) builder.touch("write", known(".gitattributes"));
  else if (/^(?:install|uninstall|update)$/.test(name)) builder.touch("write", known(".git/hooks"));
  else if (/^(?:pull|checkout|migrate|smudge)$/.test(name)) changeTree(builder);
  if (/^(?:pull|fetch|push)$/.test(name)) builder.connectAnywhere();
}
