/** Lints a policy given by its text after the version. */
import { type LintFinding, lintPolicy } from "../../../../src/core/policy/lint_policy.ts";
import type { ListTree } from "../../../../src/core/policy/lint/find_unmatched.ts";

export function findingsOf(text: string, listTree?: ListTree): readonly LintFinding[] {
  const bytes = new TextEncoder().encode(`version: "1.0"\n${text}`);
  return lintPolicy(bytes, "f", listTree === undefined ? {} : { listTree }).findings;
}

/** Code, line and column of each. */
export function placesOf(text: string, listTree?: ListTree): readonly string[] {
  return findingsOf(text, listTree).map(({ code, location }) =>
    `${code} ${location?.line}:${location?.column}`
  );
}

/** Codes only, those that every short policy has aside. */
export function codesOf(text: string, listTree?: ListTree): readonly string[] {
  return findingsOf(text, listTree).map(({ code }) => code)
    .filter((code) => code !== "files_unprotected");
}
