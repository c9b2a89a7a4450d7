/**
 * sprintf as OPA has it: Go's verbs, with whole numbers, other numbers and texts as arguments;
 * whatever else there is becomes the text Rego writes for it.
 *
 * @module
 */
import { formatFloat } from "./format_float.ts";
import { OpaNumber, type OpaValue, writeOpaValue } from "./opa_value.ts";

type Argument = bigint | number | string;

interface Verb {
  readonly letter: string;
  readonly flags: string;
  readonly width: number;
  /** Null: none was given. */
  readonly precision: number | null;
}

const verbGrammar = /%([-+# 0]*)(\d*)(?:\.(\d*))?([\s\S]?)/gu;
/** As in Go, which calls more a bad width. */
const maxWidth = 1_000_000;
const verbUnits = 200;

/**
 * @param charge Pays for widths and digits before they are written.
 * @returns undefined: a width that is too large.
 */
export function formatText(
  format: string,
  args: readonly OpaValue[],
  charge: (units: number) => void,
): string | undefined {
  const values = args.map(argumentOf);
  let next = 0;
  let isTooWide = false;
  const text = format.replace(verbGrammar, (_all, flags, width, precision, letter) => {
    if (letter === "%") return "%";
    if (letter === "") return "%!(NOVERB)";
    const verb = parseVerb({ flags, width, precision, letter });
    isTooWide ||= verb.width > maxWidth || (verb.precision ?? 0) > maxWidth;
    if (isTooWide) return "";
    const value = values[next++];
    if (value === undefined) return `%!${letter}(MISSING)`;
    charge(verbUnits + verb.width + 8 * (verb.precision ?? 0) + 8 * String(value).length);
    return pad(writeArgument(value, verb), verb);
  });
  if (isTooWide) return undefined;
  const extra = values.slice(next).map((value) => `${typeName(value)}=${writePlain(value)}`);
  return extra.length === 0 ? text : `${text}%!(EXTRA ${extra.join(", ")})`;
}

function parseVerb(
  found: Readonly<Record<"flags" | "width" | "letter", string>> & {
    readonly precision: string | undefined;
  },
): Verb {
  const { flags, width, precision, letter } = found;
  return {
    letter,
    flags,
    width: Number(width),
    precision: precision === undefined ? null : Number(precision),
  };
}

function argumentOf(value: OpaValue): Argument {
  if (typeof value === "string") return value;
  if (value instanceof OpaNumber) {
    const number = value.toBigInt() ?? Number(value.text);
    return number === Infinity || number === -Infinity ? value.text : number;
  }
  return writeOpaValue(value, " ");
}

function writeArgument(value: Argument, verb: Verb): string {
  const text = typeof value === "string"
    ? writeString(value, verb)
    : typeof value === "bigint"
    ? writeInteger(value, verb)
    : writeFloat(value, verb);
  return text ?? `%!${verb.letter}(${typeName(value)}=${writePlain(value)})`;
}

function writeString(value: string, { letter, flags, precision }: Verb): string | null {
  const cut = precision === null ? value : [...value].slice(0, precision).join("");
  switch (letter) {
    case "v":
      return flags.includes("#") ? JSON.stringify(cut) : cut;
    case "s":
      return cut;
    case "q":
      return JSON.stringify(cut);
    case "x":
    case "X": {
      const bytes = Array.from(new TextEncoder().encode(cut));
      const hex = bytes.map((byte) => byte.toString(16).padStart(2, "0")).join("");
      return letter === "x" ? hex : hex.toUpperCase();
    }
    default:
      return null;
  }
}

const bases: Readonly<Record<string, readonly [number, string]>> = {
  ...{ v: [10, ""], d: [10, ""], b: [2, "0b"], o: [8, "0"], O: [8, ""] },
  ...{ x: [16, "0x"], X: [16, "0X"] },
};

function writeInteger(value: bigint, { letter, flags, precision }: Verb): string | null {
  if (letter === "c" || letter === "q" || letter === "U") return writeCharacter(value, letter);
  const [base, prefix] = bases[letter] ?? [];
  if (base === undefined) return null;
  const digits = (value < 0n ? -value : value).toString(base).padStart(precision ?? 0, "0");
  const shown = letter === "X" ? digits.toUpperCase() : digits;
  const before = letter === "O" ? "0o" : flags.includes("#") ? prefix : "";
  return signOf(value < 0n, flags) + before + shown;
}

function writeCharacter(value: bigint, letter: string): string {
  const isCharacter = value >= 0n && value <= 0x10ffffn && !(value >= 0xd800n && value <= 0xdfffn);
  const point = isCharacter ? Number(value) : 0xfffd;
  if (letter === "U") return `U+${value.toString(16).toUpperCase().padStart(4, "0")}`;
  const character = String.fromCodePoint(point);
  return letter === "q" ? `'${character}'` : character;
}

function writeFloat(value: number, { letter, flags, precision }: Verb): string | null {
  const text = formatFloat(Math.abs(value), letter, precision);
  return text === null ? null : signOf(value < 0 || Object.is(value, -0), flags) + text;
}

function signOf(isNegative: boolean, flags: string): string {
  if (isNegative) return "-";
  return flags.includes("+") ? "+" : flags.includes(" ") ? " " : "";
}

function pad(text: string, { width, flags, letter, precision }: Verb): string {
  const missing = width - [...text].length;
  if (missing <= 0) return text;
  if (flags.includes("-")) return text + " ".repeat(missing);
  const isWhole = letter === "d" && precision !== null;
  if (!flags.includes("0") || isWhole) return " ".repeat(missing) + text;
  const [, sign = "", rest = ""] = /^([-+ ]?)([\s\S]*)$/.exec(text) ?? [];
  const isNumber = letter !== "s" && letter !== "q";
  return isNumber ? sign + "0".repeat(missing) + rest : "0".repeat(missing) + text;
}

function writePlain(value: Argument): string {
  if (typeof value === "string") return value;
  return writeArgument(value, { letter: "v", flags: "", width: 0, precision: null });
}

function typeName(value: Argument): string {
  if (typeof value === "string") return "string";
  return typeof value === "bigint" ? "int" : "float64";
}
