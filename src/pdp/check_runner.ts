/**
 * Runs the checks of the policies this engine decides by. Loaded where a policy has any.
 *
 * @module
 */
import type { CheckFailureCode } from "../core/check/check_failure.ts";
import { checkMeaning } from "../core/check/check_meaning.ts";
import type { CheckJob, CheckOutcome } from "../core/check/check_job.ts";
import type { LoadSandbox, SandboxOutcome } from "../core/check/check_sandbox.ts";
import type { CheckSpec, CheckTest, PinnedFile } from "../core/check/check_spec.ts";
import { operationRequest, settingsRequest } from "../core/check/operation_request.ts";
import { planEffects } from "../core/operation/plan_effects.ts";
import type { Policy } from "../core/policy/policy.ts";
import { loadToolReader } from "./load_tool_reader.ts";

/** Bytes that were hashed, and their hash in hex: nobody opens the file again. */
export type FindFile = (
  path: string,
) => { readonly bytes: Uint8Array; readonly sha256: string } | null;

/** Where a check stands. */
export interface CheckGround {
  readonly policy: Pick<Policy, "customOperations" | "tools">;
  readonly findFile: FindFile;
}

/** Of the machine and the moment, not of the module: these are not remembered. */
const passing: ReadonlySet<CheckFailureCode> = new Set([
  ...["deadline", "sandbox_crash", "sandbox_unavailable"] as const,
]);

/** One for each engine. */
export class CheckRunner {
  readonly #load: LoadSandbox;
  /** By meaning and isolation: why its word does not count; null where it does. */
  readonly #proofs = new Map<string, SandboxOutcome | null>();

  constructor(load: LoadSandbox) {
    this.#load = load;
  }

  /** Never rejects. The first time it tries the check on its settings and tests. */
  async run(check: CheckSpec, request: Uint8Array, ground: CheckGround): Promise<SandboxOutcome> {
    const job = findJob(check, ground.findFile);
    if (!("module" in job)) return refused(check, "hash_mismatch", job.why);
    const isUnfit = await this.#prove(check, job, ground);
    return isUnfit ?? await this.#ask(check, job, request);
  }

  async #prove(
    check: CheckSpec,
    job: CheckJob,
    { policy }: CheckGround,
  ): Promise<SandboxOutcome | null> {
    const key = `${checkMeaning(check)} ${check.isolation} ${testsOf(check)}`;
    const known = this.#proofs.get(key);
    if (known !== undefined) return known;
    const found = await this.#try(check, job, policy);
    const isLasting = found === null || found.status === "ok" || !passing.has(found.code);
    if (isLasting) {
      if (this.#proofs.size >= maxProofs) this.#proofs.clear();
      this.#proofs.set(key, found);
    }
    return found;
  }

  async #try(
    check: CheckSpec,
    job: CheckJob,
    { customOperations, tools }: CheckGround["policy"],
  ): Promise<SandboxOutcome | null> {
    if (takesSettings(check)) {
      const outcome = await this.#ask(check, job, settingsRequest(check));
      if (outcome.status === "failed") return outcome;
      const [first] = outcome.violations;
      if (first) return refused(check, "settings_refused", `${first.code}: ${first.message}`);
    }
    const operations = check.tests.map(({ operation }) => operation);
    const planTool = (await loadToolReader(operations))?.createPlanner(tools) ?? null;
    for (const [index, test] of check.tests.entries()) {
      const { effects } = planEffects(test.operation, customOperations, null, planTool);
      const request = operationRequest(check, test.operation, effects);
      const outcome = await this.#ask(check, job, request);
      if (outcome.status === "failed" && passing.has(outcome.code)) return outcome;
      const wrong = compareTest(test, outcome);
      if (wrong !== null) return refused(check, "self_test_failed", `test ${index + 1}: ${wrong}`);
    }
    return null;
  }

  async #ask(check: CheckSpec, job: CheckJob, request: Uint8Array): Promise<SandboxOutcome> {
    const { inputBytes } = check.limits;
    if (request.length > inputBytes) {
      const message = `the request has ${request.length} bytes, at most ${inputBytes} are allowed`;
      return refused(check, "limit_exceeded", message);
    }
    try {
      return await (await this.#load(check.isolation)).run(checkMeaning(check), job, request);
    } catch (error) {
      // SECURITY: whatever goes wrong on the way to the sandbox is no answer of the check.
      const why = error instanceof Error ? error.message : String(error);
      return refused(check, "sandbox_unavailable", why);
    }
  }
}

/** More policies than this have not been in force in one process. */
const maxProofs = 256;

/** A module of Rego judges its input, whatever kind it is: it has no place to judge settings. */
export function takesSettings({ abi, settings }: CheckSpec): boolean {
  return abi !== "opa-1" && Object.keys(settings).length > 0;
}

function testsOf({ tests }: CheckSpec): string {
  return JSON.stringify(tests);
}

/** What is wrong with an outcome; null when it is as the test wants it. */
export function compareTest({ expect }: CheckTest, outcome: CheckOutcome): string | null {
  if (outcome.status === "failed") return `${outcome.code}: ${outcome.message}`;
  const codes = outcome.violations.map(({ code }) => code).sort();
  if (typeof expect === "number") {
    return codes.length === expect ? null : `found ${codes.length}, wanted ${expect}`;
  }
  const wanted = [...expect].sort();
  if (JSON.stringify(codes) === JSON.stringify(wanted)) return null;
  return `found ${listed(codes)}, wanted ${listed(wanted)}`;
}

function listed(codes: readonly string[]): string {
  return codes.length === 0 ? "nothing" : codes.join(", ");
}

/** Its files as pinned; else why they are not. */
export function findJob(check: CheckSpec, find: FindFile): CheckJob | { readonly why: string } {
  const module = findPinned(check, find);
  if ("why" in module) return module;
  const data = check.data === null ? null : findPinned(check.data, find);
  if (data !== null && "why" in data) return data;
  const { abi, entrypoint, result, limits } = check;
  return { module: module.bytes, abi, entrypoint, result, data: data?.bytes ?? null, limits };
}

/** SECURITY: the hash is of the very bytes that are handed on. */
function findPinned(
  { file, sha256 }: PinnedFile,
  find: FindFile,
): { readonly bytes: Uint8Array } | { readonly why: string } {
  const found = find(file);
  if (found === null) return { why: `${file} is not there` };
  if (found.sha256 === sha256) return found;
  return { why: `${file} has the SHA-256 ${found.sha256}, the policy pins ${sha256}` };
}

function refused(
  { isolation }: CheckSpec,
  code: CheckFailureCode,
  message: string,
): SandboxOutcome {
  return { status: "failed", code, message, fuel: 0, wallMicros: 0, isolation };
}
