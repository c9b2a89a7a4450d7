/**
 * awk(1): what its options and its program write, read and run.
 *
 * @module
 */
import type { Argument, Invocation, ProgramUse } from "../program_use.ts";
import { hasOption, optionValues, readOptions } from "./read_options.ts";
import { scanAwk } from "./scan_awk.ts";
import { known, UseBuilder } from "./use_builder.ts";

const awkOptions =
  "+ F,field-separator: v,assign: f,file:~ E,exec:~ i,include: l,load* e,source:~ " +
  "d,dump-variables? D,debug? o,pretty-print? p,profile? L,lint? -bcCgIhkMnNOPrsStV " +
  "posix sandbox csv " +
  "traditional re-interval non-decimal-data characters-as-bytes";

export function readAwk(invocation: Invocation): ProgramUse {
  const builder = new UseBuilder(invocation);
  const read = readOptions(invocation.args, awkOptions);
  builder.options(read);
  const { operands, isFirstGiven } = read;
  const files = isFirstGiven ? operands : operands.slice(1);
  const includes = optionValues(read, "i");
  for (const name of ["f", "E"]) {
    for (const file of optionValues(read, name)) builder.script("awk", file);
  }
  for (const name of ["d", "o", "p"]) builder.touchAll("write", optionValues(read, name));
  for (const file of includes) if (file.text !== "inplace") builder.script("awk", file);
  const program = isFirstGiven ? optionValues(read, "e") : operands.slice(0, 1);
  for (const text of program) addProgram(builder, text);
  if (!read.isSure) builder.touchAll("write", [...operands, ...read.guesses]);
  const isInPlace = includes.some(({ text, isKnown }) => text === "inplace" || !isKnown);
  for (const file of files) {
    if (isInPlace) builder.touch("write", file);
    else if (!/^[A-Za-z_]\w*=/.test(file.text)) builder.touch("read", file);
  }
  const suffix = optionValues(read, "v").map(({ text }) =>
    /^(?:inplace::suffix|INPLACE_SUFFIX)=(.*)$/.exec(text)?.[1]
  );
  for (const end of suffix) {
    if (!isInPlace || end === undefined) continue;
    for (const file of files) builder.touch("write", { ...file, text: file.text + end });
  }
  return builder.end(hasOption(read, "V") ? null : { kind: "unknown" });
}

function addProgram(builder: UseBuilder, text: Argument): void {
  const { writes, reads, commands, isPlain } = scanAwk(text.text);
  if (!isPlain || !text.isKnown) builder.opaque("the awk program is not known to be plain");
  builder.touchAll("write", writes.map(known));
  builder.touchAll("read", reads.map(known));
  for (const command of commands) {
    builder.shell(known(command));
    // SECURITY: what is printed into a shell is run.
    if (/^(?:\S*\/)?(?:ba|da|k|z)?sh\b(?!\s+-c)/.test(command)) {
      builder.opaque(`what awk hands to ${JSON.stringify(command.slice(0, 40))} is not known`);
    }
  }
}
