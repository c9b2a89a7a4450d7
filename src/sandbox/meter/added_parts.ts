/**
 * What a metered module has beyond the original: types, and functions that charge for operands.
 * All of it is put after what is there, so that no index changes.
 *
 * @module
 */
import type { DecodedModule, FunctionType, ValueType } from "../decoded_module.ts";
import { ByteWriter } from "./byte_writer.ts";
import type { OperandKind } from "./operand_kind.ts";
import { metersOf, operandChargeType, writeOperandCharge } from "./write_charges.ts";

/** Grows while the code is written. */
export class AddedParts {
  readonly #decoded: DecodedModule;
  readonly #most: Readonly<Record<OperandKind, number | null>>;
  readonly #types: FunctionTypeShape[] = [];
  readonly #charges: OperandKind[] = [];
  readonly #typeIndexes = new Map<string, number>();

  constructor(decoded: DecodedModule, most: Readonly<Record<OperandKind, number | null>>) {
    this.#decoded = decoded;
    this.#most = most;
  }

  get typeCount(): number {
    return this.#types.length;
  }

  get functionCount(): number {
    return this.#charges.length;
  }

  /** @returns Index of a type without parameters and with these results. */
  blockType(results: readonly ValueType[]): number {
    return this.#typeIndex({ params: [], results });
  }

  /** @returns Index of the function that charges for such an operand. */
  operandCharge(kind: OperandKind): number {
    let at = this.#charges.indexOf(kind);
    if (at < 0) {
      at = this.#charges.push(kind) - 1;
      this.#typeIndex(operandChargeType);
    }
    return this.#decoded.functionTypes.length + at;
  }

  writeTypes(to: ByteWriter): void {
    for (const { params, results } of this.#types) {
      to.writeByte(0x60);
      for (const values of [params, results]) {
        to.writeU32(values.length);
        to.writeBytes(values);
      }
    }
  }

  /** For the function section. */
  writeFunctions(to: ByteWriter): void {
    for (const _kind of this.#charges) to.writeU32(this.#typeIndex(operandChargeType));
  }

  /** For the code section. */
  writeBodies(to: ByteWriter): void {
    const one = new ByteWriter();
    for (const kind of this.#charges) {
      one.clear();
      one.writeByte(0);
      writeOperandCharge(one, metersOf(this.#decoded), kind, this.#most[kind]);
      to.writeU32(one.length);
      to.writeBytes(one.written);
    }
  }

  #typeIndex(wanted: FunctionTypeShape): number {
    const key = keyOf(wanted);
    const known = this.#typeIndexes.get(key);
    if (known !== undefined) return known;
    const { types } = this.#decoded;
    const there = types.findIndex((type) => keyOf(type) === key);
    const index = there >= 0 ? there : types.length + this.#types.push(wanted) - 1;
    this.#typeIndexes.set(key, index);
    return index;
  }
}

type FunctionTypeShape = Pick<FunctionType, "params" | "results">;

function keyOf({ params, results }: FunctionTypeShape): string {
  return `${params.join()}>${results.join()}`;
}
