/**
 * Error codes about policy tests and backtests, explained.
 *
 * @module
 */
import type { ErrorCode } from "../../core/errors.ts";
import type { CodeTexts } from "./code_text.ts";

export const testErrorTexts = {
  tests_invalid: {
    means: "A file of policy tests is not one: nothing in it was run.",
    why: "An unknown or doubled key, a value of another type, an operation that is none, or YAML " +
      "outside the part that policies may use.",
    fix: "Go to the line that is named; docs/policy-tests.md has every key.",
  },
  tests_unreadable: {
    means: "A file or folder of policy tests could not be read.",
    why:
      "It is a link, has a second name, belongs to somebody else, is too large, or has too many files.",
    fix: "Keep tests as plain files below .scalpel/tests/.",
  },
  tests_missing: {
    means: "No policy test was found: a run that tests nothing is no success.",
    why: "The folder is empty or not there, or --filter fits no name.",
    fix: "Write a test (docs/policy-tests.md), or give --allow-empty where none is meant to be.",
  },
  backtest_invalid: {
    means: "The backtest report is not about this policy, or not as it was written.",
    why:
      "The policy was changed after the replay, the report was edited, or another version wrote it.",
    fix:
      "Run `sealward replay --candidate POLICY --report FILE` again where the log is, and copy FILE " +
      "unchanged.",
  },
  backtest_unacknowledged: {
    means:
      "The policy was not signed: it would allow what was denied or asked about, and nobody said yes.",
    why:
      "Replaying the log on the policy shows decisions that open; --yes does not speak for them.",
    fix:
      "Look at each group, and name it with --acknowledge, or answer on a terminal; or tighten the " +
      "policy.",
  },
} as const satisfies Partial<CodeTexts<ErrorCode>>;
