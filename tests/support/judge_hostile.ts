/** What an answer, and the entry it stands in, must say of a check that did not answer honestly. */
import { assert, assertEquals, assertMatch } from "@std/assert";
import type { Entry } from "../../src/core/audit/entry.ts";
import type { CheckIsolation } from "../../src/core/check/check_spec.ts";
import type { Violation } from "../../src/core/decision/decision.ts";
import type { Placed } from "./hostile_project.ts";

/** As every road gives it. */
export interface Answered {
  readonly allowed: boolean;
  readonly decision: string;
  readonly violations: readonly Violation[];
}

/** An answer in words: `allow`, or the code of the failure that denied. */
export function wordOf({ allowed, decision, violations }: Answered): string {
  assertEquals(allowed, decision === "allow");
  if (allowed) return "allow";
  const failures = violations.map(({ code, severity, check }) =>
    code === "check_failed" && severity === "CRITICAL" ? `${check?.code}` : `not a failure: ${code}`
  );
  return failures.join();
}

export const wantedWord = ({ code }: Placed): string => code ?? "allow";

/** Of the check that was asked: its module, input, fuel, code and isolation. */
export function requireEntry(entry: Entry, check: Placed, isolation: CheckIsolation): void {
  const { details } = entry;
  const [line, ...others] = details["checks"] as readonly Readonly<Record<string, unknown>>[];
  const { id, module, input, code = null, fuel, us, isolation: where } = line ?? {};
  const got = { decision: details["decision"], id, module, code, where, others };
  assertEquals(got, {
    decision: check.code === null ? "allow" : "deny",
    id: check.id,
    module: check.sha256.slice(0, 16),
    code: check.code,
    where: isolation,
    others: [],
  }, check.title);
  assertMatch(String(input), /^[0-9a-f]{64}$/);
  assert(Number.isSafeInteger(fuel) && Number(fuel) >= 0, `${check.title}: fuel ${fuel}`);
  assert(Number(us) < 1_000_000, `${check.title}: ${us} us`);
}
