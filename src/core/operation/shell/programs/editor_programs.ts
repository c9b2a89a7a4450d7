/**
 * Editors and patch(1): they write what they name, and their own commands may do anything.
 *
 * @module
 */
import type { Invocation, ProgramUse } from "../program_use.ts";
import { applyPatch, readPatchEnvelope } from "./apply_patch.ts";
import { hasOption, optionValues, readOptions } from "./read_options.ts";
import type { ProgramEntry } from "./read_row.ts";
import { known, show, UseBuilder } from "./use_builder.ts";

export const editorPrograms: readonly ProgramEntry[] = [
  [
    "ed red ex vi vim nvim view gvim rvim vimtutor emacs emacsclient nano pico micro joe " +
    "kak hx helix mg",
    readEditor,
  ],
  ["patch gpatch", readPatch],
  ["apply_patch applypatch", readPatchEnvelope],
  ["code code-insiders cursor subl atom idea", readWindow],
  ["split gsplit csplit", readSplit],
];

function readEditor(invocation: Invocation): ProgramUse {
  const builder = new UseBuilder(invocation);
  const { args, input, name } = invocation;
  let isEnd = false;
  for (let at = 0; at < args.length; at++) {
    const word = args[at] ?? known("");
    const value = args[at + 1];
    const isOption = !isEnd && /^[-+]/.test(word.text) && word.text !== "-";
    if (!isEnd && word.text === "--") isEnd = true;
    else if (!isOption) builder.touch("write", word);
    else if (/^-(?:w|W|o|-log-file)$/.test(word.text) && value !== undefined) {
      builder.touch("write", value);
    } // What stands behind an option may be its value, or a file: both.
    else if (!/^(?:-[nNRbprsEeOoyZmMlvVdhx]\d*|\+\d*)$/.test(word.text)) {
      builder.opaque(`${show(word)} is a command of ${name}`);
    }
  }
  const isScripted = input.kind !== "none" && /^(?:red|ed|ex|vi|vim|nvim|view|rvim)$/.test(name);
  if (isScripted) builder.opaque(`${name} reads its commands from a pipe`);
  return builder.end();
}

const patchOptions =
  "-bcdEeflNnRstTuvZ i,input< o,output> r,reject-file> p,strip: d,directory: D,ifdef: " +
  "F,fuzz: V,version-control: B,prefix: Y: z,suffix: g,get: quoting-style: read-only: " +
  "reject-format: dry-run forward reverse batch force silent quiet unified context ed backup " +
  "remove-empty-files posix merge? binary follow-symlinks no-backup-if-mismatch " +
  "backup-if-mismatch ignore-whitespace verbose normal";

function readPatch(invocation: Invocation): ProgramUse {
  const builder = new UseBuilder(invocation);
  const read = readOptions(invocation.args, patchOptions.replace("-bcdE", "-bcE"));
  builder.options(read);
  builder.folder = optionValues(read, "d").at(-1) ?? null;
  if (hasOption(read, "e", "ed")) builder.unverified("patch hands its input to ed");
  const [original, file] = read.operands;
  const patches = [...optionValues(read, "i"), ...file === undefined ? [] : [file]];
  if (!read.isSure) builder.touchAll("write", [...read.operands, ...read.guesses]);
  if (hasOption(read, "dry-run")) return builder.end();
  if (original === undefined) {
    const strip = optionValues(read, "p").at(-1)?.text ?? "";
    applyPatch(builder, patches, /^[01]?$/.test(strip) ? null : known("."));
  } else {
    // One file is named; where its old self goes is an option too.
    builder.touch("write", original);
    builder.touchAll("read", patches);
    const [prefix = known("")] = optionValues(read, "B");
    const [suffix = known(".orig")] = optionValues(read, "z");
    const makesBackup = hasOption(read, "b", "backup", "B", "z");
    if (makesBackup && original.isKnown) {
      builder.touch("write", known(`${prefix.text}${original.text}${suffix.text}`));
    }
  }
  return builder.end();
}

/** A window opens; a person sees what is in it. */
function readWindow(invocation: Invocation): ProgramUse {
  const builder = new UseBuilder(invocation);
  const risky = invocation.args.find(({ text }) =>
    /^--(?:install-extension|user-data-dir|extensions-dir|extensionDevelopmentPath)|^tunnel$/.test(
      text,
    )
  );
  if (risky !== undefined) builder.opaque(`${show(risky)} changes what the editor runs`);
  return builder.end();
}

function readSplit(invocation: Invocation): ProgramUse {
  const builder = new UseBuilder(invocation);
  const isSplit = invocation.name !== "csplit";
  const read = readOptions(
    invocation.args,
    isSplit
      ? "a,suffix-length: b,bytes: C,line-bytes: d? l,lines: n,number: t,separator: e x? " +
        "additional-suffix: filter$ numeric-suffixes? hex-suffixes? verbose " +
        "elide-empty-files unbuffered -u"
      : "f,prefix: b,suffix-format: n,digits: -kszq keep-files quiet silent " +
        "elide-empty-files suppress-matched",
  );
  builder.options(read);
  const [file, second] = read.operands;
  if (file !== undefined) builder.touch("read", file);
  if (!read.isSure) builder.touchAll("write", [...read.operands, ...read.guesses]);
  const prefix = isSplit ? second ?? known("x") : optionValues(read, "f").at(-1) ?? known("xx");
  const [format] = optionValues(read, "b");
  const [suffix = known("")] = isSplit
    ? optionValues(read, "additional-suffix")
    : format === undefined
    ? []
    : [{ ...format, text: format.text.replace(/^[^%]*%[-+ #0'.\d]*[a-z]?/i, "") }];
  if (hasOption(read, "filter")) return builder.end();
  // The pieces are `PREFIXaa` and so on.
  const slash = prefix.text.lastIndexOf("/") + 1;
  const name = `${prefix.text.slice(slash).replace(/[*?[\]\\]/g, "?")}*${
    suffix.isKnown ? suffix.text : ""
  }`;
  if (!suffix.isKnown) builder.unverified("how the names of the pieces end is not known");
  if (!prefix.isKnown) builder.touch("write", prefix);
  else {
    const folder = slash === 0 ? "." : prefix.text.slice(0, slash).replace(/(.)\/$/, "$1");
    builder.touch("write", { text: "", isKnown: false, found: { folder, name } });
  }
  return builder.end();
}
