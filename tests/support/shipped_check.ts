/** The modules of src/checks, opened as the product opens them, and asked about operations. */
import { defaultCheckLimits } from "../../src/core/check/check_limits.ts";
import type { CheckLimits } from "../../src/core/check/check_limits.ts";
import type { CheckOutcome, CheckViolation } from "../../src/core/check/check_job.ts";
import { encodeCheckRequest } from "../../src/core/check/check_request.ts";
import type { JsonObject } from "../../src/core/operation/operation.ts";
import { loadCheck } from "../../src/sandbox/load_check.ts";
import { moduleUrl } from "../../scripts/compile_checks.ts";
import { checkJob } from "./check_jobs.ts";

export interface ShippedCheck {
  readonly ask: (operation: JsonObject | null, settings?: JsonObject) => CheckOutcome;
  /** Of an operation that it answers; throws where it fails. */
  readonly find: (operation: JsonObject, settings?: JsonObject) => readonly CheckViolation[];
  /** The codes, sorted, of what it finds in a file. */
  readonly codesOf: (content: string, file?: string, settings?: JsonObject) => readonly string[];
}

/** @param name Of its folder. */
export function openShippedCheck(name: string, limits: Partial<CheckLimits> = {}): ShippedCheck {
  const module = Deno.readFileSync(moduleUrl(name));
  const check = loadCheck(checkJob(module, { limits: { ...defaultCheckLimits, ...limits } }));
  const ask = (operation: JsonObject | null, settings: JsonObject = {}): CheckOutcome =>
    check.run(encodeCheckRequest({
      v: 1,
      kind: operation === null ? "settings" : "operation",
      operation,
      settings,
      policy: { id: `checks.${name}`, version: "1.0" },
      now: null,
    }));
  const find = (operation: JsonObject, settings: JsonObject = {}) => {
    const outcome = ask(operation, settings);
    if (outcome.status === "failed") throw new Error(`${outcome.code}: ${outcome.message}`);
    return outcome.violations;
  };
  return {
    ask,
    find,
    codesOf: (content, file = "src/a.ts", settings = {}) =>
      find(fileWrite(content, file), settings).map(({ code }) => code).sort(),
  };
}

export function fileWrite(content: string, file = "src/a.ts"): JsonObject {
  const effects = [{ verb: "write", resource: file, kind: "path" }];
  return { type: "file_write", affected_files: [file], content, effects };
}
