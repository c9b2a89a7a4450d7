import type { SpecValue } from "./spec_command.ts";

/** A number as its bits, little-endian, in hexadecimal; a reference as `ref null` or `ref NAME`. */
export type Shown = string;

const bytesOf: Readonly<Record<string, number>> = { i32: 4, i64: 8, f32: 4, f64: 8, v128: 16 };

export function isNumeric(type: string): boolean {
  return type in bytesOf;
}

/** The bits of a numeric value into 16 bytes at an offset. */
export function writeBits(view: DataView, at: number, value: SpecValue): void {
  const lanes = typeof value.value === "string" ? [value.value] : value.value ?? [];
  const type = value.lane_type ?? value.type;
  const width = laneBytes(type);
  for (const [lane, digits] of lanes.entries()) {
    const bits = BigInt.asUintN(width * 8, BigInt(digits));
    for (let byte = 0; byte < width; byte++) {
      view.setUint8(at + lane * width + byte, Number(bits >> BigInt(8 * byte) & 0xffn));
    }
  }
}

function laneBytes(type: string): number {
  return ({ i8: 1, i16: 2 } as Record<string, number>)[type] ?? bytesOf[type] ?? 0;
}

export function showBits(view: DataView, at: number, type: string): Shown {
  let text = "";
  for (let byte = 0; byte < (bytesOf[type] ?? 0); byte++) {
    text += view.getUint8(at + byte).toString(16).padStart(2, "0");
  }
  return text;
}

/** Objects that stand for the references of a script. */
const hosts = new Map<string, object>();

export function hostReference(value: SpecValue): object | null {
  if (value.value === "null" || typeof value.value !== "string") return null;
  const known = hosts.get(value.value) ?? { name: value.value };
  hosts.set(value.value, known);
  return known;
}

export function showReference(value: unknown): Shown {
  if (value === null) return "ref null";
  if (typeof value === "function") return "ref function";
  return `ref ${(value as { name?: string }).name ?? "?"}`;
}

/** Whether what came out is what the script says. */
export function isExpected(got: Shown, wanted: SpecValue): boolean {
  if (!isNumeric(wanted.type)) return isExpectedReference(got, wanted);
  const lanes = typeof wanted.value === "string" ? [wanted.value] : wanted.value ?? [];
  const type = wanted.lane_type ?? wanted.type;
  const digits = 2 * laneBytes(type);
  return lanes.every((lane, at) =>
    isExpectedLane(got.slice(at * digits, (at + 1) * digits), lane, type)
  );
}

function isExpectedReference(got: Shown, { type, value }: SpecValue): boolean {
  if (value === "null") return got === "ref null";
  if (value === undefined) return got !== "ref null";
  return got === (type === "funcref" ? "ref function" : `ref ${value}`);
}

function isExpectedLane(hex: string, wanted: string, type: string): boolean {
  const bits = BigInt(`0x${(hex.match(/../g) ?? []).reverse().join("")}`);
  const width = type === "f32" ? 32n : 64n;
  if (!wanted.startsWith("nan:")) {
    return bits === BigInt.asUintN(4 * hex.length, BigInt(wanted));
  }
  const quiet = width === 32n ? 0x7fc00000n : 0x7ff8000000000000n;
  const magnitude = BigInt.asUintN(Number(width) - 1, bits);
  return wanted === "nan:canonical" ? magnitude === quiet : (magnitude & quiet) === quiet;
}
