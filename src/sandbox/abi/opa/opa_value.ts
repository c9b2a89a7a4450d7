/**
 * Values of Rego as they cross the border between a module and its host.
 *
 * @module
 */

/** As written: no digit is lost, and 1.0 stays what it is. */
export class OpaNumber {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }

  /** Null: not written as a whole number. */
  toBigInt(): bigint | null {
    return /^-?\d{1,400}$/.test(this.text) ? BigInt(this.text) : null;
  }
}

/** In the module's order; equal items are the module's to keep out. */
export class OpaSet {
  readonly items: readonly OpaValue[];

  constructor(items: readonly OpaValue[]) {
    this.items = items;
  }
}

/** In the module's order. Keys may be any value. */
export class OpaObject {
  readonly entries: readonly (readonly [OpaValue, OpaValue])[];

  constructor(entries: readonly (readonly [OpaValue, OpaValue])[]) {
    this.entries = entries;
  }
}

export type OpaValue =
  | null
  | boolean
  | string
  | OpaNumber
  | readonly OpaValue[]
  | OpaSet
  | OpaObject;

export function isOpaArray(value: OpaValue): value is readonly OpaValue[] {
  return Array.isArray(value);
}

/** Items of an array or a set; null: it is neither. */
export function itemsOf(value: OpaValue): readonly OpaValue[] | null {
  if (value instanceof OpaSet) return value.items;
  return isOpaArray(value) ? value : null;
}

export function opaNumber(value: number | bigint): OpaNumber {
  return new OpaNumber(String(value));
}

/**
 * The text of a value as Rego writes it, which `opa_value_parse` reads again.
 *
 * @param gap Between items: "" for a module, " " for people.
 */
export function writeOpaValue(value: OpaValue, gap: "" | " " = ""): string {
  if (value === null) return "null";
  if (typeof value === "boolean") return String(value);
  if (typeof value === "string") return JSON.stringify(value);
  if (value instanceof OpaNumber) return value.text;
  const between = `,${gap}`;
  const write = (item: OpaValue) => writeOpaValue(item, gap);
  if (value instanceof OpaSet) {
    return value.items.length === 0 ? "set()" : `{${value.items.map(write).join(between)}}`;
  }
  if (value instanceof OpaObject) {
    const entries = value.entries.map(([key, held]) => `${write(key)}:${gap}${write(held)}`);
    return `{${entries.join(between)}}`;
  }
  return `[${value.map(write).join(between)}]`;
}
