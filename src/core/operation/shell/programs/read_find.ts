/**
 * find(1) and fd(1): what they delete, write and run, and the names they print.
 *
 * @module
 */
import type { Argument, Input, Invocation, ProgramUse } from "../program_use.ts";
import { namesBelow } from "./read_row.ts";
import { hasOption, optionValues, readOptions } from "./read_options.ts";
import { foundBelow, known, show, unknown, UseBuilder } from "./use_builder.ts";

/** Words of a find expression that take values, less those below. */
const valued =
  /^-(?:amin|anewer|atime|cmin|cnewer|context|ctime|fstype|gid|group|ilname|iname|inum|ipath|iregex|iwholename|links|lname|maxdepth|mindepth|mmin|mtime|name|newer\w*|path|perm|printf|regex|regextype|samefile|size|type|uid|used|user|wholename|xtype|D)$/;
const action =
  /^-(?:delete|exec|execdir|ok|okdir|print0?|printf|fprint0?|fprintf|fls|ls|files0-from)$/;
const flags =
  /^(?:[(),!]|-(?:a|and|o|or|not|true|false|daystart|depth|d|empty|executable|follow|H|L|P|O\d?|E|X|x|s|f|ignore_readdir_race|ls|mount|nogroup|noleaf|noignore_readdir_race|nouser|nowarn|print|print0|prune|quit|readable|warn|writable|xdev|help|version))$/;

export function readFind(invocation: Invocation): ProgramUse {
  const builder = new UseBuilder(invocation);
  const { args } = invocation;
  const folders = startingPoints(args);
  const name = nameGlob(args);
  const places = (folders.length > 0 ? folders : [known(".")])
    .map((folder) => folder.isKnown ? foundBelow(folder.text, name) : folder);
  const verbs = { delete: false };
  let isRead = false;
  for (let at = 0; at < args.length; at++) {
    const { text, isKnown } = args[at] ?? known("");
    const value = args[at + 1];
    if (!isKnown && (text === "" || text.startsWith("-")) && args[at]?.found === undefined) {
      // Where a path stands, an unknown word may be an action as well.
      builder.unverified(`${show({ text, isKnown })} may be an action of find`);
    } else if (text === "-delete") verbs.delete = true;
    else if (/^-(?:fprint0?|fprintf|fls)$/.test(text) && value !== undefined) {
      builder.touch("write", value);
      at += text === "-fprintf" ? 2 : 1;
    } else if (/^-files0-from$/.test(text) && value !== undefined) {
      builder.touch("read", value);
      isRead = true;
      at++;
    } else if (/^-(?:exec|execdir|ok|okdir)$/.test(text)) at = runEach(builder, args, at, places);
    else if (valued.test(text)) at++;
    else if (text.startsWith("-") && !flags.test(text)) {
      builder.opaque(`find has no ${show({ text, isKnown })} that anybody here knows`);
    }
  }
  // Where the paths come from a file, they may be any.
  if (verbs.delete) builder.touchAll("delete", isRead ? [unknown()] : places);
  return builder.end(printed(folders, name));
}

function startingPoints(args: readonly Argument[]): readonly Argument[] {
  const rest = args.slice(args.findIndex(({ text }) => !/^-(?:[HLPEXdsx]+|O\d?|-)$/.test(text)));
  const end = rest.findIndex(({ text }) => /^[-(!]/.test(text));
  return end === -1 ? rest : rest.slice(0, end);
}

/** The glob all results must match; null unless it comes before every action, and alone. */
function nameGlob(args: readonly Argument[]): string | null {
  if (args.some(({ text }) => /^(?:-o|-or|-not|!|,)$/.test(text))) return null;
  for (let at = 0; at < args.length; at++) {
    const { text } = args[at] ?? known("");
    const value = args[at + 1];
    // SECURITY: `find . -delete -name x` deletes everything.
    if (action.test(text)) return null;
    if (text === "-name") return value?.isKnown ? value.text : null;
    if (valued.test(text)) at++;
  }
  return null;
}

function printed(folders: readonly Argument[], name: string | null): Input {
  const names = namesBelow(folders);
  if (names.kind !== "found") return names;
  return { kind: "found", found: { folder: names.found.folder, name } };
}

/** Runs what stands up to `;` or `{} +`; returns where that ends. */
function runEach(
  builder: UseBuilder,
  args: readonly Argument[],
  at: number,
  places: readonly Argument[],
): number {
  const rest = args.slice(at + 1);
  const end = rest.findIndex(({ text }, i) =>
    text === ";" || (text === "+" && rest[i - 1]?.text === "{}")
  );
  const words = end === -1 ? rest : rest.slice(0, end);
  for (const place of places) builder.argv(words.map((word) => fillIn(word, "{}", place)));
  const isElsewhere = args[at]?.text.endsWith("dir") ?? false;
  const [, ...operands] = words;
  // Other words are paths of folders nobody can list here.
  if (isElsewhere && operands.some(({ text }) => text !== "{}" && !text.startsWith("-"))) {
    builder.unverified("-execdir runs in folders nobody here knows");
  }
  return end === -1 ? args.length : at + 1 + end;
}

/** A word with `mark` replaced by something found or unknown. */
export function fillIn(word: Argument, mark: string, filling: Argument): Argument {
  if (word.text === mark && word.isKnown) return filling;
  const at = word.text.indexOf(mark);
  if (at === -1) return word;
  if (!filling.isKnown) return unknown(word.text.slice(0, at));
  return { ...word, text: word.text.replaceAll(mark, () => filling.text) };
}

export function readFd(invocation: Invocation): ProgramUse {
  const builder = new UseBuilder(invocation);
  const { args } = invocation;
  const at = args.findIndex(({ text }) => /^-(?:[a-zA-Z]*[xX]|-exec(?:-batch)?)$/.test(text));
  const own = at === -1 ? args : args.slice(0, at);
  const read = readOptions(
    own,
    "-HIsigaplLFq0u1 e,extension: t,type: d,max-depth: E,exclude: j: S,size: c,color: " +
      "o,owner: changed-within: changed-before: base-directory: search-path: min-depth: " +
      "hidden no-ignore glob",
  );
  builder.options(read);
  const [, ...folders] = read.operands;
  const all = [
    ...folders,
    ...optionValues(read, "search-path"),
    ...optionValues(read, "base-directory"),
  ];
  const names = namesBelow(all);
  const extensions = optionValues(read, "e");
  const [only] = extensions;
  const extension = extensions.length === 1 && only?.isKnown ? `*.${only.text}` : null;
  const place = names.kind === "found" ? foundBelow(names.found.folder, extension) : unknown();
  const end = args.findIndex(({ text }, i) => i > at && text === ";");
  const words = at === -1 ? [] : args.slice(at + 1, end === -1 ? args.length : end);
  const filled = words.map((word) => fillIn(word, "{}", place));
  const isGiven = words.some(({ text }) => /\{[./]{0,2}\}/.test(text));
  if (words.length > 0) builder.argv(isGiven ? filled.map(unfilled) : [...filled, place]);
  return builder.end(hasOption(read, "l") ? { kind: "unknown" } : names);
}

/** `{.}` and `{/}` are parts of a path. */
function unfilled(word: Argument): Argument {
  const at = word.text.search(/\{(?:\.|\/{1,2}\.?)\}/);
  return at === -1 ? word : unknown(word.text.slice(0, at));
}
