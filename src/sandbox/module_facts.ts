/**
 * Says what a module is, for people who want to use it as a check.
 *
 * @module
 */
import { CheckFailure } from "../core/check/check_failure.ts";
import type { CheckAbi } from "../core/check/check_job.ts";
import type { CheckLimits } from "../core/check/check_limits.ts";
import type { AbiSignatures } from "./abi_signatures.ts";
import { beyondLimit } from "./byte_reader.ts";
import { decodeModule } from "./decode_module.ts";
import { type DecodedModule, valueTypes } from "./decoded_module.ts";
import { gateModule } from "./gate_module.ts";
import { describeExtern, exportedExtern, externOf } from "./gate_signatures.ts";
import { listHeadroom, type ModuleHeadroom } from "./list_headroom.ts";
import { type AllowedFeature, allowedFeatures, measureCode } from "./measure_code.ts";

/** What the gate says of a module as one of an ABI; null: it passes. */
export interface AbiFit {
  readonly abi: CheckAbi;
  readonly failure: CheckFailure | null;
}

export interface ModuleFacts {
  /** The first ABI the module passes as; null: none. */
  readonly abi: CheckAbi | null;
  readonly fits: readonly AbiFit[];
  /** Names are untrusted; types are one line, as `function (i32) -> ()`. */
  readonly imports: readonly {
    readonly module: string;
    readonly name: string;
    readonly type: string;
  }[];
  readonly exports: readonly { readonly name: string; readonly type: string }[];
  readonly features: readonly AllowedFeature[];
  readonly customSections: readonly string[];
  readonly instructions: number;
  readonly hasStart: boolean;
  readonly headroom: readonly ModuleHeadroom[];
}

export interface FactsOptions {
  readonly limits: Pick<CheckLimits, "moduleBytes" | "memoryPages">;
  /** Of every ABI there is, the likeliest first. */
  readonly signatures: readonly AbiSignatures[];
}

/**
 * @throws {CheckFailure} Where there is nothing to tell: too large, not of WebAssembly 2.0, or a
 * part that is listed is beyond its limit.
 */
export function readModuleFacts(
  bytes: Uint8Array<ArrayBuffer>,
  { limits, signatures }: FactsOptions,
): ModuleFacts {
  const { moduleBytes } = limits;
  if (bytes.length > moduleBytes) {
    throw beyondLimit("bytes of the module", bytes.length, moduleBytes, null);
  }
  const module = decodeModule(bytes);
  const code = measureCode(module);
  const fits = signatures.map((one) => fitAbi(bytes, { limits, signatures: one }));
  const features = new Set([...code.features, ...declaredFeatures(module)]);
  return {
    abi: fits.find(({ failure }) => failure === null)?.abi ?? null,
    fits,
    imports: module.imports.map(({ module: from, name, thing }) => ({
      module: from,
      name,
      type: describeExtern(externOf(thing, module)),
    })),
    exports: module.exports.map((one) => ({
      name: one.name,
      type: describeExtern(exportedExtern(one, module)),
    })),
    features: allowedFeatures.filter((feature) => features.has(feature)),
    customSections: module.sections.flatMap(({ name }) => name ?? []),
    instructions: code.instructions,
    hasStart: module.start !== null,
    headroom: listHeadroom(module, { code, limits }),
  };
}

function fitAbi(
  bytes: Uint8Array<ArrayBuffer>,
  options: { readonly limits: FactsOptions["limits"]; readonly signatures: AbiSignatures },
): AbiFit {
  const { abi } = options.signatures;
  try {
    gateModule(bytes, options);
    return { abi, failure: null };
  } catch (error) {
    if (error instanceof CheckFailure) return { abi, failure: error };
    throw error;
  }
}

/** Features that show outside of instructions. */
function* declaredFeatures(module: DecodedModule): Generator<AllowedFeature> {
  const globals = [
    ...module.imports.flatMap(({ thing }) => thing.kind === "global" ? [thing.global] : []),
    ...module.exports.flatMap(({ kind, index }) =>
      kind === "global" ? module.globalTypes.slice(index, index + 1) : []
    ),
  ];
  if (globals.some((global) => global.isMutable)) yield "mutable globals";
  if (module.types.some((type) => type.results.length > 1)) yield "multiple values";
  if (module.dataCount !== null || module.data.some(({ mode }) => mode === "passive")) {
    yield "bulk memory";
  }
  if (module.elements.some(({ mode }) => mode !== "active")) yield "bulk memory";
  const { externref, v128, funcref } = valueTypes;
  const values = [
    ...module.types.flatMap(({ params, results }) => [...params, ...results]),
    ...module.globalTypes.map(({ type }) => type),
    ...module.code.flatMap(({ locals }) => locals.map(({ type }) => type)),
  ];
  const isReference = values.some((type) => type === externref || type === funcref);
  const isTable = module.tables.length > 1 ||
    module.tables.some((one) => one.element === externref);
  if (isReference || isTable) yield "reference types";
  if (values.includes(v128)) yield "SIMD";
}
