/**
 * Built-ins about arrays, sets and objects.
 *
 * @module
 */
import type { BuiltinContext, OpaBuiltin } from "./opa_builtin.ts";
import {
  isOpaArray,
  itemsOf,
  OpaNumber,
  opaNumber,
  OpaObject,
  OpaSet,
  type OpaValue,
  writeOpaValue,
} from "./opa_value.ts";

/** Numbers numbers.range_step may give, whatever fuel there is. */
const maxRange = 100_000n;
const itemUnits = 20;
/** One entry of an object that is joined with another. */
const entryUnits = 80;

const reverse: OpaBuiltin = {
  arity: 1,
  call: ([list = null]) => isOpaArray(list) ? list.toReversed() : undefined,
};

const keys: OpaBuiltin = {
  arity: 1,
  call: ([object]) =>
    object instanceof OpaObject ? new OpaSet(object.entries.map(([key]) => key)) : undefined,
};

/** Objects from left to right; where both have an object under a key, the two are joined. */
const unionOfMany: OpaBuiltin = {
  arity: 1,
  call: ([list = null], context) => {
    if (!isOpaArray(list) || !list.every((one) => one instanceof OpaObject)) return undefined;
    return list.reduce<OpaObject>((whole, one) => join(whole, one, context), new OpaObject([]));
  },
};

function join(left: OpaObject, right: OpaObject, context: BuiltinContext): OpaObject {
  context.charge((left.entries.length + right.entries.length) * entryUnits);
  const entries = new Map(left.entries.map((entry) => [writeOpaValue(entry[0]), entry]));
  for (const [key, value] of right.entries) {
    const name = writeOpaValue(key);
    const held = entries.get(name)?.[1];
    const isBoth = held instanceof OpaObject && value instanceof OpaObject;
    entries.set(name, [key, isBoth ? join(held, value, context) : value]);
  }
  return new OpaObject([...entries.values()]);
}

/** From the first number to the last, both of them whole, by a whole step above 0. */
const rangeByStep: OpaBuiltin = {
  arity: 3,
  call: (args, { charge }) => {
    const numbers = args.map((one) => one instanceof OpaNumber ? one.toBigInt() : null);
    const [from = 0n, to = 0n, step = 0n] = numbers.filter((number) => number !== null);
    if (numbers.includes(null) || step <= 0n) return undefined;
    const count = (from < to ? to - from : from - to) / step + 1n;
    charge(Number(count < maxRange ? count : maxRange) * itemUnits);
    if (count > maxRange) return undefined;
    const sign = from < to ? 1n : -1n;
    return Array.from(
      { length: Number(count) },
      (_, at): OpaValue => opaNumber(from + sign * BigInt(at) * step),
    );
  },
};

/** As in OPA: all of the second is in the first, objects by key, arrays in one run. */
const subset: OpaBuiltin = {
  arity: 2,
  call: ([whole = null, part = null], { charge }) => {
    if (part instanceof OpaObject && whole instanceof OpaObject) {
      return hasEntries(whole, part, charge);
    }
    const items = itemsOf(whole);
    if (items === null || part instanceof OpaObject) return undefined;
    charge((items.length + (itemsOf(part)?.length ?? 0)) * entryUnits);
    const names = items.map((item) => writeOpaValue(item));
    if (part instanceof OpaSet) {
      const known = new Set(names);
      return part.items.every((item) => known.has(writeOpaValue(item)));
    }
    if (!isOpaArray(part) || !isOpaArray(whole)) return undefined;
    return hasRun(names, part.map((item) => writeOpaValue(item)), charge);
  },
};

function hasEntries(
  whole: OpaObject,
  part: OpaObject,
  charge: BuiltinContext["charge"],
): boolean {
  charge((whole.entries.length + part.entries.length) * entryUnits);
  const held = new Map(whole.entries.map(([key, value]) => [writeOpaValue(key), value]));
  return part.entries.every(([key, value]) => {
    const found = held.get(writeOpaValue(key));
    if (found === undefined) return false;
    if (found instanceof OpaObject && value instanceof OpaObject) {
      return hasEntries(found, value, charge);
    }
    return writeOpaValue(found) === writeOpaValue(value);
  });
}

function hasRun(
  names: readonly string[],
  wanted: readonly string[],
  charge: BuiltinContext["charge"],
): boolean {
  charge(names.length * wanted.length);
  return names.some((_, at) => wanted.every((name, step) => names[at + step] === name)) ||
    wanted.length === 0;
}

export const collectionBuiltins: readonly (readonly [string, OpaBuiltin])[] = [
  ["array.reverse", reverse],
  ["object.keys", keys],
  ["object.subset", subset],
  ["object.union_n", unionOfMany],
  ["numbers.range_step", rangeByStep],
];
