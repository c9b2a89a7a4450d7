/**
 * What an agent wants to do, after parsing. The only way to get one from outside is
 * parseOperation (parse_operation.ts).
 *
 * @module
 */

/** A JSON value as parsed: plain data, no prototype games. */
export type Json = null | boolean | number | string | readonly Json[] | JsonObject;
export interface JsonObject {
  readonly [key: string]: Json;
}

/** Operation types of the wire format; policies may add names under `operations.custom`. */
export const operationTypes = [
  "file_read",
  "file_write",
  "file_create",
  "file_delete",
  "file_rename",
  "file_copy",
  "file_link",
  "chmod",
  "chown",
  "code_modification",
  "command",
  "tool_call",
  "network",
] as const;

export type OperationType = typeof operationTypes[number];

/** A parsed operation. Labels (`agent`, `timestamp`, `correlationId`) are never believed. */
export interface Operation {
  /** One of operationTypes, or any other name: then the policy decides whether it knows it. */
  readonly type: string;
  /** As written, in order; two-path types list sources first and the target last. */
  readonly affectedFiles: readonly string[];
  readonly metadata: JsonObject;
  readonly timestamp: string | null;
  readonly content: string | null;
  readonly diff: string | null;
  readonly command: string | null;
  readonly cwd: string | null;
  readonly tool: { readonly name: string; readonly input: JsonObject } | null;
  readonly agent: { readonly name: string | null; readonly session: string | null } | null;
  readonly correlationId: string | null;
}

/** Who asks: `uid:1000`, `token:agent`, `library`. Comes from the edge, never from the operation. */
export type Principal = string;
