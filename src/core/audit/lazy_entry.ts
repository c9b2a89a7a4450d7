/**
 * Entries whose details are parsed when somebody looks at them. Most readers drop most entries by
 * type, severity or time, and parsing is dearer than all of that.
 *
 * @module
 */
import type { JsonObject } from "../operation/operation.ts";
import { parseDetails } from "./details.ts";
import type { Entry } from "./entry.ts";
import type { LineHeader } from "./line.ts";

/**
 * The entry of a header whose MAC was verified, as toEntry makes it. Reading `details` throws
 * `audit_tampered` when `d` is not the one encoding of its value; only a holder of the key could
 * have written such a line, and the walk that verifies the log does not look there either.
 */
export function toLazyEntry(header: LineHeader): Entry {
  const { detailsText } = header;
  let parsed: JsonObject | null = null;
  return {
    version: header.version,
    seq: header.seq,
    key: header.key,
    at: header.at,
    type: header.type,
    severity: header.severity,
    // An own property: spread, JSON.stringify and comparison see it like any other.
    get details() {
      return parsed ??= parseDetails(detailsText);
    },
    prev: header.prev,
    mac: header.mac,
  };
}
