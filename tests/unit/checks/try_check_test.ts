/** Self-tests of a check, step by step, and what `doctor` says of them. */
import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { CheckFailure } from "../../../src/core/check/check_failure.ts";
import type { CheckSpec } from "../../../src/core/check/check_spec.ts";
import type { TimedOutcome } from "../../../src/core/check/sandbox_port.ts";
import { parsePolicy } from "../../../src/core/policy/parse_policy.ts";
import { type TrialSandbox, tryCheck } from "../../../src/pdp/try_check.ts";

const hash = "a".repeat(64);
const text = `version: "1.0"
checks:
  - id: one
    file: one.wasm
    sha256: "${hash}"
    abi: native-1
    settings: {max: 3}
    tests:
      - operation: {type: command, command: ls}
        expect: [x]
      - operation: {type: file_write, affected_files: [a.ts], content: ""}
        expect: 0
`;
const policy = parsePolicy(text, "policy.yaml");
const [check] = policy.checks as readonly [CheckSpec];

const ok = (codes: readonly string[]): TimedOutcome => ({
  status: "ok",
  violations: codes.map((code) => {
    return { code, message: "m", severity: null, path: null, details: null };
  }),
  fuel: 5,
  log: "",
  wallMicros: 9,
});

interface Fake {
  readonly outcomes?: readonly TimedOutcome[];
  readonly refusal?: CheckFailure | null;
  readonly found?: { readonly bytes: Uint8Array; readonly sha256: string } | null;
}

const module = { bytes: new Uint8Array(4), sha256: hash };

async function run({ outcomes = [], refusal = null, found = module }: Fake) {
  const kinds: string[] = [];
  const sandbox: TrialSandbox = {
    load: () => Promise.resolve(refusal),
    run: (_key, _job, { request, isolation }) => {
      kinds.push(`${JSON.parse(new TextDecoder().decode(request)).kind} ${isolation}`);
      const outcome = outcomes[kinds.length - 1];
      if (outcome === undefined) throw new Error("asked too often");
      return Promise.resolve(outcome);
    },
  };
  const steps = await tryCheck(check, { policy, findFile: () => found, sandbox });
  return { kinds, steps: steps.map(({ name, message }) => `${name}: ${message}`) };
}

describe("a check that is tried", () => {
  it("is loaded, asked about its settings, then about each test", async () => {
    const { kinds, steps } = await run({ outcomes: [ok([]), ok(["x"]), ok([])] });
    assertEquals(steps, ["files: ", "load: ", "settings: ", "test 1: ", "test 2: "]);
    assertEquals(kinds, ["settings process", "operation process", "operation process"]);
  });

  it("says what went wrong, and goes on with the other tests", async () => {
    const trap = { status: "failed", code: "trap", message: "t", fuel: 1, wallMicros: 1 } as const;
    const { steps } = await run({ outcomes: [ok(["s"]), trap, ok(["x", "y"])] });
    assertEquals(steps.slice(2), [
      "settings: settings_refused: s: m",
      "test 1: trap: t",
      "test 2: found 2, wanted 0",
    ]);
  });

  it("is not run where its file is missing or another, or is refused", async () => {
    const missing = await run({ found: null });
    assertEquals(missing.steps, ["files: hash_mismatch: .scalpel/checks/one.wasm is not there"]);
    const other = await run({ found: { ...module, sha256: "b".repeat(64) } });
    assertEquals([other.steps.length, other.kinds], [1, []]);
    const refused = await run({ refusal: new CheckFailure("import_refused", "no", 3) });
    assertEquals(refused.steps, ["files: ", "load: import_refused: no"]);
    assertEquals(refused.kinds, []);
  });

  it("asks its tests about tools as the policy has them, like the engine", async () => {
    const known = parsePolicy(
      `${text}      - operation: {type: tool_call, tool: {name: mcp__s__get, input: {path: a}}}
        expect: 0
mcp: {servers: {s: {tools: {get: {verbs: [read]}}}}}
`,
      "policy.yaml",
    );
    const [check] = known.checks as readonly [CheckSpec];
    const asked: unknown[] = [];
    const sandbox: TrialSandbox = {
      load: () => Promise.resolve(null),
      run: (_key, _job, { request }) => {
        asked.push(JSON.parse(new TextDecoder().decode(request)));
        return Promise.resolve(ok([]));
      },
    };
    await tryCheck(check, { policy: known, findFile: () => module, sandbox });
    const verbs = JSON.stringify(asked.at(-1)).match(/"verb":"[a-z]+"/g);
    assertEquals(verbs, ['"verb":"call"', '"verb":"read"']);
  });
});
