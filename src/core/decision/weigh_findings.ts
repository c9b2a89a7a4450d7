/**
 * Findings in, judgement out: what counts in the policy's mode, and what the worst of it says.
 *
 * @module
 */
import { type Policy, severities, type Severity } from "../policy/policy.ts";
import type { Finding, Judgement, Verdict } from "./decision.ts";

/**
 * Weighs everything that was found.
 *
 * @param found.notices What rules say beside the policy's own weaknesses.
 */
export function weighFindings(
  given: readonly Finding[],
  policy: Policy,
  found: Pick<Judgement, "unmeasured" | "warned" | "notices" | "observed" | "counted">,
): Judgement {
  const findings = unique(given);
  const mode = policy.enforcement.enabled ? policy.enforcement.mode : "disabled";
  const observed = unique(found.observed ?? []);
  const full = worstVerdict([...findings, ...observed]);
  // SECURITY: watching must never open the engine's own files, or observing ends by an edit.
  const inForce = mode === "enforce" ? findings : findings.filter(isAlwaysInForce);
  const verdict = worstVerdict(inForce);
  return {
    verdict,
    overridable: verdict !== "allow" && inForce.every((finding) => finding.overridable),
    severity: worstSeverity(findings),
    findings,
    unmeasured: found.unmeasured,
    wouldDeny: full !== verdict,
    mode,
    notices: [...weakenings(policy), ...observed.map(observedNotice), ...found.notices],
    warned: found.warned,
    ...(observed.length === 0 ? {} : { observed }),
    ...(found.counted === undefined ? {} : { counted: found.counted }),
  };
}

/** A check that gives no answer is nothing to approve, and no attack on the engine either. */
function isAlwaysInForce({ overridable, code }: Finding): boolean {
  return !overridable && code !== "check_failed";
}

// Order and duplicates of files or patterns must not show (law D3).
function unique(findings: readonly Finding[]): readonly Finding[] {
  const byKey = new Map<string, Finding>();
  for (const finding of findings) {
    const { policy, code, effect, verdict, check } = finding;
    const own = check === undefined ? [] : [check.code, finding.message];
    const key = JSON.stringify([policy, code, effect?.verb, effect?.resource, ...own]);
    const known = byKey.get(key);
    // Law D1: of two with one key the one that denies stays.
    if (known === undefined || (known.verdict === "ask" && verdict === "deny")) {
      byKey.set(key, finding);
    }
  }
  return [...byKey.entries()].sort(([a], [b]) => a < b ? -1 : 1).map(([, finding]) => finding)
    .sort((a, b) => severities.indexOf(b.severity) - severities.indexOf(a.severity));
}

function observedNotice({ verdict, message }: Finding): string {
  return `would ${verdict}, and only observes: ${message}`;
}

function worstVerdict(findings: readonly Finding[]): Verdict {
  if (findings.some(({ verdict }) => verdict === "deny")) return "deny";
  return findings.length > 0 ? "ask" : "allow";
}

function worstSeverity(findings: readonly Finding[]): Severity {
  const worst = Math.max(0, ...findings.map(({ severity }) => severities.indexOf(severity)));
  return severities[worst] ?? "CRITICAL";
}

function weakenings({ enforcement, commands }: Policy): readonly string[] {
  const { enabled, failClosed, mode } = enforcement;
  const notices: string[] = [];
  if (!enabled) {
    notices.push("enforcement.enabled is false: only the engine's own files are guarded");
  } else if (mode === "observe") {
    notices.push("enforcement.mode is observe: only the engine's own files are guarded");
  }
  if (!failClosed) {
    notices.push("enforcement.fail_closed is false: tampering and log failures still deny");
  }
  if (commands.opaque === "allow") {
    notices.push("commands.opaque is allow: a program nobody has read may change protected files");
  }
  return notices;
}
