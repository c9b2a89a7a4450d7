/**
 * Compares what a module imports and exports with what its ABI has.
 *
 * @module
 */
import { CheckFailure } from "../core/check/check_failure.ts";
import type { AbiSignatures, ExternSignature, ImportSignature } from "./abi_signatures.ts";
import {
  type DecodedModule,
  type ExternKind,
  type ImportedThing,
  type ModuleExport,
  type ValueType,
  type ValueTypeName,
  valueTypes,
} from "./decoded_module.ts";
import { quoteName } from "./quote_name.ts";

/** Names only the meter may export. */
export const reservedExports = "sealward:";

const typeNames = new Map<ValueType, ValueTypeName>(
  (Object.keys(valueTypes) as ValueTypeName[]).map((name) => [valueTypes[name], name]),
);

/** @throws {CheckFailure} `import_refused`, with the byte of the import. */
export function checkImports(module: DecodedModule, signatures: AbiSignatures): void {
  const allowed = new Map<string, ImportSignature>();
  for (const one of signatures.imports) allowed.set(importKey(one.module, one.name), one);
  const missing = new Set(signatures.imports.filter((one) => one.isRequired));
  for (const one of module.imports) {
    const name = `import ${quoteName(one.module)} ${quoteName(one.name)}`;
    const found = allowed.get(importKey(one.module, one.name));
    if (found === undefined) {
      const message = `${name}: got one that ${signatures.abi} does not have`;
      throw new CheckFailure("import_refused", message, one.range.start);
    }
    missing.delete(found);
    const got = describeExtern(externOf(one.thing, module));
    const wanted = describeExtern(found.signature);
    if (got === wanted) continue;
    const message = `${name}: got ${got}, wanted ${wanted}`;
    throw new CheckFailure("import_refused", message, one.range.start);
  }
  for (const { module: from, name } of missing) {
    const message = `import ${quoteName(from)} ${quoteName(name)}: got none, wanted it`;
    throw new CheckFailure("import_refused", `${message} for ${signatures.abi}`);
  }
}

/** Lengths first: no module's name can run into an import's. */
function importKey(module: string, name: string): string {
  return `${module.length}:${module}${name}`;
}

/** @throws {CheckFailure} `invalid_module`, with the byte of the export. */
export function checkExports(module: DecodedModule, signatures: AbiSignatures): void {
  const found = new Map<string, ModuleExport>();
  for (const one of module.exports) {
    found.set(one.name, one);
    if (!one.name.startsWith(reservedExports)) continue;
    const message = `export ${quoteName(one.name)}: got a name that begins with ${reservedExports}`;
    throw new CheckFailure("invalid_module", message, one.range.start);
  }
  for (const { name, signature, isRequired } of signatures.exports) {
    const one = found.get(name);
    const wanted = describeExtern(signature);
    if (one === undefined && !isRequired) continue;
    const got = one === undefined ? "none" : describeExtern(exportedExtern(one, module));
    if (got === wanted) continue;
    const message = `export ${quoteName(name)}: got ${got}, wanted ${wanted}`;
    throw new CheckFailure(
      "invalid_module",
      `${message} for ${signatures.abi}`,
      one?.range.start ?? null,
    );
  }
}

/** What an import or an export is, in the words of an ABI. */
export function externOf(thing: ImportedThing, module: DecodedModule): ExternSignature {
  switch (thing.kind) {
    case "function":
      return functionSignature(thing.typeIndex, module);
    case "table":
      return { kind: "table", element: typeName(thing.table.element) as "funcref" };
    case "memory":
      return { kind: "memory" };
    case "global":
      return {
        kind: "global",
        type: typeName(thing.global.type),
        isMutable: thing.global.isMutable,
      };
  }
}

export function exportedExtern(one: ModuleExport, module: DecodedModule): ExternSignature {
  return externOf(thingAt(one.kind, one.index, module), module);
}

function thingAt(kind: ExternKind, index: number, module: DecodedModule): ImportedThing {
  const table = module.tables[index];
  const memory = module.memories[index];
  const global = module.globalTypes[index];
  if (kind === "table" && table !== undefined) return { kind, table };
  if (kind === "memory" && memory !== undefined) return { kind, memory };
  if (kind === "global" && global !== undefined) return { kind, global };
  return { kind: "function", typeIndex: module.functionTypes[index] ?? 0 };
}

function functionSignature(typeIndex: number, module: DecodedModule): ExternSignature {
  const { params = [], results = [] } = module.types[typeIndex] ?? {};
  return { kind: "function", params: params.map(typeName), results: results.map(typeName) };
}

function typeName(type: ValueType): ValueTypeName {
  return typeNames.get(type) ?? "i32";
}

/** One line; equal signatures have equal lines. */
export function describeExtern(signature: ExternSignature): string {
  switch (signature.kind) {
    case "function":
      return `function (${signature.params.join(" ")}) -> (${signature.results.join(" ")})`;
    case "memory":
      return "memory";
    case "table":
      return `table of ${signature.element}`;
    case "global":
      return `${signature.isMutable ? "mutable" : "constant"} global ${signature.type}`;
  }
}
