/**
 * A server's answer to an outcome or a settlement, after its signature has been verified → alarms.
 *
 * @module
 */
import { type Alarm, alarmSeverities } from "../audit/alarm.ts";
import type { Json } from "../operation/operation.ts";
import { isJsonObject } from "../operation/parse_field.ts";
import { parseBody, untrusted } from "./parse_answer.ts";

/**
 * Parses exactly one JSON document.
 *
 * @throws {EngineError} The server's own code when it refused; `server_untrusted`.
 */
export function parseAlarms(body: Uint8Array, status: number): readonly Alarm[] {
  const json = parseBody(body, status);
  const alarms = isJsonObject(json) && json["schema_version"] === 1 ? json["alarms"] : null;
  // SECURITY: "no alarms" must be said; a list that is not there says nothing.
  if (!Array.isArray(alarms)) throw untrusted("it holds no list of alarms");
  return alarms.map((alarm) => {
    if (!isAlarm(alarm)) throw untrusted("it holds what is no alarm");
    return alarm as unknown as Alarm;
  });
}

function isAlarm(value: Json): boolean {
  if (!isJsonObject(value)) return false;
  const { kind, message, seq, severity } = value;
  return typeof kind === "string" && Object.hasOwn(alarmSeverities, kind) &&
    typeof message === "string" && typeof seq === "number" && typeof severity === "string";
}
