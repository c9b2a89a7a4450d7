/**
 * Compilers and linkers: options of any length behind one dash, and many that write.
 *
 * @module
 */
import type { Argument, Invocation, ProgramUse } from "../program_use.ts";
import { known, show, UseBuilder } from "./use_builder.ts";

/** Reads the words of a compiler, an assembler or a linker. */
export function readCompiler(invocation: Invocation): ProgramUse {
  const builder = new UseBuilder(invocation);
  const { args } = invocation;
  let hasOutput = /^(?:ld|as|javac)/.test(invocation.name);
  for (let at = 0; at < args.length; at++) {
    const word = args[at] ?? known("");
    const { text } = word;
    const value = args[at + 1];
    const [, attached] =
      /^(?:-o|-MF|-MJ|-d|-fplugin=|-specs=|--out-dir=?|--output=?|--emit=?|--dep-info=)(.*)$/.exec(
        text,
      ) ?? [];
    const isPlugin = /^-(?:fplugin=|specs=|wrapper|B|load|Xclang|C=?linker|-?dump(?:base|dir))/
      .test(text);
    if (isPlugin) builder.opaque(`${show(word)} makes ${invocation.name} run something`);
    else if (text.startsWith("@")) {
      builder.touch("read", { ...word, text: text.slice(1) });
      builder.opaque("nobody has read the options in a file");
    } else if (/^(?:-o|-MF|-MJ|-d|--out-dir|--output)$/.test(text) && value !== undefined) {
      builder.touch("write", value);
      hasOutput = true;
      at++;
    } else if (attached !== undefined && attached !== "") {
      builder.touch("write", { ...word, text: attached });
      hasOutput = true;
    } else if (
      /^-(?:[IDULlxTe]|isystem|include|MT|MQ|arch|target|cp|classpath|Xlinker|Wl)$/.test(text)
    ) at++;
    else if (/^-(?:[cSEM]|MM|fsyntax-only)$/.test(text)) hasOutput = true;
    else if (!word.isKnown && (text === "" || text.startsWith("-"))) {
      builder.unverified(`${show(word)} may be an option of ${invocation.name}`);
    } else if (!text.startsWith("-")) builder.touch("read", word);
    else mayWriteValues(builder, word, value);
  }
  if (!hasOutput && args.some(({ text }) => /\.(?:c|cc|cpp|cxx|m|f90|o|s)$/i.test(text))) {
    builder.touch("write", known("a.out"));
  }
  return builder.end();
}

/** SECURITY: `-Wl,-Map,FILE`, `-fopt-info=FILE`, `-aux-info FILE`: compilers write in many ways. */
function mayWriteValues(builder: UseBuilder, word: Argument, next: Argument | undefined): void {
  const { text } = word;
  if (/^-(?:[DIUm]|std)/.test(text)) return;
  for (const value of text.split(/[=,]/).slice(1)) {
    builder.touch("write", { ...word, text: value }, { isPossible: true });
  }
  if (next !== undefined && /^--?[a-zA-Z][\w-]+$/.test(text) && !/^-[fWlOM]/.test(text)) {
    builder.touch("write", next, { isPossible: true });
  }
}
