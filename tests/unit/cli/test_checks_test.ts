import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { policyFile } from "../../../src/core/integrity/policy_snapshot.ts";
import { hexDigest } from "../../../src/core/integrity/hex_digest.ts";
import { sha256 } from "../../../src/core/integrity/sha256.ts";
import type { LoadSandbox } from "../../../src/core/check/check_sandbox.ts";
import { parsePolicy } from "../../../src/core/policy/parse_policy.ts";
import { runCase } from "../../../src/core/policy_test/run_case.ts";
import { loadPrograms } from "../../../src/core/decision/command_planner.ts";
import type { TestCase } from "../../../src/core/policy_test/test_case.ts";
import { openTestChecks } from "../../../src/edge/cli/commands/test_checks.ts";
import type { TestGround } from "../../../src/edge/cli/test_ground.ts";
import { failing, fakeSandbox, finding } from "../../support/fake_sandbox.ts";
import { benchFor, parseTests } from "../../support/test_bench.ts";

const bytes = new TextEncoder().encode("scan");
const policy = `version: "1.0"\nchecks:\n  - {id: w, file: scan.wasm, abi: native-1, ` +
  `sha256: "${hexDigest(bytes, sha256)}"}\n`;
const module = ".scalpel/checks/scan.wasm";

function caseOf(expect: string): TestCase {
  const [test] = parseTests(
    "schema_version: 1\ncases:\n  - name: a\n" +
      "    earlier: [{operation: {type: file_write, affected_files: [b], content: x}}]\n" +
      `    operation: {type: file_write, affected_files: [a], content: bad}\n` +
      `    expect: ${expect}\n`,
  ).cases;
  return test as TestCase;
}

interface Given {
  readonly load: LoadSandbox;
  readonly expect: string;
  readonly isFolder?: boolean;
  readonly held?: Uint8Array;
}

async function run({ load, expect, isFolder = true, held = bytes }: Given) {
  await loadPrograms();
  const bench = benchFor(policy);
  const ground = { sha256, nowMicros: () => 0, loadSandbox: load } as unknown as TestGround;
  const inputs = [{ path: module, sha256: hexDigest(held, sha256) }];
  const snapshot = { digest: "sha256:0", inputs, files: new Map([[module, held]]) };
  const parsed = parsePolicy(policy, policyFile);
  const withChecks = await openTestChecks(parsed, snapshot, { isFolder, ground });
  const { decision, findings, mismatches, judged } = await withChecks((runCheck) =>
    runCase(caseOf(expect), { ...bench, policy: parsed, runCheck })
  );
  const codes = findings.map(({ check }) => check?.code);
  return { decision, codes, mismatches, unmeasured: judged.judgement.unmeasured };
}

const denied = "{decision: deny, violated_policies: [checks.w]}";
const scan = fakeSandbox({
  scan: ({ operation }) => operation?.["content"] === "bad" ? finding({ code: "word" }) : finding(),
});

describe("openTestChecks()", () => {
  it("runs the checks of the policy that is tested", async () => {
    assertEquals(await run({ load: scan.load, expect: denied }), {
      ...{ decision: "deny", codes: ["word"], mismatches: [], unmeasured: [] },
    });
    assertEquals(scan.asked.length, 2);
  });

  it("says unmeasured of what it has no files for, and runs nothing", async () => {
    const before = scan.asked.length;
    const got = await run({ load: scan.load, expect: "{decision: allow}", isFolder: false });
    assertEquals(got, { decision: "allow", codes: [], mismatches: [], unmeasured: ["checks.w"] });
    assertEquals(scan.asked.length, before);
  });

  it("says unmeasured where no sandbox can be had", async () => {
    const rejecting: LoadSandbox = () => Promise.reject(new Error("no such program"));
    const { load } = fakeSandbox({ scan: () => failing("sandbox_unavailable") });
    for (const each of [rejecting, load]) {
      const got = await run({ load: each, expect: "{decision: allow}" });
      assertEquals([got.decision, got.unmeasured], ["allow", ["checks.w"]]);
    }
  });

  it("every other failure denies, as it would", async () => {
    for (const code of ["trap", "deadline", "sandbox_crash", "bad_output"] as const) {
      const { load } = fakeSandbox({ scan: () => failing(code) });
      const got = await run({ load, expect: denied });
      assertEquals([got.codes, got.mismatches, got.unmeasured], [[code], [], []]);
    }
    const held = new TextEncoder().encode("another");
    const got = await run({ load: scan.load, expect: denied, held });
    assertEquals(got.codes, ["hash_mismatch"]);
  });
});
