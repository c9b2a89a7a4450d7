/**
 * Built-ins about blocks of addresses; none of them asks a network.
 *
 * @module
 */
import { type BuiltinContext, type OpaBuiltin, textBuiltin } from "./opa_builtin.ts";
import {
  isOpaArray,
  opaNumber,
  OpaObject,
  OpaSet,
  type OpaValue,
  writeOpaValue,
} from "./opa_value.ts";

const blockUnits = 1_000;
/** Comparing two blocks. */
const pairUnits = 100;
const maxCharacters = 64;

interface Block {
  readonly bits: 32 | 128;
  readonly address: bigint;
  readonly prefix: number;
}

function parseV4(text: string): bigint | null {
  const parts = text.split(".");
  const isOne = parts.length === 4 && parts.every((part) => /^(?:0|[1-9]\d{0,2})$/.test(part));
  if (!isOne || parts.some((part) => Number(part) > 255)) return null;
  return parts.reduce((sum, part) => sum * 256n + BigInt(part), 0n);
}

function parseV6(text: string): bigint | null {
  const [head = "", tail, ...more] = text.split("::");
  if (more.length > 0) return null;
  const before = groupsOf(head);
  const after = tail === undefined ? [] : groupsOf(tail);
  if (before === null || after === null) return null;
  const missing = 8 - before.length - after.length;
  if (tail === undefined ? missing !== 0 : missing < 1) return null;
  const groups = [...before, ...Array<bigint>(missing).fill(0n), ...after];
  return groups.reduce((sum, group) => sum * 65_536n + group, 0n);
}

/** Groups of 16 bits; the last may be written as an address of 32. */
function groupsOf(text: string): readonly bigint[] | null {
  if (text === "") return [];
  const groups: bigint[] = [];
  const parts = text.split(":");
  for (const [at, part] of parts.entries()) {
    const v4 = at === parts.length - 1 && part.includes(".") ? parseV4(part) : null;
    if (v4 !== null) groups.push(v4 / 65_536n, v4 % 65_536n);
    else if (/^[0-9a-f]{1,4}$/i.test(part)) groups.push(BigInt(`0x${part}`));
    else return null;
  }
  return groups;
}

/** A block, or, where `isAddressToo`, an address as the block that holds it alone. */
function parseBlock(text: string, isAddressToo: boolean): Block | null {
  if (text.length > maxCharacters) return null;
  const [written = "", length, ...more] = text.split("/");
  const v4 = parseV4(written);
  const address = v4 ?? parseV6(written);
  const bits = v4 === null ? 128 : 32;
  if (address === null || more.length > 0) return null;
  if (length === undefined) return isAddressToo ? { bits, address, prefix: bits } : null;
  const prefix = /^(?:0|[1-9]\d{0,2})$/.test(length) ? Number(length) : Infinity;
  return prefix > bits ? null : { bits, address, prefix };
}

function contains(whole: Block, part: Block): boolean {
  const shift = BigInt(whole.bits - whole.prefix);
  return whole.bits === part.bits && whole.prefix <= part.prefix &&
    whole.address >> shift === part.address >> shift;
}

interface NamedBlock {
  readonly name: OpaValue;
  readonly block: Block;
}

/** Blocks by what they are found under: index, key, the item itself. Null: there is another thing. */
function blocksOf(
  value: OpaValue,
  charge: BuiltinContext["charge"],
): readonly NamedBlock[] | null {
  const named: NamedBlock[] = [];
  for (const [name, held] of entriesOf(value)) {
    charge(blockUnits);
    // Of an array, its first item is the block; the rest is for people.
    const text = isOpaArray(held) ? held[0] : held;
    const block = typeof text === "string" ? parseBlock(text, true) : null;
    if (block === null) return null;
    named.push({ name, block });
  }
  return named;
}

function entriesOf(value: OpaValue): readonly (readonly [OpaValue, OpaValue])[] {
  if (value instanceof OpaObject) return value.entries;
  if (value instanceof OpaSet) return value.items.map((item) => [item, item]);
  if (isOpaArray(value)) return value.map((item, at) => [opaNumber(at), item]);
  return [[value, value]];
}

/** Pairs of where a block stands and where one stands that it contains. */
const containsMatches: OpaBuiltin = {
  arity: 2,
  call: ([left = null, right = null], { charge }) => {
    const wholes = blocksOf(left, charge);
    const parts = blocksOf(right, charge);
    if (wholes === null || parts === null) return undefined;
    charge(wholes.length * parts.length * pairUnits);
    const pairs = new Map<string, OpaValue>();
    for (const whole of wholes) {
      for (const part of parts) {
        const pair = [whole.name, part.name];
        if (contains(whole.block, part.block)) pairs.set(writeOpaValue(pair), pair);
      }
    }
    return new OpaSet([...pairs.values()]);
  },
};

export const networkBuiltins: readonly (readonly [string, OpaBuiltin])[] = [
  ["net.cidr_is_valid", textBuiltin(1, ([text]) => parseBlock(text, false) !== null)],
  ["net.cidr_contains_matches", containsMatches],
];
