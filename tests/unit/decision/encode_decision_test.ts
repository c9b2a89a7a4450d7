import { assert, assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { encodeDetails } from "../../../src/core/audit/details.ts";
import {
  type Finding,
  type Judgement,
  violationCodes,
} from "../../../src/core/decision/decision.ts";
import { decideUntrusted } from "../../../src/core/decision/decide.ts";
import {
  type DecisionContext,
  decisionEvent,
  encodeDecision,
  reasonOf,
} from "../../../src/core/decision/encode_decision.ts";
import { maxBudgets, maxDetailsBytes, maxPastConditions } from "../../../src/core/limits.ts";
import type { Effect } from "../../../src/core/operation/effect.ts";
import type { Json } from "../../../src/core/operation/operation.ts";
import { parseOperation } from "../../../src/core/operation/parse_operation.ts";

const finding: Finding = {
  policy: "protected.files",
  code: "path_protected",
  severity: "HIGH",
  message: "no",
  effect: { verb: "write", resource: "a.env" },
  pattern: "*.env",
  sourceKey: "protected.files.0",
  verdict: "deny",
  overridable: true,
};
const denied: Judgement = {
  verdict: "deny",
  overridable: true,
  severity: "HIGH",
  findings: [finding],
  unmeasured: ["limits.max_file_size"],
  wouldDeny: false,
  mode: "enforce",
  notices: [],
  warned: [],
};
const allowed: Judgement = { ...denied, verdict: "allow", overridable: false, findings: [] };

function contextOf(given: Readonly<Record<string, Json>> = {}): DecisionContext {
  const operation = parseOperation({ type: "file_write", affected_files: ["a.env"], ...given });
  return {
    decisionId: "0".repeat(32),
    operation,
    operationDigest: `sha256:${"1".repeat(64)}`,
    policyDigest: `sha256:${"2".repeat(64)}`,
    stateDigest: `sha256:${"3".repeat(64)}`,
    policyTrust: "accepted",
    attestation: "same_uid",
    principal: "uid:1000",
    effects: [],
  };
}
const sent = {
  receipt: { seq: 17, mac: "f".repeat(64), at: "2026-11-22T18:00:00.000000Z" },
  elapsedMicros: 184,
  positions: new Map([["protected.files.0", { line: 21, column: 7 }]]),
  file: ".scalpel/policy.yaml",
};

describe("encodeDecision()", () => {
  it("writes the envelope, whole", () => {
    assertEquals(encodeDecision(denied, contextOf({ correlation_id: "c" }), sent), {
      schema_version: 1,
      decision_id: "0".repeat(32),
      decision: "deny",
      allowed: false,
      overridable: true,
      reason: "no",
      severity: "HIGH",
      violated_policies: ["protected.files"],
      violations: [{
        policy: "protected.files",
        code: "path_protected",
        severity: "HIGH",
        message: "no",
        effect: { verb: "write", resource: "a.env" },
        pattern: "*.env",
        source: { file: ".scalpel/policy.yaml", line: 21, column: 7 },
      }],
      unmeasured: ["limits.max_file_size"],
      operation_digest: `sha256:${"1".repeat(64)}`,
      policy_digest: `sha256:${"2".repeat(64)}`,
      state_digest: `sha256:${"3".repeat(64)}`,
      policy_trust: "accepted",
      attestation: "same_uid",
      mode: "enforce",
      correlation_id: "c",
      audit: { seq: 17, mac: "f".repeat(64) },
      elapsed_us: 184,
    });
  });

  it("is allowed for allow alone", () => {
    const rows = [["allow", true], ["ask", false], ["deny", false]] as const;
    for (const [verdict, wanted] of rows) {
      const { allowed } = encodeDecision({ ...denied, verdict }, contextOf(), sent);
      assertEquals(allowed, wanted);
    }
  });

  it("shows what a mode let pass, and settings that weaken", () => {
    const watched = { ...denied, verdict: "allow", wouldDeny: true, notices: ["n"] } as const;
    const { would_deny, notices } = encodeDecision(watched, contextOf(), sent);
    assertEquals([would_deny, notices], [true, ["n"]]);
    assertEquals("would_deny" in encodeDecision(denied, contextOf(), sent), false);
    assertEquals("notices" in encodeDecision(denied, contextOf(), sent), false);
  });

  it("shows 100 violations, and every violated policy", () => {
    const findings = Array.from({ length: 120 }, (_, i) => ({ ...finding, policy: `p${i}` }));
    const decision = encodeDecision({ ...denied, findings }, contextOf(), sent);
    assertEquals([decision.violations.length, decision.violated_policies.length], [100, 120]);
  });
});

describe("reasonOf()", () => {
  it("counts what it leaves out, and has a sentence for an allow", () => {
    assertEquals(reasonOf({ ...denied, findings: [finding, finding] }), "no (and 1 more)");
    assert(reasonOf(allowed).length > 0);
  });
});

describe("decisionEvent()", () => {
  it("names the operation and never quotes a file's content", () => {
    const given = { content: "password", diff: "secret-diff", metadata: { note: "secret-note" } };
    const { type, severity, details } = decisionEvent(denied, contextOf(given));
    assertEquals([type, severity], ["audit.decision", "HIGH"]);
    const text = JSON.stringify(details);
    assertEquals([text.includes("a.env"), /password|secret-/.test(text)], [true, false]);
  });

  it("does not cry CRITICAL again for each decision while the policy is tampered with", () => {
    const severityOf = (status: "tampered" | "unaccepted") =>
      decisionEvent(decideUntrusted(status, "why"), contextOf()).severity;
    assertEquals([severityOf("tampered"), severityOf("unaccepted")], ["HIGH", "CRITICAL"]);
  });

  it("INV-3 fits its entry whatever the operation is called and the policy says", () => {
    const units = ["a", '"', "\\", "\u65e5", "\ud83d\ude00", "\u00e9/"];
    const rules = Array.from({ length: 256 }, (_, i) => `${i}`.padEnd(64, "r"));
    // Of every code, and of as many policies as there are rules.
    const findings = rules.map((id, i): Finding => ({
      ...finding,
      policy: `rules.${id}`,
      code: violationCodes[i % violationCodes.length] ?? "rule_matched",
    }));
    const limits = ["changes_per_operation", "complexity", "file_size", "files_per_operation"]
      .map((limit) => `limits.max_${limit}`);
    const budgets = rules.slice(0, maxBudgets).map((id) => `budgets.${id}`);
    const said = { findings, observed: findings, unmeasured: [...budgets, ...limits] };
    const worst: Judgement = { ...denied, ...said, warned: rules, wouldDeny: true };
    const ids = (count: number) => rules.slice(0, count).map((id) => `s${id.slice(0, 8)}`);
    const counted = {
      at: 1_790_000_000,
      session: "f".repeat(8),
      counts: Object.fromEntries(ids(maxBudgets).map((id) => [id, 2 ** 30])),
      met: ids(maxPastConditions),
      isAsked: true,
    };
    for (const unit of units) {
      const long = `x${unit.repeat(60)}`;
      const given = {
        affected_files: Array.from({ length: 100 }, (_, i) => `${i}/${`${long}/`.repeat(5)}`),
        command: unit.repeat(1_000) + "\u0000\u001b\u202e".repeat(1_000),
        cwd: `${long}/`.repeat(9),
        tool: { name: unit.repeat(256 / unit.length) },
        agent: { name: unit.repeat(256 / unit.length), session: unit.repeat(256 / unit.length) },
        correlation_id: unit.repeat(256 / unit.length),
        type: "command",
      };
      const effects = Array.from({ length: 600 }, (_, i): Effect => ({
        verb: "execute",
        resource: `${i}${unit.repeat(500)}`,
        kind: "path",
        ...(i % 2 === 0 ? { isPossible: true } : {}),
      }));
      const principal = `token:${"p".repeat(64)}`;
      const outcomeKey = { correlation: "f".repeat(16), session: "f".repeat(8) };
      const writes = Array(32).fill("f".repeat(8));
      const keys = Array(16).fill("f".repeat(16));
      const deniedKeys = Array(16).fill("!x".padEnd(14, "f"));
      const context = {
        ...contextOf(given),
        effects,
        principal,
        outcomeKey,
        touches: keys,
        writes,
        counted,
      };
      const offered = {
        at: 9_999_999_999,
        document: "f".repeat(64),
        effects_digest: `sha256:${"f".repeat(64)}`,
        expires_at: 9_999_999_999,
        request: "f".repeat(32),
        session: "f".repeat(8),
      };
      const granted = { at: 9_999_999_999, grant: "f".repeat(32), lifted: "deny" };
      const note = { status: "too_many", retry_at: "" } as const;
      const said = findings.map((each) => ({ ...each, message: unit.repeat(1_000) }));
      for (const verdict of ["deny", "allow"] as const) {
        const { details } = decisionEvent({ ...worst, findings: said, verdict }, {
          ...context,
          denied: verdict === "deny" ? { session: "f".repeat(8), keys: deniedKeys } : null,
          exception: { details: verdict === "deny" ? offered : granted, note, document: null },
        });
        // As recordDecisions adds them; an input that stands in the entry is fitted to the room.
        const input = { replayable: "redacted", input: `sha256:${"f".repeat(64)}`, input_line: 63 };
        const text = encodeDetails({ ...details, ...input });
        assert(text.length <= maxDetailsBytes, `${unit}: ${text.length}`);
      }
    }
  });

  it("names what the operation would do, changes first, what may be last", () => {
    const effects: readonly Effect[] = [
      { verb: "execute", resource: "shell", kind: "tool" },
      { verb: "delete", resource: "x", kind: "path", isPossible: true },
      { verb: "read", resource: "a", kind: "path" },
      { verb: "write", resource: "b", kind: "path" },
    ];
    const { details } = decisionEvent(denied, { ...contextOf(), effects });
    const said = ["execute shell", "write b", "read a", "?delete x"];
    assertEquals([details["effects"], details["effects_total"]], [said, undefined]);
  });

  it("names 12 effects and counts the others", () => {
    const effects = Array.from({ length: 13 }, (_, i): Effect => ({
      verb: "write",
      resource: `${i}${"n".repeat(200)}`,
      kind: "path",
    }));
    const { details } = decisionEvent(denied, { ...contextOf(), effects });
    const texts = details["effects"] as readonly string[];
    assertEquals([texts.length, details["effects_total"]], [12, 13]);
    assertEquals(texts[0], `write 0${"n".repeat(89)}...`);
    assertEquals("effects" in decisionEvent(denied, contextOf()).details, false);
  });

  it("names the rules that warned", () => {
    const warned = ["no-push", "docs"];
    assertEquals(decisionEvent({ ...allowed, warned }, contextOf()).details["warned"], warned);
    assertEquals("warned" in decisionEvent(allowed, contextOf()).details, false);
  });

  it("promises an outcome only when it allows, and never says what a denial would touch", () => {
    const outcomeKey = { correlation: "f".repeat(16), session: "e".repeat(8) };
    const context = { ...contextOf(), outcomeKey, touches: ["a"] };
    const rows = (["allow", "ask", "deny"] as const).map((verdict) => {
      const { details } = decisionEvent({ ...denied, verdict }, context);
      return [details["expects_outcome"], details["pair"], details["touches"]];
    });
    assertEquals(rows, [
      [true, outcomeKey, ["a"]],
      [undefined, outcomeKey, ["a"]],
      [undefined, outcomeKey, undefined],
    ]);
    const plain = decisionEvent(allowed, contextOf()).details;
    for (const key of ["expects_outcome", "pair", "touches"]) assertEquals(plain[key], undefined);
  });

  it("gives the worst reason in 160 bytes, and none where nothing was found", () => {
    const reasonIn = (judgement: Judgement) =>
      decisionEvent(judgement, contextOf()).details["reason"];
    assertEquals(reasonIn({ ...denied, findings: [finding, finding] }), "no (and 1 more)");
    const long = { ...finding, message: "n".repeat(500) };
    assertEquals(reasonIn({ ...denied, findings: [long] }), `${"n".repeat(157)}...`);
    // That it was let go is said by would_deny.
    assertEquals(reasonIn({ ...denied, verdict: "allow", wouldDeny: true }), "no");
    assertEquals(reasonIn(allowed), undefined);
  });

  it("cuts no surrogate pair in half", () => {
    for (let i = 0; i < 8; i++) {
      const command = "a".repeat(i) + "\ud83d\ude00".repeat(300);
      const { details } = decisionEvent(denied, contextOf({ type: "command", command }));
      assert(JSON.stringify(details).isWellFormed());
      encodeDetails(details);
    }
  });

  it("keeps a label of the greatest length whole", () => {
    const label = "c".repeat(256);
    const { details } = decisionEvent(denied, contextOf({ correlation_id: label }));
    assert(JSON.stringify(details).includes(`"${label}"`));
  });
});
