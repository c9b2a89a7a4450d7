/**
 * What an entrypoint gave, read as the policy says: as a boolean that allows, or as violations.
 *
 * @module
 */
import { CheckFailure } from "../../../core/check/check_failure.ts";
import type { CheckJob, CheckViolation } from "../../../core/check/check_job.ts";
import type { Json } from "../../../core/operation/operation.ts";
import { parseAnswerJson, parseViolations } from "../../parse_check_output.ts";

/** The result set, its one binding, and then as deep as any answer. */
const maxResultDepth = 12;
/** Of the one violation of an entrypoint that does not allow. */
export const notAllowedCode = "opa_not_allowed";
/** Of violations that name none. */
export const violationCode = "opa_violation";

/**
 * Reads `[{"result": VALUE}]`, or `[]` where the entrypoint is undefined.
 *
 * @throws {CheckFailure} `bad_output`: anything else, and anything that is not of the agreed kind.
 */
export function parseOpaResult(
  output: Uint8Array,
  { result: kind }: Pick<CheckJob, "result">,
): readonly CheckViolation[] {
  const value = parseResultSet(parseAnswerJson(output, maxResultDepth));
  return kind === "allow" ? readAllow(value) : readViolations(value);
}

/** undefined: so is the entrypoint. */
function parseResultSet(set: Json): Json | undefined {
  if (!Array.isArray(set)) return refuse("no result set");
  if (set.length > 1) return refuse(`${set.length} results, wanted one`);
  const [binding] = set;
  if (binding === undefined) return undefined;
  if (typeof binding !== "object" || binding === null || Array.isArray(binding)) {
    return refuse("a result that is no object");
  }
  const { result, ...others } = binding as Readonly<Record<string, Json | undefined>>;
  if (result === undefined || Object.keys(others).length > 0) {
    return refuse('other bindings than "result"');
  }
  return result;
}

function readAllow(value: Json | undefined): readonly CheckViolation[] {
  if (value === true) return [];
  if (value !== false && value !== undefined) return refuse("no boolean, wanted true or false");
  const message = value === false
    ? "The policy does not allow it"
    : "The policy does not say whether it allows it";
  return [{ code: notAllowedCode, message, severity: null, path: null, details: null }];
}

/**
 * SECURITY: undefined is not "none". A rule that gives a set is empty where nothing is found; what
 * is undefined was never asked: a wrong entrypoint, or an error on the way.
 */
function readViolations(value: Json | undefined): readonly CheckViolation[] {
  if (value === undefined) return refuse("nothing: the entrypoint is undefined");
  if (!Array.isArray(value)) return refuse("no set and no array");
  return parseViolations(value.map(normalize));
}

/** To the form every check answers in: `msg` is what many policies say for `message`. */
function normalize(item: Json): Json {
  if (typeof item === "string") return { code: violationCode, message: item };
  if (typeof item !== "object" || item === null || Array.isArray(item)) return item;
  const { msg, code, message, ...others } = item as Readonly<Record<string, Json | undefined>>;
  if (msg !== undefined && message !== undefined) return refuse('both "msg" and "message"');
  return { ...others, code: code ?? violationCode, message: message ?? msg ?? null } as Json;
}

function refuse(got: string): never {
  throw new CheckFailure("bad_output", `Answer of the policy is not as agreed: got ${got}`);
}
