/**
 * The flags of `policy sign`, read.
 *
 * @module
 */
import { isVersion } from "../../../core/integrity/compare_versions.ts";
import { isProjectName, isSignerName } from "../../../core/integrity/parse_manifest.ts";
import { parsePolicyTime } from "../../../core/integrity/policy_time.ts";
import type { Flag, FlagValues } from "../command.ts";
import { usageError } from "../usage_error.ts";

export const signFlags: readonly Flag[] = [
  {
    name: "key",
    kind: "string",
    value: "FILE",
    description: "Private key: of policy keygen, or an OpenSSH Ed25519 key without passphrase",
  },
  {
    name: "prepare",
    kind: "boolean",
    description: "Write the manifest for somebody else to sign",
  },
  {
    name: "policy-version",
    kind: "string",
    value: "N",
    description: "Default: one more than before; never lower",
  },
  { name: "project", kind: "string", value: "NAME", description: "Default: as before" },
  {
    name: "min-engine",
    kind: "string",
    value: "VERSION",
    description: "Oldest engine that may decide by it; default: as before",
  },
  {
    name: "expires-at",
    kind: "string",
    value: "TIME",
    description: "UTC, e.g. 2027-01-31 or 2027-01-31T12:00:00Z; default: never",
  },
  {
    name: "expires-in",
    kind: "string",
    value: "SPAN",
    description: "The same as a span: 90d, 12h",
  },
  {
    name: "signer",
    kind: "string",
    value: "TEXT",
    description: "Who signs; default: the key's comment, with --prepare as before",
  },
  {
    name: "acknowledge",
    kind: "string",
    value: "GROUP",
    collect: true,
    description: "A change that allows what was stopped: its group, or an entry's number",
  },
  {
    name: "backtest",
    kind: "string",
    value: "FILE",
    description: "Report of replay --candidate on the host that has the log",
  },
  {
    name: "without-backtest",
    kind: "boolean",
    description: "Sign although nobody knows what changes",
  },
  {
    name: "yes",
    kind: "boolean",
    description: "Do not ask; says nothing of what would be allowed",
  },
];

/** What the command line asks for; null is "as before" or the default. */
export interface SignWish {
  /** Null: prepare only. */
  readonly key: string | null;
  readonly policyVersion: number | null;
  readonly project: string | null;
  readonly minEngine: string | null;
  readonly signer: string | null;
  /** Null: it does not expire. */
  readonly expiresMs: (nowMs: number) => number | null;
}

/** @throws {EngineError} `usage` */
export function readSignWish(flags: FlagValues): SignWish {
  const key = flags.text("key");
  if ((key === null) !== flags.isSet("prepare")) {
    throw usageError(
      key === null ? "Nobody knows which key signs" : "--key and --prepare exclude each other",
      "give --key FILE, or --prepare to have the manifest signed elsewhere",
    );
  }
  return {
    key,
    policyVersion: readVersion(flags.text("policy-version")),
    project: fit(flags.text("project"), isProjectName, "project", "a-z 0-9 . _ -, at most 128"),
    minEngine: fit(flags.text("min-engine"), isVersion, "min-engine", "MAJOR.MINOR.PATCH"),
    signer: fit(flags.text("signer"), isSignerName, "signer", "1 to 256 visible characters"),
    expiresMs: readExpiry(flags.text("expires-at"), flags.text("expires-in")),
  };
}

function fit(
  text: string | null,
  isFit: (text: string) => boolean,
  flag: string,
  wanted: string,
): string | null {
  if (text === null || isFit(text)) return text;
  throw usageError(`Cannot use the value of --${flag}`, `wanted ${wanted}`);
}

function readVersion(text: string | null): number | null {
  if (text === null) return null;
  const value = /^[1-9][0-9]{0,15}$/.test(text) ? Number(text) : NaN;
  if (Number.isSafeInteger(value)) return value;
  throw usageError("Cannot use the value of --policy-version", "wanted 1 to 2^53 - 1");
}

const hourMs = 3_600_000;
const spans: Readonly<Record<string, number>> = { h: hourMs, d: 24 * hourMs, w: 168 * hourMs };

function readExpiry(at: string | null, after: string | null): SignWish["expiresMs"] {
  if (at !== null && after !== null) {
    throw usageError("--expires-at and --expires-in exclude each other", "give one of them");
  }
  if (at !== null) {
    const ms = parsePolicyTime(/^\d{4}-\d\d-\d\d$/.test(at) ? `${at}T00:00:00Z` : at);
    if (ms === null) {
      throw usageError("Cannot use the value of --expires-at", "wanted YYYY-MM-DDTHH:MM:SSZ");
    }
    return () => ms;
  }
  if (after === null) return () => null;
  const [, count = "", unit = ""] = /^([1-9][0-9]{0,4})([hdw])$/.exec(after) ?? [];
  const spanMs = Number(count) * (spans[unit] ?? NaN);
  if (count === "" || Number.isNaN(spanMs)) {
    throw usageError("Cannot use the value of --expires-in", "wanted hours, days or weeks: 90d");
  }
  return (nowMs) => nowMs + spanMs;
}
