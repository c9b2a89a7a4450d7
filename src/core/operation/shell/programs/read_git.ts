/**
 * git: its own options, and the subcommand that follows them.
 *
 * @module
 */
import type { Argument, Invocation, ProgramUse } from "../program_use.ts";
import { gitCommands } from "./git_commands.ts";
import { type OptionUse, readOptions } from "./read_options.ts";
import { readSetting } from "./read_git_setting.ts";
import { show, UseBuilder } from "./use_builder.ts";

const gitOptions = "+ C: c: git-dir: work-tree: namespace: super-prefix: config-env: exec-path? " +
  "attr-source: list-cmds: -pPvh paginate no-pager bare no-replace-objects literal-pathspecs " +
  "glob-pathspecs noglob-pathspecs icase-pathspecs no-optional-locks no-lazy-fetch no-advice " +
  "version help html-path man-path info-path";

export function readGit(invocation: Invocation): ProgramUse {
  const builder = new UseBuilder(invocation);
  const read = readOptions(invocation.args, gitOptions);
  builder.options(read);
  if (!read.isSure) builder.unverified("nobody knows which git command this is");
  for (const option of read.options) readOwnOption(builder, option);
  const [command, ...args] = read.operands;
  if (command === undefined) return builder.end();
  const readCommand = command.isKnown ? gitCommands.get(command.text) : undefined;
  // Helpers run whatever follows their name.
  if (args.some(({ text }) => /(?:^|=)ext::/i.test(text))) {
    builder.unverified("a remote helper runs what its URL says");
  }
  if (!command.isKnown) builder.unverified(`${show(command)} may be any git command`);
  else if (readCommand === undefined) {
    builder.opaque(`git ${command.text} may be an alias of anything`);
  }
  const output = readCommand?.(builder, args) ?? null;
  // SECURITY: `git grep -Orm x` runs `rm` on the files it finds, `--upload-pack=rm` on the address.
  if (builder.runsShell && !/^(?:rebase|submodule)$/.test(command.text)) {
    builder.opaque("git gives words of its own to what it runs");
  }
  return builder.end(output);
}

function readOwnOption(builder: UseBuilder, { name, value }: OptionUse): void {
  if (value === null) return;
  if (name === "C") {
    builder.folder = builder.folder === null ? value : joined(builder.folder, value);
  } else if (name === "c") readSetting(builder, value);
  else if (name === "config-env") readSetting(builder, { ...value, isKnown: false });
  else if (/^(?:git-dir|work-tree|exec-path)$/.test(name)) {
    builder.unverified(`git works in a place of its own (--${name})`);
  }
}

function joined(first: Argument, second: Argument): Argument {
  if (second.text.startsWith("/") || !first.isKnown) {
    return second.text.startsWith("/") ? second : first;
  }
  return { ...second, text: `${first.text}/${second.text}` };
}
