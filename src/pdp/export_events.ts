/**
 * Takes entries out of the log: count, record, then give. The log is verified twice: once before
 * anything leaves, so that an export of a spoilt log has no rows, and once while they leave.
 *
 * @module
 */
import type { Entry } from "../core/audit/entry.ts";
import { encodeFilter } from "../core/audit/encode_filter.ts";
import { EventMatcher } from "../core/audit/event_matcher.ts";
import { exportEvent } from "../core/audit/export_event.ts";
import { TamperDetectedError } from "../core/errors.ts";
import type { Principal } from "../core/operation/operation.ts";
import type { EngineParts, EventExport, ExportRequest } from "./engine.ts";
import { only } from "./group_commit.ts";
import { filterContext } from "./read_events.ts";

/** Where a count ended. */
interface Counted {
  readonly rows: number;
  readonly throughSeq: number;
  readonly throughMac: string;
}

/** Appends the `audit.export` entry; what it returns is read when it is iterated. */
export async function exportEvents(
  { filter, as, to }: ExportRequest,
  principal: Principal,
  { audit, ...parts }: EngineParts,
): Promise<EventExport> {
  const context = filterContext({ audit, ...parts });
  const matcher = new EventMatcher(filter, context);
  const counted = await count(audit.readVerified(), matcher);
  const { rows, throughSeq } = counted;
  const plan = { as, to, rows, throughSeq, filter: encodeFilter(filter, context.nowMicros) };
  const events = [exportEvent(plan, principal)];
  const { receipts } = await audit.transact(() => ({ events, result: null }));
  return {
    rows,
    receipt: only(receipts),
    entries: give(audit.readVerified(), matcher, counted),
  };
}

async function count(entries: AsyncIterable<Entry>, matcher: EventMatcher): Promise<Counted> {
  let rows = 0;
  let last: Entry | null = null;
  for await (const entry of entries) {
    if (matcher.matches(entry)) rows++;
    last = entry;
  }
  return { rows, throughSeq: last?.seq ?? -1, throughMac: last?.mac ?? "" };
}

async function* give(
  entries: AsyncIterable<Entry>,
  matcher: EventMatcher,
  { rows, throughSeq, throughMac }: Counted,
): AsyncGenerator<Entry, void> {
  let given = 0;
  let lastMac = "";
  for await (const entry of entries) {
    if (entry.seq > throughSeq) break;
    lastMac = entry.mac;
    if (!matcher.matches(entry)) continue;
    given++;
    yield entry;
  }
  // Both readings verified, and yet they are not of one log: it was swapped between them.
  if (given === rows && lastMac === throughMac) return;
  throw new TamperDetectedError("audit_rollback", "The log was replaced during the export", {
    hint: "keep the files as they are and run `sealward audit verify` for the whole finding",
  });
}
