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
import type { Json, JsonObject } from "../../../core/operation/operation.ts";
import { isJsonObject } from "../../../core/operation/parse_field.ts";
import { decodeUtf8, parseStrictJson } from "../../../core/strict_json.ts";
import type { ParsedArguments } from "../command.ts";
import type { CheckWorkshop } from "../check_workshop.ts";
import type { Host } from "../host.ts";
import { quote, usageError } from "../usage_error.ts";
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
 * @param readFile Of module and data.
 * @throws {EngineError} `usage`, `check_unreadable`, `check_refused`.
 */
export async function readTrial(
  host: Host,
  workshop: CheckWorkshop,
  parsed: ParsedArguments,
  readFile: CheckWorkshop["readFile"] = workshop.readFile,
): Promise<CheckTrial> {
  const { flags, positionals: [file = ""] } = parsed;
  const module = readModule(host, readFile, file);
  const isolation = (flags.text("isolation") ?? "process") as CheckIsolation;
  const given = flags.text("abi") as CheckAbi | null;
  const data = flags.text("data");
  const job = {
    module,
    entrypoint: flags.text("entrypoint"),
    result: (flags.text("result") ?? "violations") as CheckJob["result"],
    data: data === null ? null : readFile(host.absolute(data), maxDataBytes),
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

/** Only `checks bench` looks a name up in the policy: here it would be run with other limits. */
function readModule(
  host: Host,
  readFile: CheckWorkshop["readFile"],
  file: string,
): Uint8Array<ArrayBuffer> {
  const path = host.absolute(file);
  if (/^[a-z][a-z0-9_-]{0,63}$/.test(file) && !host.exists(path)) {
    throw new EngineError("check_unreadable", `Cannot read ${quote(file)}: it is not there`, {
      hint: "name the module's file; only `sealward checks bench` takes the id of a check",
    });
  }
  return readFile(path, checkCeilings.moduleBytes);
}

function readSettings(host: Host, workshop: CheckWorkshop, path: string | null): JsonObject {
  if (path === null) return {};
  const bytes = workshop.readFile(host.absolute(path), maxCheckSettingsBytes);
  const settings = parseSettings(bytes, path);
  if (isJsonObject(settings)) return settings;
  throw usageError("Cannot use --settings: it is no JSON object", 'write {"key": ...}');
}

function parseSettings(bytes: Uint8Array, path: string): Json {
  try {
    return parseStrictJson(decodeUtf8(bytes));
  } catch (error) {
    if (!(error instanceof EngineError)) throw error;
    throw new EngineError(error.code, `Cannot use --settings ${quote(path)}: ${error.message}`, {
      ...(error.hint === null ? {} : { hint: error.hint }),
      cause: error,
    });
  }
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
