/**
 * Built-ins about time, in UTC. The only present there is is the request's.
 *
 * @module
 */
import { CheckFailure } from "../../../core/check/check_failure.ts";
import { type OpaBuiltin, textBuiltin } from "./opa_builtin.ts";
import { isOpaArray, OpaNumber, opaNumber, type OpaValue } from "./opa_value.ts";

const nsOf = {
  ns: 1n,
  us: 1_000n,
  "µs": 1_000n,
  "μs": 1_000n,
  ms: 1_000_000n,
  s: 1_000_000_000n,
  m: 60_000_000_000n,
  h: 3_600_000_000_000n,
} as const;
const nsOfMs = nsOf.ms;
const weekdays = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];

/** What Go keeps a time and a duration in. */
function inRange(ns: bigint): OpaNumber | undefined {
  return BigInt.asIntN(64, ns) === ns ? opaNumber(ns) : undefined;
}

const rfc3339 = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.(\d{1,9})\d*)?(Z|[+-]\d\d:\d\d)$/;

const parseRfc3339 = textBuiltin(1, ([text]) => {
  const match = text.length > 64 ? null : rfc3339.exec(text);
  if (match === null) return undefined;
  const [, year = "", month = "", day = "", hour, minute, second, fraction = "", zone] = match;
  const ms = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}${zone}`);
  // Date takes 24:00 and, with some months, days they do not have.
  const isDay = new Date(Date.UTC(+year, +month - 1, +day)).getUTCDate() === +day;
  if (Number.isNaN(ms) || !isDay || hour === "24") return undefined;
  return inRange(BigInt(ms) * nsOfMs + BigInt(fraction.padEnd(9, "0")));
});

const durationPart = /(\d{0,18})(?:\.(\d{0,18}))?(ns|us|µs|μs|ms|s|m|h)/y;

const parseDuration = textBuiltin(1, ([text]) => {
  const unsigned = text.replace(/^[-+]/, "");
  if (unsigned === "0") return opaNumber(0);
  let sum = 0n;
  durationPart.lastIndex = 0;
  while (durationPart.lastIndex < unsigned.length) {
    const [, digits = "", fraction = "", unit = "ns"] = durationPart.exec(unsigned) ?? [];
    if (digits + fraction === "") return undefined;
    const factor = nsOf[unit as keyof typeof nsOf];
    sum += BigInt(digits + fraction) * factor / 10n ** BigInt(fraction.length);
    if (inRange(sum) === undefined) return undefined;
  }
  if (unsigned === "") return undefined;
  return inRange(text.startsWith("-") ? -sum : sum);
});

interface Moment {
  readonly date: Date;
  /** What is left below the millisecond, in nanoseconds. */
  readonly restNs: bigint;
}

/** A number of nanoseconds, alone or with the zone it is to be shown in. */
function parseMoment(value: OpaValue | undefined): Moment | null {
  const [number = null, zone = "UTC"] = value !== undefined && isOpaArray(value) ? value : [value];
  const ns = number instanceof OpaNumber ? number.toBigInt() : null;
  if (ns === null || typeof zone !== "string" || inRange(ns) === undefined) return null;
  if (zone !== "UTC" && zone !== "") {
    throw new CheckFailure("builtin_refused", "Time in a zone: only UTC is the same everywhere");
  }
  const restNs = ((ns % nsOfMs) + nsOfMs) % nsOfMs;
  return { date: new Date(Number((ns - restNs) / nsOfMs)), restNs };
}

function momentBuiltin(read: (date: Date) => OpaValue): OpaBuiltin {
  return {
    arity: 1,
    call: ([value]) => {
      const moment = parseMoment(value);
      return moment === null ? undefined : read(moment.date);
    },
  };
}

/** Years, months and days on, each beyond its end into the next. */
const addDate: OpaBuiltin = {
  arity: 4,
  call: ([value, ...parts]) => {
    const moment = parseMoment(value);
    const numbers = parts.map(smallNumber).filter((number) => number !== null);
    const [years = 0, months = 0, days = 0] = numbers;
    if (moment === null || numbers.length !== parts.length) return undefined;
    const { date, restNs } = moment;
    const ms = new Date(date).setUTCFullYear(
      date.getUTCFullYear() + years,
      date.getUTCMonth() + months,
      date.getUTCDate() + days,
    );
    return Number.isNaN(ms) ? undefined : inRange(BigInt(ms) * nsOfMs + restNs);
  },
};

/** Beyond it no time is one that is held. */
function smallNumber(value: OpaValue): number | null {
  const number = value instanceof OpaNumber ? value.toBigInt() : null;
  return number === null || number > 1_000_000n || number < -1_000_000n ? null : Number(number);
}

export const timeBuiltins: readonly (readonly [string, OpaBuiltin])[] = [
  ["time.now_ns", { arity: 0, call: (_args, { now }) => opaNumber(now()) }],
  ["time.parse_rfc3339_ns", parseRfc3339],
  ["time.parse_duration_ns", parseDuration],
  [
    "time.date",
    momentBuiltin((date) =>
      [date.getUTCFullYear(), date.getUTCMonth() + 1, date.getUTCDate()].map(opaNumber)
    ),
  ],
  [
    "time.clock",
    momentBuiltin((date) =>
      [date.getUTCHours(), date.getUTCMinutes(), date.getUTCSeconds()].map(opaNumber)
    ),
  ],
  ["time.weekday", momentBuiltin((date) => weekdays[date.getUTCDay()] ?? null)],
  ["time.add_date", addDate],
];
