/**
 * The schema table as JSON Schema, for editors. parsePolicy is stricter: it also reads patterns
 * and operation names.
 *
 * @module
 */
import type { Json, JsonObject } from "../operation/operation.ts";
import { policySchema } from "./schema.ts";
import { schemaExamples } from "./schema_examples.ts";
import type { SchemaNode } from "./schema_node.ts";
import { schemaTexts } from "./schema_texts.ts";

/** First version of Sealward that knows the keys: so far they are all of one. */
const since = "0.1.0";

/** Names from the file's root to the key; of an item of a list, the list's with [] behind it. */
type Place = readonly string[];

/**
 * Prints the policy's schema. Keys that are known and not built are left out: editors mark them.
 *
 * @returns A JSON Schema document, draft 2020-12. It uses only keywords that mean the same in
 *   draft-07, for editors that know no newer one.
 */
export function policyJsonSchema(): JsonObject {
  return {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    title: "Sealward policy",
    ...encodeNode(policySchema, []),
  };
}

function encodeNode(node: SchemaNode, place: Place): JsonObject {
  const text = findIn(schemaTexts, place) ?? "";
  return { description: `${text} Since ${since}.`, ...encodeType(node, place) };
}

function findIn<T>(table: Readonly<Record<string, T>>, place: Place): T | undefined {
  for (let from = 0; from <= place.length; from++) {
    const found = table[place.slice(from).join(".")];
    if (found !== undefined) return found;
  }
  return undefined;
}

function encodeType(node: SchemaNode, place: Place): JsonObject {
  const examples = findIn(schemaExamples, place);
  const known = examples === undefined ? {} : { examples };
  switch (node.kind) {
    case "version":
      return { const: node.value };
    case "boolean":
      return { type: "boolean", ...encodeDefault(node.default) };
    case "number":
      return encodeNumber(node);
    case "choice":
      return { enum: node.values, ...(node.default === null ? {} : { default: node.default }) };
    case "limit":
      return {
        type: "integer",
        minimum: 0,
        maximum: Number.MAX_SAFE_INTEGER,
        ...known,
      };
    case "strings":
      return encodeList(node, {
        type: "string",
        minLength: 1,
        maxLength: node.maxCharacters,
        ...known,
      });
    case "words":
      return encodeList(node, { enum: node.values });
    case "text":
      return { ...encodeText(node), ...known };
    case "sections":
      return encodeList(
        { minItems: 0, maxItems: node.maxItems },
        encodeNode(node.item, [...place.slice(0, -1), `${place.at(-1)}[]`]),
      );
    case "map":
      return { ...encodeMap(node, place), ...known };
    case "section":
      return encodeSection(node, place);
    case "json":
      return known;
    case "unavailable":
      return {};
  }
}

function encodeNumber(
  { minimum, maximum, default: usual }: Extract<SchemaNode, { readonly kind: "number" }>,
): JsonObject {
  return { type: "integer", minimum, maximum, default: usual };
}

/** An absent boolean without one means what the other keys say. */
function encodeDefault(value: boolean | null): JsonObject {
  return value === null ? { examples: [true, false] } : { default: value };
}

function encodeText(
  { maxCharacters, shape }: Extract<SchemaNode, { readonly kind: "text" }>,
): JsonObject {
  return {
    type: "string",
    minLength: 1,
    maxLength: maxCharacters,
    ...(shape === null ? {} : { pattern: shape.source }),
  };
}

function encodeMap(
  node: Extract<SchemaNode, { readonly kind: "map" }>,
  place: Place,
): JsonObject {
  return {
    type: "object",
    maxProperties: node.maxEntries,
    propertyNames: { pattern: node.name.source },
    additionalProperties: encodeNode(node.value, [...place, "*"]),
  };
}

function encodeList(
  { minItems, maxItems }: { readonly minItems: number; readonly maxItems: number },
  items: JsonObject,
): JsonObject {
  // A list that is absent is empty; where an empty one may not be written, that is no default.
  return { type: "array", minItems, maxItems, items, ...(minItems === 0 ? { default: [] } : {}) };
}

function encodeSection(
  node: Extract<SchemaNode, { readonly kind: "section" }>,
  place: Place,
): JsonObject {
  const built = Object.entries(node.keys).filter(([, child]) => child.kind !== "unavailable");
  const required = built.filter(([, child]) => isRequired(child)).map(([key]) => key);
  const properties: Record<string, Json> = {};
  for (const [key, child] of built) properties[key] = encodeNode(child, [...place, key]);
  return {
    type: "object",
    additionalProperties: false,
    ...(required.length === 0 ? {} : { required }),
    ...(node.minKeys === undefined ? {} : { minProperties: node.minKeys }),
    properties,
  };
}

function isRequired(node: SchemaNode): boolean {
  switch (node.kind) {
    case "version":
      return true;
    case "text":
    case "json":
      return node.isRequired;
    case "choice":
      return node.default === null;
    case "limit":
      return node.isRequired === true;
    case "section":
      return node.minKeys !== undefined && !("isOptional" in node);
    default:
      return false;
  }
}
