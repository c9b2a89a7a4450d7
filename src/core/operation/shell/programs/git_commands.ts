/**
 * The subcommands of git.
 *
 * @module
 */
import type { Argument, Input } from "../program_use.ts";
import { runsPrograms } from "./git_config_key.ts";
import { inFolder, landing, lastName } from "./path_words.ts";
import { hasOption, optionValues, readOptions } from "./read_options.ts";
import { readSetting } from "./read_git_setting.ts";
import { known, show, type UseBuilder } from "./use_builder.ts";
import {
  changeTree,
  diffOptions,
  gitTreeCommands,
  type ReadCommand,
  readDiff,
} from "./git_tree_commands.ts";
import { joinWords } from "./wrapper_programs.ts";

const names: Input = { kind: "found", found: { folder: ".", name: null } };
const tame: Input = { kind: "unknown", isTame: true };

/** Look at the repository, or change only what git keeps for itself. */
const quiet = "status blame annotate describe rev-list cat-file for-each-ref show-ref name-rev " +
  "reflog count-objects fsck gc prune repack notes branch tag remote version var cherry help " +
  "check-ignore check-attr check-mailmap check-ref-format merge-tree commit-tree write-tree " +
  "update-ref symbolic-ref pack-refs replace hash-object update-index mktree mktag verify-commit " +
  "verify-tag verify-pack show-index show-branch shortlog stripspace column get-tar-commit-id " +
  "patch-id fmt-merge-msg rerere commit-graph multi-pack-index " +
  "unrequest-pull";

/** By name, what reads the words that follow it. */
export const gitCommands: ReadonlyMap<string, ReadCommand> = new Map<string, ReadCommand>([
  ...gitTreeCommands,
  ...quiet.split(" ").map((name): [string, ReadCommand] => [name, readQuiet]),
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
  ["config", readConfig],
  ["worktree", readWorktree],
  ["clone", readClone],
  ["init", readInit],
  [
    "archive",
    (builder, args) =>
      builder.options(
        readOptions(
          args,
          "o,output> exec$ remote@ prefix: format: -v0123456789l add-file< add-virtual-file: " +
            "list verbose worktree-attributes",
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
      "O,open-files-in-pager? e: f< A: B: C: m: -aivwhHEGPFnlLzcopqrW recursive name-only " +
        "threads: max-depth: files-with-matches",
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

/** SECURITY: many of them are `git log` in disguise, and take its `--output`. */
function readQuiet(builder: UseBuilder, args: readonly Argument[]): void {
  for (const [at, word] of args.entries()) {
    const [option, value] = /^--out[a-z]*(?:=(.*))?$/s.exec(word.text) ?? [];
    const file = value === undefined ? args[at + 1] : { ...word, text: value };
    if (option !== undefined && file !== undefined) builder.touch("write", file);
  }
}

function readInit(builder: UseBuilder, args: readonly Argument[]): void {
  const read = readOptions(
    args,
    "-q b,initial-branch: template* separate-git-dir+ shared? object-format: bare quiet",
  );
  builder.options(read);
  builder.touchAll("create", read.operands.slice(0, 1));
  const [folder = known(".")] = read.operands;
  builder.touch("write", inFolder(folder, known(".git/description")));
  if (hasOption(read, "bare")) builder.touch("write", inFolder(folder, known("description")));
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
      "-asnveqopiz m,message: F,file< t,template< C: c: u? S? author: date: " +
        "pathspec-from-file< fixup: squash: cleanup: trailer: all amend no-verify no-edit " +
        "signoff allow-empty message quiet only include",
    ),
  );
}

function readTransfer(builder: UseBuilder, args: readonly Argument[]): void {
  const read = readOptions(
    args,
    "-aftnpqvukdjPs4 o,push-option: receive-pack$ exec$ upload-pack$ upload-pack-cmd$ " +
      "depth: deepen: refmap: repo@ s: X: shallow-since: shallow-exclude: filter: j,jobs: " +
      "force force-with-lease? set-upstream tags all prune rebase? ff-only no-rebase no-ff " +
      "delete mirror heads follow-tags no-verify recurse-submodules? dry-run unshallow " +
      "verbose quiet autostash stat progress porcelain atomic signed? squash commit " +
      "no-commit edit no-edit strategy: strategy-option:",
  );
  builder.options(read);
  const [remote] = read.operands;
  // The address of a remote that has a name is in the configuration.
  if (remote === undefined || (remote.isKnown && !/[:/]/.test(remote.text))) {
    builder.connectAnywhere();
  } else builder.connect(remote);
}

function readConfig(builder: UseBuilder, args: readonly Argument[]): void {
  const read = readOptions(
    args,
    "f,file: blob: t,type: default: value: comment: url: -lez global system local " +
      "worktree add replace-all unset unset-all get get-all get-regexp get-urlmatch list " +
      "edit rename-section remove-section show-origin show-scope name-only null bool int " +
      "path includes no-includes all regexp append fixed-value get-color get-colorbool",
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
  const hasUnknown = !read.isSure && read.dynamic.length === 0;
  if (!isChange) return;
  const runs = isWhole || key === undefined || !key.isKnown || hasUnknown ||
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
  if (action?.text === "add") {
    builder.touch("create", path);
    builder.opaque("which files a new work tree brings is not known");
  } else if (/^(?:remove|move)$/.test(action?.text ?? "")) builder.touch("delete", path);
  if (action?.text === "move" && target !== undefined) builder.touch("create", target);
}

function readClone(builder: UseBuilder, args: readonly Argument[]): void {
  const read = readOptions(
    args,
    "-lsnqv46 b,branch: c,config: u,upload-pack$ o,origin: j,jobs: depth: template* " +
      "reference: reference-if-able: separate-git-dir+ filter: recurse-submodules? " +
      "recursive? shallow-since: shallow-exclude: server-option: bundle-uri: revision: " +
      "bare mirror local no-hardlinks shared no-checkout single-branch no-single-branch " +
      "no-tags quiet verbose progress dissociate sparse shallow-submodules",
  );
  builder.options(read);
  for (const setting of optionValues(read, "c")) readSetting(builder, setting);
  const [source, target] = read.operands;
  if (source === undefined) return;
  if (/:/.test(source.text) || !source.isKnown) builder.connect(source);
  else builder.touch("read", source);
  const named = {
    ...source,
    text: lastName(source.text.replaceAll(":", "/")).replace(/\.git$/, ""),
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
