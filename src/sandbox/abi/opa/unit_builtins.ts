/**
 * Built-ins that read numbers with units.
 *
 * @module
 */
import { type OpaBuiltin, textBuiltin } from "./opa_builtin.ts";
import { OpaNumber, opaNumber } from "./opa_value.ts";

const decimal = ["", "k", "m", "g", "t", "p", "e"];
/** Digits before and after the point: more than any unit needs. */
const numberGrammar = /^"?(\d{1,30})(?:\.(\d{1,30}))?([A-Za-z]*)"?$/;

/** Of bytes, in any case: `k` is 1000, `ki` is 1024, each with a `b` or without. */
function byteFactor(unit: string): bigint | null {
  const name = unit.toLowerCase().replace(/b$/, "");
  const isBinary = name.endsWith("i");
  const power = decimal.indexOf(isBinary ? name.slice(0, -1) : name);
  if (power < 0 || (isBinary && power === 0)) return null;
  return (isBinary ? 1_024n : 1_000n) ** BigInt(power);
}

/** Whole bytes; what is less than one is cut off. */
const parseBytes = textBuiltin(1, ([text]) => {
  const [, digits, fraction = "", unit = ""] = numberGrammar.exec(text) ?? [];
  const factor = byteFactor(unit);
  if (digits === undefined || factor === null) return undefined;
  return opaNumber(BigInt(digits + fraction) * factor / 10n ** BigInt(fraction.length));
});

/** Numerator and denominator: `m` is a thousandth, `M` a million, else as bytes without `b`. */
function unitFactor(unit: string): readonly [bigint, bigint] | null {
  if (unit === "m") return [1n, 1_000n];
  const isBinary = /^.[iI]$/.test(unit);
  const name = isBinary ? unit.slice(0, 1) : unit;
  if (name.length > 1) return null;
  const power = decimal.indexOf(name.toLowerCase());
  if (power < 0) return null;
  return [(isBinary ? 1_024n : 1_000n) ** BigInt(power), 1n];
}

const parseUnit = textBuiltin(1, ([text]) => {
  const [, digits, fraction = "", unit = ""] = numberGrammar.exec(text) ?? [];
  const factor = unitFactor(unit);
  if (digits === undefined || factor === null) return undefined;
  const [up, down] = factor;
  // Thousandths and digits after the point both are powers of ten: one shift of the point.
  const scale = fraction.length + String(down).length - 1;
  return new OpaNumber(writeScaled(BigInt(digits + fraction) * up, scale));
});

/** `value` divided by 10 to the `scale`, exactly. */
function writeScaled(value: bigint, scale: number): string {
  const text = String(value).padStart(scale + 1, "0");
  const at = text.length - scale;
  const fraction = text.slice(at).replace(/0+$/, "");
  return fraction === "" ? text.slice(0, at) : `${text.slice(0, at)}.${fraction}`;
}

export const unitBuiltins: readonly (readonly [string, OpaBuiltin])[] = [
  ["units.parse", parseUnit],
  ["units.parse_bytes", parseBytes],
];
