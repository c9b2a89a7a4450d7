/**
 * Sets beside each limit of a module what the module has.
 *
 * @module
 */
import type { CheckLimits } from "../core/check/check_limits.ts";
import type { DecodedModule } from "./decoded_module.ts";
import type { CodeMeasures } from "./measure_code.ts";
import { moduleLimits } from "./module_limits.ts";

export interface ModuleHeadroom {
  /** In words. */
  readonly limit: string;
  readonly got: number;
  /** What it may have at most. */
  readonly wanted: number;
}

export interface HeadroomOptions {
  readonly code: CodeMeasures;
  readonly limits: Pick<CheckLimits, "moduleBytes" | "memoryPages">;
}

/** Every limit the gate holds a module to, in the order it looks at them. */
export function listHeadroom(
  module: DecodedModule,
  { code, limits }: HeadroomOptions,
): readonly ModuleHeadroom[] {
  const most = moduleLimits;
  const rows: readonly (readonly [string, number, number])[] = [
    ["bytes of the module", module.bytes.length, limits.moduleBytes],
    ...partRows(module),
    ["tables", module.tables.length, most.tables],
    [
      "entries of all tables",
      sum(module.tables.map((one) => one.limits.minimum)),
      most.tableEntries,
    ],
    [
      "pages of memory to begin with",
      largest(module.memories.map((one) => one.limits.minimum)),
      limits.memoryPages,
    ],
    ["values on the stack", code.stackValues, most.stackValues],
    ["blocks in one another", code.nesting, most.nesting],
    ["targets of br_table", code.branchTargets, most.branchTargets],
    [
      "locals and stack values times branches of a function",
      code.functionBranchWork,
      most.functionBranchWork,
    ],
    [
      "locals and stack values times branches of the module",
      code.moduleBranchWork,
      most.moduleBranchWork,
    ],
    [
      "weight of branches and calls of a function",
      code.functionCodeWeight,
      most.functionCodeWeight,
    ],
    ["weight of branches and calls of the module", code.moduleCodeWeight, most.moduleCodeWeight],
  ];
  return rows.map(([limit, got, wanted]) => ({ limit, got, wanted }));
}

function partRows(module: DecodedModule): readonly (readonly [string, number, number])[] {
  const most = moduleLimits;
  const values = module.types.map(({ params, results }) => Math.max(params.length, results.length));
  const names = [
    ...module.imports.flatMap((one) => [one.module, one.name]),
    ...module.exports.map(({ name }) => name),
    ...module.sections.flatMap(({ name }) => name ?? []),
  ];
  const customs = module.sections.filter(({ id }) => id === 0);
  const locals = module.code.map((body, at) => {
    const type = module.types[module.functionTypes[module.importedFunctions + at] ?? 0];
    return body.localCount + (type?.params.length ?? 0);
  });
  return [
    ["types", module.types.length, most.types],
    ["parameters or results of a type", largest(values), most.typeValues],
    ["imports", module.imports.length, most.imports],
    ["exports", module.exports.length, most.exports],
    ["bytes of a name", largest(names.map(utf8Length)), most.nameBytes],
    ["functions", module.functionTypes.length, most.functions],
    ["globals", module.globals.length, most.globals],
    ["element segments", module.elements.length, most.elementSegments],
    ["entries of element segments", sum(module.elements.map((e) => e.count)), most.elementEntries],
    ["data segments", module.data.length, most.dataSegments],
    ["custom sections", customs.length, most.customSections],
    ["locals of a function", largest(locals), most.locals],
    [
      "runs of locals of all functions",
      sum(module.code.map((body) => body.locals.length)),
      most.localRuns,
    ],
    ["bytes of a function", largest(module.code.map(bodyBytes)), most.bodyBytes],
  ];
}

function bodyBytes({ localsRange, instructions }: DecodedModule["code"][number]): number {
  return instructions.end - localsRange.start;
}

function utf8Length(text: string): number {
  return new TextEncoder().encode(text).length;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, one) => total + one, 0);
}

function largest(numbers: readonly number[]): number {
  return numbers.reduce((most, one) => Math.max(most, one), 0);
}
