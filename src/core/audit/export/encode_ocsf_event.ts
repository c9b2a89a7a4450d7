/**
 * OCSF events (schema.ocsf.io, version 1.6.0) as JSON lines. Decisions are API Activity, denials,
 * tampering and alarms are Detection Findings, everything else is a Base Event.
 *
 * @module
 */
import { stateTypes } from "../state.ts";
import type { JsonObject } from "../../operation/operation.ts";
import type { Severity } from "../../policy/policy.ts";
import { version } from "../../version.ts";
import type { Entry } from "../entry.ts";
import { parseInstant } from "../instant.ts";
import { outcomeTypes } from "../outcome_state.ts";
import { asciiJson, entryUid, type ExportRow, rawLine } from "./export_row.ts";
import { type LoggedFields, readLoggedFields } from "./logged_fields.ts";

/** Value of `metadata.version`. */
export const ocsfVersion = "1.6.0";

const severityIds: Readonly<Record<Severity, number>> = { LOW: 2, MEDIUM: 3, HIGH: 4, CRITICAL: 5 };
const severityNames: Readonly<Record<Severity, string>> = {
  LOW: "Low",
  MEDIUM: "Medium",
  HIGH: "High",
  CRITICAL: "Critical",
};

/** One ASCII line with its LF. */
export function encodeOcsfEvent(row: ExportRow): string {
  return `${asciiJson(toOcsfEvent(row))}\n`;
}

/** The event as an object. `raw_data` is the line of the log without its LF. */
export function toOcsfEvent(row: ExportRow): JsonObject {
  const { entry } = row;
  const { seq, prev, mac, key, details, severity } = entry;
  const fields = readLoggedFields(entry);
  const millis = Math.floor((parseInstant(entry.at) ?? 0) / 1000);
  return {
    ...classify(row, fields, millis),
    time: millis,
    timezone_offset: 0,
    severity_id: severityIds[severity],
    severity: severityNames[severity],
    message: messageOf(entry, fields),
    metadata: {
      version: ocsfVersion,
      uid: entryUid(row),
      sequence: seq,
      event_code: entry.type,
      original_time: entry.at,
      log_name: "audit.log",
      log_provider: "sealward",
      product: { name: "Sealward", vendor_name: "Sealward", version },
      ...(fields.decision === null ? {} : { profiles: ["security_control"] }),
    },
    raw_data: rawLine(entry),
    unmapped: {
      log: row.logId,
      row: row.row,
      rows: row.rows,
      seq,
      key,
      prev,
      mac,
      details,
    },
  };
}

function messageOf({ type }: Entry, fields: LoggedFields): string {
  const { decision, operation, target, message } = fields;
  if (message !== null || decision === null) return message ?? type;
  return [decision, operation, target].filter((part) => part !== null).join(" ");
}

function classify(row: ExportRow, fields: LoggedFields, millis: number): JsonObject {
  const { type } = row.entry;
  const isFinding = fields.decision === "deny" || type === stateTypes.tampered ||
    type === outcomeTypes.alarm;
  if (isFinding) return detectionFinding(row, fields, millis);
  return fields.decision === null ? baseEvent(row.entry) : apiActivity(fields);
}

/** Base Event [0], Other. */
function baseEvent({ type }: Entry): JsonObject {
  return {
    class_uid: 0,
    class_name: "Base Event",
    category_uid: 0,
    category_name: "Uncategorized",
    activity_id: 99,
    activity_name: type,
    type_uid: 99,
  };
}

const activityIds: ReadonlyMap<string, number> = new Map([
  ["create", 1],
  ["read", 2],
  ["write", 3],
  ["chmod", 3],
  ["chown", 3],
  ["link", 3],
  ["delete", 4],
]);
const activityNames = ["Unknown", "Create", "Read", "Update", "Delete"];

/** API Activity [6003], by the first thing the operation would do. */
function apiActivity(fields: LoggedFields): JsonObject {
  const [verb] = fields.verbs;
  const activityId = verb === undefined ? 0 : activityIds.get(verb) ?? 99;
  const isAllowed = fields.decision === "allow";
  return {
    class_uid: 6003,
    class_name: "API Activity",
    category_uid: 6,
    category_name: "Application Activity",
    activity_id: activityId,
    activity_name: activityNames[activityId] ?? verb ?? "Other",
    type_uid: 600_300 + activityId,
    status_id: isAllowed ? 1 : 99,
    status: isAllowed ? "Success" : "ask",
    ...outcomeOf(fields),
    ...whoAndWhat(fields),
    // Operations come from processes of the engine's own host.
    src_endpoint: { name: "local", svc_name: fields.agent ?? "agent" },
    ...resourcesOf(fields),
  };
}

/** Detection Finding [2004], Create. */
function detectionFinding(
  { entry, logId }: ExportRow,
  fields: LoggedFields,
  millis: number,
): JsonObject {
  const { type, details } = entry;
  const kind = details["kind"];
  const rule = fields.violated[0] ?? (typeof kind === "string" ? kind : type);
  return {
    class_uid: 2004,
    class_name: "Detection Finding",
    category_uid: 2,
    category_name: "Findings",
    activity_id: 1,
    activity_name: "Create",
    type_uid: 200_401,
    status_id: 1,
    status: "New",
    is_alert: true,
    ...(fields.decision === null ? {} : outcomeOf(fields)),
    finding_info: {
      uid: entryUid({ logId, entry }),
      title: fields.message ?? type,
      types: [...fields.violated.length > 0 ? fields.violated : [rule]],
      created_time: millis,
      analytic: { name: rule, type_id: 1, type: "Rule" },
    },
    ...(fields.decision === null ? {} : { evidences: [whoAndWhat(fields)] }),
    ...resourcesOf(fields),
  };
}

/** Profile security_control: what the engine answered. */
function outcomeOf({ decision }: LoggedFields): JsonObject {
  switch (decision) {
    case "allow":
      return { action_id: 1, action: "Allowed", disposition_id: 1, disposition: "Allowed" };
    case "ask":
      return { action_id: 99, action: "ask", disposition_id: 23, disposition: "Challenge" };
    default:
      return { action_id: 2, action: "Denied", disposition_id: 2, disposition: "Blocked" };
  }
}

function whoAndWhat(
  { principal, agent, session, operation, target, decisionId }: LoggedFields,
): JsonObject {
  return {
    actor: {
      user: { name: principal ?? "unknown" },
      ...(agent === null ? {} : { app_name: agent }),
      ...(session === null ? {} : { session: { uid: session } }),
    },
    api: {
      operation: operation ?? "unknown",
      service: { name: "sealward" },
      ...(target === null ? {} : { request: { uid: decisionId ?? "unknown", data: { target } } }),
    },
  };
}

function resourcesOf({ files }: LoggedFields): JsonObject {
  return files.length === 0 ? {} : { resources: files.map((name) => ({ name, type: "file" })) };
}
