/**
 * `help checks`.
 *
 * @module
 */

export const checksTopic = `CHECKS

A check is a WebAssembly module, in any language, that is asked about an
operation and answers with violations. It can only forbid. It has no files, no
network, no clock and no memory of the last run; whatever it does instead of
answering denies. docs/checks.md is for people who write one.

  sealward checks new NAME --lang rust    or c, assemblyscript, rego: a folder
                                          with source and build commands
  sealward checks add NAME                one that comes with Sealward
  sealward checks inspect FILE            ABI, imports, limits; or why not
  sealward checks run FILE --operation OP one run: 0 nothing, 2 violations,
                                          1 no answer
  sealward checks bench FILE --operation OP
                                          medians of load, run and fuel
  sealward checks pin FILE                the lines for the policy; --write
                                          changes it
  sealward checks test                    the self-tests in the policy
  sealward checks list                    what the policy has
  sealward policy accept                  a person puts it in force; or sign

IN THE POLICY

  checks:
    - id: no-keys                # in answers: checks.no-keys
      file: no_keys.wasm         # in .scalpel/checks/
      sha256: "..."              # anything else in the file denies
      abi: wasi-cmd              # or native-1, opa-1
      settings: {max: 3}         # given with each request
      match: {verbs: [write]}    # which operations; left out, every one
      effect: deny               # or ask
      isolation: process         # or inline: in the engine's own process
      limits: {fuel: 20000000}
      tests:                     # run before its first word counts
        - operation: {type: command, command: ls}
          expect: []

FAILURES

Each denies, is CRITICAL, and stands in the log with its code: hash_mismatch,
invalid_module, feature_refused, import_refused, builtin_refused,
limit_exceeded, settings_refused, fuel_exhausted, stack_exhausted, trap, abort,
nonzero_exit, deadline, sandbox_crash, sandbox_unavailable, bad_output,
self_test_failed.`;
