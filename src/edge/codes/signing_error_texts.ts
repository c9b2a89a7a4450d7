/**
 * Error codes about signed policies, policy tests and backtests.
 *
 * @module
 */
import type { CodeText } from "./code_text.ts";

export const signingErrorTexts = {
  manifest_invalid: {
    means: "The manifest beside the policy cannot be used, so that nothing is decided by it.",
    why:
      "It is no strict JSON, has an unknown or missing member, names a path twice or outside the " +
      "policy's folder, or has a version or date that is none.",
    fix: "Let `sealward policy sign` write it anew; the message names the member.",
  },
  signature_invalid: {
    means: "The signature beside the manifest is no signature of a policy that could be trusted.",
    why: "It was made by another kind of key, for another purpose (namespace), over other bytes, " +
      "or the file was changed.",
    fix:
      "Sign again with an Ed25519 key: `sealward policy sign --key FILE`, or ssh-keygen -Y sign " +
      "-n sealward-policy.",
  },
  signature_required: {
    means: "This host trusts a signing key, so that accepting a policy is not enough.",
    why: "Once a key is trusted only its signature puts a policy in force: who sits at the host " +
      "must not be able to do without.",
    fix: "Run `sealward policy sign --key FILE` with a trusted key.",
  },
  trusted_keys_invalid: {
    means: "The list of trusted keys cannot be relied on, so that nothing is decided.",
    why:
      "/etc/sealward/trusted_keys, or a folder above it, belongs to somebody else than root or " +
      "may be written by others; or a line is no Ed25519 key in OpenSSH form.",
    fix: "Give it to root with mode 0644, one `ssh-ed25519 KEY COMMENT` on each line.",
  },
  tests_invalid: {
    means: "A file of policy tests cannot be read, so that no test was run.",
    why: "A key is misspelled or missing, a value has the wrong kind, or the text is outside the " +
      "part of YAML that may be used.",
    fix: "The message names file, line and column; docs/policy-tests.md has every key.",
  },
  tests_unreadable: {
    means: "A file of policy tests is not there, or is no plain file that may be read.",
    why: "The path is wrong, a link, too large, or somebody else's.",
    fix: "Name a file or a folder of files that end in .yaml.",
  },
  tests_missing: {
    means: "There was no policy test to run, which counts as a failure.",
    why:
      "The folder is empty, or the filter left nothing: a test run that tests nothing must not " +
      "look green.",
    fix: "Write tests below .scalpel/tests/, or say --allow-empty where none are expected.",
  },
  backtest_invalid: {
    means: "The backtest is not about this policy, or cannot be read.",
    why:
      "A report belongs to exact policy bytes; the policy was changed after it was written, or " +
      "the report was.",
    fix:
      "Run `sealward replay --candidate NEW.yaml --report FILE` again, on the host with the log.",
  },
  backtest_unacknowledged: {
    means: "The policy was not signed: it would allow what was denied before.",
    why: "Each change from deny to allow must be acknowledged by name; --yes does not do that.",
    fix: "Read the changes that were printed, then name them with --acknowledge.",
  },
} as const satisfies Readonly<Record<string, CodeText>>;
