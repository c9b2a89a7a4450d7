/**
 * What lint finds in a policy that can be used as it is.
 *
 * @module
 */
import type { Policy } from "../policy.ts";

/**
 * Codes of findings that do not stop a policy, with how bad each is: a contract, like error codes.
 * A warning is likely a mistake; a notice weakens the policy on purpose, or is worth a look.
 */
export const lintCodes = {
  pattern_repeated: "warning",
  pattern_covered: "warning",
  pattern_covers_all: "warning",
  pattern_misspelled: "warning",
  pattern_unmatched: "notice",
  pattern_builtin: "notice",
  operation_repeated: "warning",
  operation_covered: "warning",
  condition_repeated: "warning",
  condition_covered: "warning",
  rule_repeated: "warning",
  rule_shadowed: "warning",
  rule_unreachable: "warning",
  rule_unlikely: "warning",
  rule_covers_all: "warning",
  command_syntax: "warning",
  principal_unknown: "warning",
  limit_denies_all: "warning",
  default_denies_all: "warning",
  secret_in_policy: "warning",
  files_unprotected: "warning",
  approvers_none: "warning",
  approver_unnamed: "warning",
  approvers_same_uid: "warning",
  inbox_unused: "warning",
  inbox_shared: "warning",
  grants_unsigned: "warning",
  check_file_missing: "warning",
  check_hash_differs: "warning",
  check_unpinned: "warning",
  check_unreachable: "warning",
  check_shadowed: "warning",
  check_repeated: "warning",
  check_asks_critical: "warning",
  check_untested: "notice",
  check_inline: "notice",
  check_limit_high: "notice",
  request_long: "notice",
  grant_long: "notice",
  enforcement_disabled: "notice",
  enforcement_observes: "notice",
  failure_allows: "notice",
  opaque_allowed: "notice",
  tree_unread: "notice",
} as const satisfies Record<string, "warning" | "notice">;

export type LintCode = keyof typeof lintCodes;

export interface Weakness {
  readonly code: LintCode;
  readonly message: string;
  readonly hint: string;
  /** The node it is about, dotted, as policyPositions has it: `rules.2.match.files.0`. */
  readonly path: string;
}

/** Looks for one kind of mistake. A new section of the policy brings finders of its own. */
export type FindWeaknesses = (policy: Policy) => readonly Weakness[];

/** Text as a message quotes it. */
export function quoted(text: string): string {
  return JSON.stringify(text.length > 80 ? `${text.slice(0, 80)}...` : text);
}
