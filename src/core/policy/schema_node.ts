/**
 * What a key of the policy may be. schema.ts says which keys there are, schema_texts.ts what they are
 * for.
 *
 * @module
 */
import type { Json } from "../operation/operation.ts";

interface WordsNode {
  readonly kind: "words";
  readonly values: readonly string[];
  readonly minItems: number;
  readonly maxItems: number;
}
interface SectionNode {
  readonly kind: "section";
  readonly keys: { readonly [key: string]: SchemaNode };
  /** The section must be written, with at least so many keys. */
  readonly minKeys?: number;
}
/** May be left out, and is null then; written, it has at least so many keys. */
interface OptionalSectionNode extends SectionNode {
  readonly isOptional: true;
}

/**
 * One key's type, bounds and default; a key without default must be written. A list that is absent
 * is empty, whatever its `minItems`: these bound a list that is written.
 */
export type SchemaNode =
  | { readonly kind: "version"; readonly value: "1.0" }
  /** Null: what an absent one means is the section's to say. */
  | { readonly kind: "boolean"; readonly default: boolean | null }
  | {
    readonly kind: "choice";
    readonly values: readonly string[];
    /** Null: it must be written. */
    readonly default: string | null;
    /** For whoever wrote another word; left out, the closest one. */
    readonly hint?: string;
  }
  /** An integer from 0 to 2^53 - 1, or absent where it need not be written: no such limit. */
  | {
    readonly kind: "limit";
    readonly isRequired?: true;
  }
  /** An integer between two bounds. */
  | {
    readonly kind: "number";
    readonly minimum: number;
    readonly maximum: number;
    readonly default: number;
  }
  | {
    readonly kind: "strings";
    readonly minItems: number;
    readonly maxItems: number;
    readonly maxCharacters: number;
  }
  | WordsNode
  /** Free names, each with a value of one kind. */
  | {
    readonly kind: "map";
    readonly name: RegExp;
    /** What a name must be, for errors; left out: the plain kind. */
    readonly wanted?: string;
    readonly maxEntries: number;
    readonly value: SchemaNode;
  }
  /** One line of text; absent and not required is null. */
  | {
    readonly kind: "text";
    readonly isRequired: boolean;
    readonly maxCharacters: number;
    readonly shape: RegExp | null;
    /** What `shape` means, for errors; left out: a name. */
    readonly wanted?: { readonly what: string; readonly hint: string };
  }
  | SectionNode
  | OptionalSectionNode
  /** A list of mappings that all have the same keys. */
  | {
    readonly kind: "sections";
    readonly maxItems: number;
    readonly item: SectionNode;
  }
  /** Plain data that another reader knows; absent and not required is null. */
  | {
    readonly kind: "json";
    readonly isRequired: boolean;
  }
  /** Known, and not built yet: refused with its own code, never ignored. */
  | { readonly kind: "unavailable" };

/** What parseNode makes of a node: defaults filled in, `limit` null where absent. */
export type NodeValue<N extends SchemaNode> = N extends { readonly isOptional: true }
  ? SectionValue<N> | null
  : N extends { readonly kind: "section" } ? SectionValue<N>
  : N extends { readonly kind: "version"; readonly value: infer V } ? V
  : N extends { readonly kind: "boolean"; readonly default: null } ? boolean | null
  : N extends { readonly kind: "boolean" } ? boolean
  : N extends { readonly kind: "number" } ? number
  : N extends { readonly kind: "choice"; readonly values: readonly (infer V)[] } ? V
  : N extends { readonly kind: "limit"; readonly isRequired: true } ? number
  : N extends { readonly kind: "limit" } ? number | null
  : N extends { readonly kind: "strings" } ? readonly string[]
  : N extends { readonly kind: "words"; readonly values: readonly (infer V)[] } ? readonly V[]
  : N extends { readonly kind: "map" } ? ReadonlyMap<string, NodeValue<N["value"]>>
  : N extends { readonly kind: "text"; readonly isRequired: true } ? string
  : N extends { readonly kind: "text" } ? string | null
  : N extends { readonly kind: "json" } ? Json | null
  : N extends { readonly kind: "sections"; readonly item: infer I extends SchemaNode }
    ? readonly NodeValue<I>[]
  : never;

type SectionValue<N extends SchemaNode> = N extends { readonly kind: "section" } ? {
    readonly [
      K in keyof N["keys"] as N["keys"][K] extends { readonly kind: "unavailable" } ? never
        : K
    ]: NodeValue<N["keys"][K]>;
  }
  : never;
