/**
 * Numbers that are not whole, in the forms Go's fmt has for them.
 *
 * @module
 */

/** Digits a double is written with at most: JavaScript's own forms take no more. */
const maxPrecision = 100;

/**
 * @param value Finite, not negative.
 * @param precision Null: 6 for `f` and `e`, as many as it needs for `g` and `v`.
 * @returns Null: no verb of such numbers, or more digits than there are.
 */
export function formatFloat(
  value: number,
  letter: string,
  precision: number | null,
): string | null {
  if (!"vgGeEfF".includes(letter) || letter === "") return null;
  if ((precision ?? 0) > maxPrecision) return null;
  switch (letter) {
    case "f":
    case "F":
      return writeFixed(value, precision ?? 6);
    case "e":
      return writeExponent(value, precision ?? 6);
    case "E":
      return writeExponent(value, precision ?? 6).toUpperCase();
    default: {
      const text = writeShortest(value, precision);
      return letter === "G" ? text.toUpperCase() : text;
    }
  }
}

/**
 * toFixed takes exact halves up, Go to the even digit; and it gives an exponent from 1e21 on, where
 * a double is whole.
 */
function writeFixed(value: number, precision: number): string {
  if (value < 1e21) {
    const exact = value.toFixed(maxPrecision);
    const end = exact.indexOf(".") + 1 + precision;
    const isHalfAfterEven = /^5?0*$/.test(exact.slice(end)) && exact[end] === "5" &&
      /[02468]\.?$/.test(exact.slice(0, end));
    return isHalfAfterEven ? exact.slice(0, end).replace(/\.$/, "") : value.toFixed(precision);
  }
  const whole = BigInt(value).toString();
  return precision === 0 ? whole : `${whole}.${"0".repeat(precision)}`;
}

/** Two digits of exponent at least; null: as many digits before it as it needs. */
function writeExponent(value: number, precision: number | null): string {
  const text = precision === null ? value.toExponential() : value.toExponential(precision);
  return text.replace(/e([-+])(\d)$/, "e$10$2");
}

/** With an exponent below -4, or from the precision on: 6 where none was given. */
function writeShortest(value: number, precision: number | null): string {
  const digits = precision === null ? null : Math.max(precision, 1);
  const rounded = digits === null ? value : Number(value.toPrecision(digits));
  const exponent = rounded === 0 ? 0 : Number(rounded.toExponential().split("e")[1]);
  const isLong = exponent < -4 || exponent >= (digits ?? 6);
  return isLong ? writeExponent(rounded, null) : writeDecimal(rounded);
}

/** JavaScript writes an exponent below 1e-6 already. */
function writeDecimal(value: number): string {
  const text = String(value);
  if (!text.includes("e-")) return text;
  const [digits = "", exponent = "0"] = text.split("e-");
  return `0.${"0".repeat(Number(exponent) - 1)}${digits.replace(".", "")}`;
}
