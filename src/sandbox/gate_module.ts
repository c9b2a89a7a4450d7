/**
 * Decides whether a module may go on to be metered and run.
 *
 * @module
 */
import { CheckFailure } from "../core/check/check_failure.ts";
import type { CheckLimits } from "../core/check/check_limits.ts";
import type { AbiSignatures } from "./abi_signatures.ts";
import { BranchWork } from "./branch_work.ts";
import { beyondLimit } from "./byte_reader.ts";
import { decodeModule } from "./decode_module.ts";
import type { DecodedModule } from "./decoded_module.ts";
import { checkExports, checkImports } from "./gate_signatures.ts";
import { moduleLimits } from "./module_limits.ts";
import { readInstructions } from "./read_instructions.ts";
import { refuseInvalid } from "./refuse_invalid.ts";

/** One that passed. */
export interface GatedModule extends DecodedModule {
  /** Of branches and calls: see BranchWork. */
  readonly codeWeight: number;
}

export interface GateOptions {
  readonly limits: Pick<CheckLimits, "moduleBytes" | "memoryPages">;
  readonly signatures: AbiSignatures;
}

/**
 * Passes a module of WebAssembly 2.0, within the limits, that V8 finds valid, and that imports and
 * exports what its ABI says. Size is looked at first, what is cheap before what is dear.
 *
 * INVARIANT: validity is asked of these bytes, before anything is rewritten: an index one past the
 * last is invalid here and would be the fuel counter afterwards.
 *
 * @throws {CheckFailure} `limit_exceeded`, `invalid_module`, `feature_refused` or `import_refused`:
 * the rule, what was got and wanted, and the byte where it is about one.
 */
export function gateModule(
  bytes: Uint8Array<ArrayBuffer>,
  { limits, signatures }: GateOptions,
): GatedModule {
  const { moduleBytes } = limits;
  if (bytes.length > moduleBytes) {
    throw beyondLimit("bytes of the module", bytes.length, moduleBytes, null);
  }
  const module = decodeModule(bytes);
  checkSizes(module, limits);
  const { weight: codeWeight } = checkCode(module);
  // V8 itself takes seconds to find some small modules valid: not before they are bounded.
  if (!WebAssembly.validate(bytes)) throw refuseInvalid(bytes);
  checkImports(module, signatures);
  checkExports(module, signatures);
  checkStart(module, signatures);
  return { ...module, codeWeight };
}

function checkSizes(module: DecodedModule, limits: GateOptions["limits"]): void {
  const { tables, tableEntries } = moduleLimits;
  if (module.tables.length > tables) {
    const offset = module.tables[tables]?.range.start ?? null;
    throw beyondLimit("tables", module.tables.length, tables, offset);
  }
  let entries = 0;
  for (const table of module.tables) {
    entries += table.limits.minimum;
    if (entries > tableEntries) {
      throw beyondLimit("entries of all tables", entries, tableEntries, table.range.start);
    }
  }
  for (const { limits: { minimum }, range } of module.memories) {
    if (minimum > limits.memoryPages) {
      throw beyondLimit("pages of memory to begin with", minimum, limits.memoryPages, range.start);
    }
  }
}

function checkCode(module: DecodedModule): BranchWork {
  const work = new BranchWork(module);
  for (const [index, body] of module.code.entries()) {
    work.enter(index);
    readInstructions(module.bytes, body.instructions, (one) => work.add(one));
  }
  return work;
}

function checkStart(module: DecodedModule, signatures: AbiSignatures): void {
  if (module.start === null || signatures.allowsStart) return;
  const offset = module.sections.find((section) => section.id === 8)?.range.start ?? null;
  const message = `start section: got one, wanted none: ${signatures.abi} starts nothing by itself`;
  throw new CheckFailure("feature_refused", message, offset);
}
