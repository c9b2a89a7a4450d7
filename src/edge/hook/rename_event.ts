/**
 * Reads events of hosts that have other names for the same: fields and events are renamed, and what
 * is judged is then read as every other host's.
 *
 * @module
 */
import { canonicalize } from "@std/json/canonicalize";
import type { JsonObject } from "../../core/operation/operation.ts";
import { refuseAt } from "../../core/operation/refuse_at.ts";

/** Their names, and ours for the same. */
export type Names = Readonly<Record<string, string>>;

/**
 * The fields under our names.
 *
 * SECURITY: a field under both names with two values means one thing to the host and may mean
 * another to us.
 *
 * @throws {EngineError} `operation_invalid` for a field that is there twice and differs.
 */
export function renameFields(fields: JsonObject, names: Names): JsonObject {
  const renamed: Record<string, JsonObject[string]> = { ...fields };
  for (const [theirs, ours] of Object.entries(names)) {
    const value = fields[theirs];
    if (value === undefined) continue;
    const other = renamed[ours];
    if (other !== undefined && canonicalize(other) !== canonicalize(value)) {
      return refuseAt([theirs], `another value than "${ours}"`, "one of the two");
    }
    renamed[ours] = value;
  }
  return renamed;
}

/**
 * The same event under our name for it. A name the host does not have stays unknown, whatever it
 * means elsewhere: with a tool beside it, it is judged.
 */
export function renameEvent(fields: JsonObject, events: Names): JsonObject {
  const { hook_event_name: name } = fields;
  if (typeof name !== "string") return fields;
  const ours = Object.hasOwn(events, name) ? events[name] : undefined;
  return { ...fields, hook_event_name: ours ?? `other:${name}` };
}
