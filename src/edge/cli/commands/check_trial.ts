/**
 * A module that somebody wants to try, with everything that decides what it says.
 *
 * @module
 */
import { encodeHex } from "@std/encoding/hex";
import type { CheckFailure } from "../../../core/check/check_failure.ts";
import { type CheckAbi, checkAbis, type CheckJob } from "../../../core/check/check_job.ts";
import { checkCeilings, defaultCheckLimits } from "../../../core/check/check_limits.ts";
import type { CheckIsolation } from "../../../core/check/check_spec.ts";
import { EngineError, oneLine } from "../../../core/errors.ts";
import { sha256 } from "../../../core/integrity/sha256.ts";
import { maxCheckSettingsBytes } from "../../../core/limits.ts";
import type { JsonObject } from "../../../core/operation/operation.ts";
import { isJsonObject } from "../../../core/operation/parse_field.ts";
import { decodeUtf8, parseStrictJson } from "../../../core/strict_json.ts";
import type { ParsedArguments } from "../command.ts";
import type { CheckWorkshop } from "../check_workshop.ts";
import type { Host } from "../host.ts";
import { usageError } from "../usage_error.ts";
import { parseLimits } from "./check_flags.ts";

export interface CheckTrial {
  /** As a request names it. */
  readonly id: string;
  /** As it was named. */
  readonly file: string;
  readonly sha256: string;
  readonly job: CheckJob;
  /** Nobody said which: it is the one that fits. */
  readonly isGuessed: boolean;
  readonly settings: JsonObject;
  readonly isolation: CheckIsolation;
}

/** A data document as large as a module. */
const maxDataBytes = checkCeilings.moduleBytes;

/**
 * Reads what the flags name, and finds the ABI where they name none.
 *
 * @throws {EngineError} `usage`, `check_unreadable`, `check_refused`.
 */
export async function readTrial(
  host: Host,
  workshop: CheckWorkshop,
  parsed: ParsedArguments,
): Promise<CheckTrial> {
  const { flags, positionals: [file = ""] } = parsed;
  const module = workshop.readFile(host.absolute(file), checkCeilings.moduleBytes);
  const isolation = (flags.text("isolation") ?? "process") as CheckIsolation;
  const given = flags.text("abi") as CheckAbi | null;
  const data = flags.text("data");
  const job = {
    module,
    entrypoint: flags.text("entrypoint"),
    result: (flags.text("result") ?? "violations") as CheckJob["result"],
    data: data === null ? null : workshop.readFile(host.absolute(data), maxDataBytes),
    limits: { ...defaultCheckLimits, ...parseLimits(parsed) },
  };
  const settings = readSettings(host, workshop, flags.text("settings"));
  const abi = given ?? await findAbi(workshop, job, { file, isolation });
  refuseOthersKeys(abi, job);
  return {
    id: "trial",
    file,
    sha256: encodeHex(sha256(module)),
    job: { ...job, abi },
    isGuessed: given === null,
    settings,
    isolation,
  };
}

/** Names a job and all of it, within one command. */
export function trialKey({ sha256: hash, job: { abi } }: CheckTrial, more = ""): string {
  return `trial ${hash} ${abi} ${more}`;
}

function readSettings(host: Host, workshop: CheckWorkshop, path: string | null): JsonObject {
  if (path === null) return {};
  const bytes = workshop.readFile(host.absolute(path), maxCheckSettingsBytes);
  const settings = parseStrictJson(decodeUtf8(bytes));
  if (isJsonObject(settings)) return settings;
  throw usageError("Cannot use --settings: it is no JSON object", 'write {"key": ...}');
}

/** As a policy is refused that says so: nobody would obey it. */
function refuseOthersKeys(abi: CheckAbi, job: Omit<CheckJob, "abi">): void {
  if (abi === "opa-1") return;
  const flag = job.entrypoint !== null
    ? "--entrypoint"
    : job.data !== null
    ? "--data"
    : job.result === "allow"
    ? "--result allow"
    : null;
  if (flag !== null) {
    throw usageError(`Cannot use ${flag} with the abi ${abi}`, "only opa-1 has it");
  }
}

/** Each wants exports that no other has, so that one fits at most. */
const guesses: readonly CheckAbi[] = [...checkAbis].reverse();

interface Guessed {
  readonly file: string;
  readonly isolation: CheckIsolation;
}

/** SECURITY: asks the sandbox; this process does not look into a module that it is to run. */
async function findAbi(
  workshop: CheckWorkshop,
  job: Omit<CheckJob, "abi">,
  { file, isolation }: Guessed,
): Promise<CheckAbi> {
  const failures: (readonly [CheckAbi, CheckFailure])[] = [];
  for (const abi of guesses) {
    const failure = await workshop.load(`guess ${abi}`, { ...job, abi }, isolation);
    if (failure === null) return abi;
    failures.push([abi, failure]);
    if (!isAboutAbi(failure)) break;
  }
  throw noAbi(file, failures);
}

/** Anything else would be the same for every ABI. */
function isAboutAbi({ code }: CheckFailure): boolean {
  return code === "import_refused" || code === "builtin_refused" || code === "feature_refused";
}

function noAbi(
  file: string,
  failures: readonly (readonly [CheckAbi, CheckFailure])[],
): EngineError {
  const [[, first]] = failures as readonly [readonly [CheckAbi, CheckFailure]];
  const isOne = failures.every(([, { code, message }]) =>
    code === first.code && message === first.message
  );
  const why = isOne
    ? `${first.code}: ${first.message}${placeOf(first)}`
    : failures.map(([abi, failure]) => `as ${abi} ${failure.code}: ${failure.message}`).join("; ");
  const message = `Cannot run "${oneLine(file, 120)}": ${oneLine(why, 1_000)}`;
  return new EngineError("check_refused", message, {
    hint: "`sealward checks inspect FILE` says more; --abi says which it is meant to be",
  });
}

/** The byte a failure is about, as words; nothing where it is about none. */
export function placeOf({ offset }: CheckFailure): string {
  return offset === null ? "" : ` (byte ${offset})`;
}
