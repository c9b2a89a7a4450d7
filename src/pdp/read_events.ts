/**
 * The ways to read the log: a selection, a stream, and what is new. All of them see what the log
 * yields, and a log yields verified entries only.
 *
 * @module
 */
import { encodeFilter } from "../core/audit/encode_filter.ts";
import type { Entry } from "../core/audit/entry.ts";
import type { EventFilter } from "../core/audit/event_filter.ts";
import { EventMatcher, type FilterContext } from "../core/audit/event_matcher.ts";
import { EventSelection } from "../core/audit/query.ts";
import type { EngineParts, EventFollower, EventStream, StreamFilter } from "./engine.ts";

/** What the words of a filter are relative to: one moment for the whole of a reading. */
export function filterContext({ disk, nowMicros }: EngineParts): FilterContext {
  return { root: disk.root, nowMicros: nowMicros() };
}

/** Entries that match; the whole log is verified before the first is returned. */
export async function readEvents(
  filter: EventFilter,
  parts: EngineParts,
): Promise<readonly Entry[]> {
  const selection = new EventSelection(filter, filterContext(parts));
  const entries = parts.audit.readVerified((filter.afterSeq ?? -1) + 1);
  for await (const entry of entries) selection.offer(entry);
  return selection.entries;
}

/** Entries that match, each as soon as it is verified; nothing is held. */
export function streamEvents(filter: StreamFilter, parts: EngineParts): EventStream {
  const context = filterContext(parts);
  const matcher = new EventMatcher(filter, context);
  return {
    encoded: encodeFilter(filter, context.nowMicros),
    entries: pick(parts.audit.readVerified(), matcher),
  };
}

async function* pick(
  entries: AsyncIterable<Entry>,
  matcher: EventMatcher,
): AsyncGenerator<Entry, void> {
  for await (const entry of entries) if (matcher.matches(entry)) yield entry;
}

/** What matches, then what matches of the new. */
export function followEvents(filter: EventFilter, parts: EngineParts): EventFollower {
  const { audit } = parts;
  const context = filterContext(parts);
  const follower = audit.followVerified();
  let wanted = filter;
  return {
    readNew: async () => {
      const selection = new EventSelection(wanted, context);
      for await (const entry of follower.readNew()) selection.offer(entry);
      const { limit: _, ...rest } = filter;
      wanted = rest;
      return selection.entries;
    },
  };
}
