/**
 * An operation as a check is asked about it.
 *
 * @module
 */
import { encodeOperation } from "../operation/encode_operation.ts";
import type { Effect } from "../operation/effect.ts";
import type { JsonObject, Operation } from "../operation/operation.ts";
import { type CheckRequest, encodeCheckRequest } from "./check_request.ts";
import type { CheckSpec } from "./check_spec.ts";
import { nameByText, type NameFile } from "./name_file.ts";

type Asking = Pick<CheckSpec, "id" | "settings">;

/**
 * The wire form of the operation, less what only labels one asking of it (`correlation_id` and the
 * agent's session; `timestamp` is `now`), with `effects` as the engine found them.
 *
 * SECURITY: files stand there by the names they have from the root, however they were spelled: a
 * pattern in a check would else be walked around by `./a`, `b/../a`, `/root/a`, a link or `cwd`.
 */
export function operationRequest(
  check: Asking,
  operation: Operation,
  effects: readonly Effect[],
  nameFile: NameFile = nameByText(operation.cwd),
): Uint8Array<ArrayBuffer> {
  const { agent, affectedFiles } = operation;
  const name = agent?.name ?? null;
  const asked = encodeOperation({
    ...operation,
    affectedFiles: [...new Set(affectedFiles.flatMap(nameFile))],
    agent: name === null ? null : { name, session: null },
    correlationId: null,
    timestamp: null,
  });
  return encodeCheckRequest({
    ...about(check),
    kind: "operation",
    operation: { ...asked, effects: effects.map((each) => encodeEffect(each, nameFile)) },
    now: operation.timestamp,
  });
}

/** Asks whether it can work with its settings. */
export function settingsRequest(check: Asking): Uint8Array<ArrayBuffer> {
  return encodeCheckRequest({ ...about(check), kind: "settings", operation: null, now: null });
}

/** `policy` is what its violations stand under, and the version of the policy's format. */
function about({ id, settings }: Asking): Pick<CheckRequest, "v" | "settings" | "policy"> {
  return { v: 1, settings, policy: { id: `checks.${id}`, version: "1.0" } };
}

function encodeEffect(effect: Effect, nameFile: NameFile): JsonObject {
  const { verb, kind, isPossible, unlessFolder } = effect;
  const [resource = effect.resource, real] = kind === "path" ? nameFile(effect.resource) : [];
  return {
    verb,
    resource,
    kind,
    ...(real === undefined ? {} : { real }),
    ...(isPossible === true ? { is_possible: true } : {}),
    ...(unlessFolder === true ? { unless_folder: true } : {}),
  };
}
