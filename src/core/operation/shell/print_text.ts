/**
 * What `echo` and `printf` print, where that is known: it may be run, or name files, later.
 *
 * @module
 */
import type { Argument, Input } from "./program_use.ts";
import { unknownInput } from "./shell.ts";

/** The text of `echo`, in the shell's own dialect. */
export function printEcho(args: readonly Argument[]): Input {
  const at = args.findIndex(({ text, isKnown }) => !isKnown || !/^-[neE]+$/.test(text));
  const options = (at === -1 ? args : args.slice(0, at)).map(({ text }) => text).join("");
  const words = at === -1 ? [] : args.slice(at);
  if (words.some(({ isKnown }) => !isKnown)) return unknownInput;
  const text = words.map((word) => word.text).join(" ");
  // SECURITY: `echo -e` reads an octal number after a zero only, and leaves quotes as they are.
  const isEscaped = options.lastIndexOf("e") > options.lastIndexOf("E");
  const read = isEscaped
    ? readEscapes(text.replace(/\\([1-7"'?\\])/g, (all, next) => next === "\\" ? all : `\\${all}`))
    : text;
  if (read === null) return unknownInput;
  return { kind: "text", text: options.includes("n") ? read : `${read}\n` };
}

/** More than any command line could be. */
const maxPrintedCharacters = 65_536;

/** The text of `printf` for `%s`, `%b`, `%%` and plain escapes; anything else is not known. */
export function printFormat(args: readonly Argument[]): Input {
  const [format, ...words] = args[0]?.text === "--" ? args.slice(1) : args;
  if (format?.isKnown !== true || words.some(({ isKnown }) => !isKnown)) return unknownInput;
  const count = format.text.replaceAll("%%", "").match(/%[sb]/g)?.length ?? 0;
  if (/%[^sb%]|%$/.test(format.text.replaceAll("%%", ""))) return unknownInput;
  const rounds = count === 0 ? 1 : Math.max(1, Math.ceil(words.length / count));
  const values = words.map(({ text }) => text);
  if (rounds * format.text.length > maxPrintedCharacters) return unknownInput;
  let printed = "";
  for (let round = 0; round < rounds; round++) {
    const text = readEscapes(
      format.text.replace(
        /%([sb%])/g,
        (_, kind: string) =>
          kind === "%" ? "%" : (values.shift() ?? "").replace(/\\/g, kind === "s" ? "\\\\" : "\\"),
      ),
    );
    if (text === null) return unknownInput;
    printed += text;
  }
  return { kind: "text", text: printed };
}

const plain: Readonly<Record<string, string>> = {
  n: "\n",
  t: "\t",
  r: "\r",
  a: "\x07",
  b: "\b",
  e: "\x1b",
  E: "\x1b",
  f: "\f",
  v: "\v",
  "\\": "\\",
  '"': '"',
  "'": "'",
};

/** Null where bytes come out that are no text of ours. */
function readEscapes(text: string): string | null {
  let isText = true;
  const read = text.replace(
    /\\(?:x([0-9a-fA-F]{1,2})|u([0-9a-fA-F]{1,4})|U([0-9a-fA-F]{1,8})|0?([0-7]{1,3})|(.))/gs,
    (whole, hex?: string, short?: string, long?: string, octal?: string, other?: string) => {
      const digits = hex ?? short ?? long;
      const code = digits !== undefined
        ? parseInt(digits, 16)
        : octal !== undefined
        ? parseInt(octal, 8)
        : null;
      if (code === null) return plain[other ?? ""] ?? whole;
      isText &&= code > 0 && (code < 0x80 || hex === undefined && octal === undefined) &&
        code <= 0x10ffff;
      return isText ? String.fromCodePoint(code) : "";
    },
  );
  return isText && !/\\c/.test(text) ? read : null;
}
