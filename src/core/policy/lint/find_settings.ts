/**
 * Settings that weaken a policy on purpose, and such as deny everything.
 *
 * @module
 */
import type { Policy } from "../policy.ts";
import type { LintCode, Weakness } from "./weakness.ts";

export function findSettings(policy: Policy): readonly Weakness[] {
  return [...findWeak(policy), ...findDenials(policy)]
    .flatMap(([isFound, code, path, message, hint]) =>
      isFound ? [{ code, path, message, hint }] : []
    );
}

type Row = readonly [isFound: boolean, code: LintCode, path: string, message: string, hint: string];

function findWeak({ enforcement, commands }: Policy): readonly Row[] {
  return [
    [
      !enforcement.enabled,
      "enforcement_disabled",
      "enforcement.enabled",
      "Enforcement is off: only tampering is denied",
      "write enabled: true",
    ],
    [
      !enforcement.failClosed,
      "failure_allows",
      "enforcement.fail_closed",
      "Failures do not deny",
      "write fail_closed: true",
    ],
    [
      enforcement.mode === "observe",
      "enforcement_observes",
      "enforcement.mode",
      "Denials are logged and not enforced",
      "write mode: enforce",
    ],
    [
      commands.opaque === "allow",
      "opaque_allowed",
      "commands.opaque",
      "Programs nobody has read may do what they want",
      "write opaque: ask",
    ],
  ];
}

function findDenials(policy: Policy): readonly Row[] {
  return [
    [
      isNothingReleased(policy),
      "default_denies_all",
      "enforcement.default",
      "Every operation is denied: the default is deny, and no rule asks or warns",
      "list what may be done in rules with effect: ask or effect: warn",
    ],
    [
      policy.limits.maxFilesPerOperation === 0,
      "limit_denies_all",
      "limits.max_files_per_operation",
      "Every operation on a file is denied: the limit is 0 files",
      "remove the line for no limit",
    ],
  ];
}

/**
 * Only rules that ask or warn, are in force, look back at nothing and name files, tools or commands
 * take anything from the default.
 */
function isNothingReleased({ enforcement, rules }: Policy): boolean {
  return enforcement.default === "deny" &&
    rules.every(({ effect, mode, match }) =>
      effect === "deny" || mode === "observe" || match.after !== null || match.without !== null ||
      (match.files === null && match.tools === null && match.commands === null)
    );
}
