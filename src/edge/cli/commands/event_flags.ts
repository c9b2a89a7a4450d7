/**
 * Flags that choose entries, and the filter they make.
 *
 * @module
 */
import type { EventFilter } from "../../../core/audit/event_filter.ts";
import { severities, type Severity } from "../../../core/policy/policy.ts";
import type { Flag, ParsedArguments } from "../command.ts";
import { usageError } from "../usage_error.ts";

/** By type and severity. */
export const filterFlags: readonly Flag[] = [
  { name: "type", kind: "string", value: "TYPE", description: "Only this event type" },
  {
    name: "severity",
    kind: "string",
    value: "SEVERITY",
    choices: severities,
    description: "Only this severity",
  },
];

/** @throws {EngineError} `usage` for a number that is none. */
export function filterOf(
  { flags }: ParsedArguments,
  times: readonly ("since" | "until")[],
  options: { readonly after: boolean; readonly defaultLimit: number | null },
): EventFilter {
  const type = flags.text("type");
  const severity = flags.text("severity") as Severity | null;
  const limit = parseCount("limit", flags.text("limit")) ?? options.defaultLimit;
  const afterSeq = options.after ? parseCount("after", flags.text("after")) : null;
  return {
    ...(type === null ? {} : { type }),
    ...(severity === null ? {} : { severity }),
    ...Object.fromEntries(times.flatMap((name) => {
      const value = flags.text(name);
      return value === null ? [] : [[name, value]];
    })),
    ...(afterSeq === null ? {} : { afterSeq }),
    ...(limit === null ? {} : { limit }),
  };
}

/** @throws {EngineError} `usage` for text that is no whole number. */
export function parseCount(name: string, text: string | null): number | null {
  if (text === null) return null;
  if (!/^(?:0|[1-9][0-9]{0,14})$/.test(text)) {
    throw usageError(`Cannot read --${name} "${text}"`, "give a whole number");
  }
  return Number(text);
}
