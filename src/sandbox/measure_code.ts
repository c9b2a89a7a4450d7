/**
 * Measures the instructions of a module, for people: the gate itself looks at less.
 *
 * @module
 */
import { CheckFailure } from "../core/check/check_failure.ts";
import { BranchWork } from "./branch_work.ts";
import type { DecodedModule } from "./decoded_module.ts";
import { type Instruction, readInstructions } from "./read_instructions.ts";

/** What came after the first version of WebAssembly and is allowed here. */
export const allowedFeatures = [
  "mutable globals",
  "sign extension",
  "saturating conversions",
  "bulk memory",
  "multiple values",
  "reference types",
  "SIMD",
] as const;
export type AllowedFeature = typeof allowedFeatures[number];

export interface CodeMeasures {
  readonly instructions: number;
  readonly stackValues: number;
  readonly nesting: number;
  readonly branchTargets: number;
  readonly functionBranchWork: number;
  readonly moduleBranchWork: number;
  readonly functionCodeWeight: number;
  readonly moduleCodeWeight: number;
  readonly features: ReadonlySet<AllowedFeature>;
}

/** Where the code cannot be read on, for what the gate says, the measures are of what came before. */
export function measureCode(module: DecodedModule): CodeMeasures {
  const work = new BranchWork(module);
  const features = new Set<AllowedFeature>();
  let [instructions, nesting, branchTargets] = [0, 1, 0];
  const visit = (one: Readonly<Instruction>): void => {
    work.add(one);
    instructions++;
    nesting = Math.max(nesting, one.opcode >= 2 && one.opcode <= 4 ? one.nesting + 1 : 1);
    if (one.opcode === 0x0e) branchTargets = Math.max(branchTargets, one.targets.length - 1);
    const feature = featureOfInstruction(one);
    if (feature !== null) features.add(feature);
  };
  try {
    for (const [index, body] of module.code.entries()) {
      work.enter(index);
      readInstructions(module.bytes, body.instructions, visit);
    }
  } catch (error) {
    if (!(error instanceof CheckFailure)) throw error;
  }
  const { largest: functionBranchWork, total: moduleBranchWork } = work;
  return {
    instructions,
    stackValues: work.highest,
    nesting,
    branchTargets,
    functionBranchWork,
    moduleBranchWork,
    functionCodeWeight: work.heaviest,
    moduleCodeWeight: work.weight,
    features,
  };
}

function featureOfInstruction({ opcode, blockType, second }: Readonly<Instruction>) {
  if (opcode >= 0xfd00) return "SIMD";
  if (opcode >= 0xfc00) return bulkFeature(opcode & 0xff);
  if (opcode >= 0xc0 && opcode <= 0xc4) return "sign extension";
  if (opcode === 0x1c || opcode === 0x25 || opcode === 0x26 || opcode >= 0xd0) {
    return "reference types";
  }
  if (opcode === 0x11 && second !== 0) return "reference types";
  // A type by its index: of values in, or of more than one out.
  if (opcode >= 0x02 && opcode <= 0x04 && blockType >= 0) return "multiple values";
  return null;
}

/** @param code What follows 0xfc. */
function bulkFeature(code: number): AllowedFeature {
  if (code < 8) return "saturating conversions";
  return code < 15 ? "bulk memory" : "reference types";
}
