/**
 * What an ABI lets a module import and wants it to export. Names and types are compared exactly.
 *
 * @module
 */
import type { CheckAbi } from "../core/check/check_job.ts";
import type { ValueTypeName } from "./decoded_module.ts";

export type ExternSignature =
  | {
    readonly kind: "function";
    readonly params: readonly ValueTypeName[];
    readonly results: readonly ValueTypeName[];
  }
  | { readonly kind: "memory" }
  | { readonly kind: "table"; readonly element: "funcref" | "externref" }
  | { readonly kind: "global"; readonly type: ValueTypeName; readonly isMutable: boolean };

export interface ImportSignature {
  readonly module: string;
  readonly name: string;
  readonly signature: ExternSignature;
  /** Whether a module without it is refused. */
  readonly isRequired: boolean;
}

export interface ExportSignature {
  readonly name: string;
  readonly signature: ExternSignature;
  /** False: may be missing, but is of this type where it is there. */
  readonly isRequired: boolean;
}

export interface AbiSignatures {
  readonly abi: CheckAbi;
  /** Everything else is `import_refused`. */
  readonly imports: readonly ImportSignature[];
  /** Further exports are let through: toolchains add some of their own, and no host calls them. */
  readonly exports: readonly ExportSignature[];
  /** Whether a start section may be there; it runs on `startFuel`. */
  readonly allowsStart: boolean;
}
