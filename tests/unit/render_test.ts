import { assertEquals, assertStringIncludes } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import type { Entry } from "../../src/core/audit/entry.ts";
import { type LogReport, logVerdicts } from "../../src/core/audit/log_report.ts";
import type { Decision, Violation } from "../../src/core/decision/decision.ts";
import { EngineError } from "../../src/core/errors.ts";
import type { Operation } from "../../src/core/operation/operation.ts";
import { plainStyle } from "../../src/edge/cli/colour.ts";
import { renderJson, type RenderOptions } from "../../src/edge/render.ts";
import { renderDecision } from "../../src/edge/render_decision.ts";
import { renderError } from "../../src/edge/render_error.ts";
import { renderEvents } from "../../src/edge/render_events.ts";
import { renderLogReport } from "../../src/edge/render_log_report.ts";
import { renderPolicyStatus } from "../../src/edge/render_policy_status.ts";
import type { PolicyStatus } from "../../src/pdp.ts";

const table: RenderOptions = { format: "table", style: plainStyle, width: null };
const json: RenderOptions = { ...table, format: "json" };
const jsonl: RenderOptions = { ...table, format: "jsonl" };
const painted: RenderOptions = { ...table, style: { colour: true, unicode: true }, width: 80 };

/** Everything a terminal could take for a command, a line end or a change of direction. */
// deno-lint-ignore no-control-regex -- control characters are what is searched
const unsafe = /[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/;
const hostile = "\x1b[31m\r\nALLOW\x9b1m\u2028\u202egpj.\u061c\u200b";

const digest = (digit: string): string => `sha256:${digit.repeat(64)}`;

const violation: Violation = {
  policy: "builtin.files",
  code: "path_protected",
  severity: "CRITICAL",
  message: "Cannot write .scalpel/policy.yaml: always protected",
  effect: { verb: "write", resource: ".scalpel/policy.yaml" },
};

const denied: Decision = {
  schema_version: 1,
  decision_id: "0190a1b2",
  decision: "deny",
  allowed: false,
  overridable: false,
  reason: "2 policies are violated",
  severity: "CRITICAL",
  violated_policies: ["builtin.files", "protected.files"],
  violations: [violation, {
    ...violation,
    policy: "protected.files",
    severity: "HIGH",
    message: "Cannot write .scalpel/policy.yaml: protected",
    pattern: ".scalpel/*",
    source: { file: ".scalpel/policy.yaml", line: 21, column: 7 },
  }],
  unmeasured: ["limits.max_file_size"],
  operation_digest: digest("1"),
  policy_digest: digest("2"),
  state_digest: digest("3"),
  policy_trust: "accepted",
  attestation: "same_uid",
  mode: "enforce",
  audit: { seq: 17, mac: "a1b2c3d4e5f6".padEnd(64, "0") },
  elapsed_us: 184,
};

const allowed: Decision = {
  ...denied,
  decision: "allow",
  allowed: true,
  reason: "Nothing forbids it",
  severity: "LOW",
  violated_policies: [],
  violations: [],
  unmeasured: [],
};

const operation: Operation = {
  type: "file_write",
  affectedFiles: [".scalpel/policy.yaml"],
  metadata: {},
  timestamp: null,
  content: null,
  diff: null,
  command: null,
  cwd: null,
  tool: null,
  agent: null,
  correlationId: null,
};

describe("renderDecision() table", () => {
  it("says verdict, subject, every reason with its place, and where it is recorded", () => {
    assertEquals(
      renderDecision(denied, table, operation),
      `DENY  file_write .scalpel/policy.yaml
  builtin.files    CRITICAL  Cannot write .scalpel/policy.yaml: always protected
  protected.files  HIGH      Cannot write .scalpel/policy.yaml: protected  (.scalpel/policy.yaml:21:7)
  not measured: limits.max_file_size
  audit #17 a1b2c3d4e5f6...
`,
    );
  });

  it("is two lines for a plain allow", () => {
    const text = renderDecision(allowed, table, operation);
    assertEquals(text, "ALLOW  file_write .scalpel/policy.yaml\n  audit #17 a1b2c3d4e5f6...\n");
  });

  it("adds digests, trust and attestation in plain words when verbose", () => {
    const verbose = renderDecision({ ...allowed, correlation_id: "c-1" }, {
      ...table,
      verbose: true,
    });
    assertEquals(
      verbose,
      `ALLOW
  Nothing forbids it
  audit #17 a1b2c3d4e5f6...
  decision     0190a1b2
  operation    ${digest("1")}
  policy       ${digest("2")} (accepted by a person, not signed)
  state        ${digest("3")}
  attestation  same uid: detection only, the caller could change what is checked
  overridable  no
  elapsed      184 us
  correlation  c-1
`,
    );
  });

  it("paints the word and keeps it", () => {
    const rows = [["allow", "1;32", "ALLOW"], ["ask", "1;33", "ASK"], [
      "deny",
      "1;31",
      "DENY",
    ]] as const;
    for (const [verdict, sgr, word] of rows) {
      const decision = { ...allowed, decision: verdict, allowed: verdict === "allow" };
      const [first = ""] = renderDecision(decision, painted).split("\n");
      assertEquals(first, `\x1b[${sgr}m${word}\x1b[0m`);
      assertEquals(renderDecision(decision, table).split("\n")[0], word);
    }
  });

  it("says the reason when there is no violation and no allow", () => {
    const ask = { ...allowed, decision: "ask", allowed: false, reason: "Needs a person" } as const;
    assertStringIncludes(renderDecision(ask, table), "\n  Needs a person\n");
  });

  it("asks as plainly as it denies", () => {
    const violation = {
      policy: "rules.no-push",
      code: "rule_matched",
      severity: "HIGH",
      message: 'Rule "no-push" asks a person about a command: A person pushes',
    } as const;
    const ask = { ...allowed, decision: "ask", allowed: false, violations: [violation] } as const;
    const [first, second] = renderDecision(ask, table).split("\n");
    assertEquals(first, "ASK");
    assertEquals(second, `  rules.no-push  HIGH  ${violation.message}`);
    const watched = { ...ask, decision: "allow", allowed: true, mode: "observe" } as const;
    const [line = ""] = renderDecision({ ...watched, would_deny: true }, table).split("\n");
    assertEquals(line, "ALLOW  [OBSERVE MODE: WOULD DENY]");
  });

  const modes: readonly (readonly [Partial<Decision>, string])[] = [
    [{ mode: "observe" }, "ALLOW  [OBSERVE MODE]"],
    [{ mode: "observe", would_deny: true }, "ALLOW  [OBSERVE MODE: WOULD DENY]"],
    [{ mode: "disabled" }, "ALLOW  [ENFORCEMENT DISABLED]"],
  ];
  for (const [part, first] of modes) {
    it(`is loud: ${first}`, () => {
      assertEquals(renderDecision({ ...allowed, ...part }, table).split("\n")[0], first);
    });
  }

  it("shows every notice", () => {
    const text = renderDecision({ ...allowed, notices: ["one", "two"] }, table);
    assertStringIncludes(text, "\n  notice  one\n  notice  two\n");
  });

  const subjects: readonly (readonly [Partial<Operation>, string])[] = [
    [{ affectedFiles: ["a", "b", "c"] }, "ALLOW  file_write a and 2 more"],
    [{ type: "command", command: "rm -rf x", affectedFiles: [] }, "ALLOW  command rm -rf x"],
    [{ type: "tool_call", tool: { name: "mv", input: {} } }, "ALLOW  tool_call mv"],
    [{ type: "network", affectedFiles: [] }, "ALLOW  network"],
  ];
  for (const [part, first] of subjects) {
    it(`names the subject: ${first}`, () => {
      const text = renderDecision(allowed, table, { ...operation, ...part });
      assertEquals(text.split("\n")[0], first);
    });
  }

  it("names the first effect when the operation is not at hand", () => {
    assertEquals(renderDecision(denied, table).split("\n")[0], "DENY  write .scalpel/policy.yaml");
  });

  it("shows twenty violations and counts the rest", () => {
    const violations = Array.from({ length: 23 }, () => violation);
    const text = renderDecision({ ...denied, violations }, table);
    assertEquals(text.split("builtin.files").length - 1, 20);
    assertStringIncludes(text, "\n  and 3 more: --format json lists all\n");
  });

  it("AUD-32 shows no control or direction character from outside", () => {
    const evil: Violation = {
      ...violation,
      policy: hostile,
      message: hostile,
      source: { file: hostile, line: 1, column: 1 },
    };
    const decision: Decision = {
      ...denied,
      violations: [evil],
      unmeasured: [hostile],
      notices: [hostile],
      correlation_id: hostile,
      audit: { seq: 1, mac: hostile },
    };
    const named = { ...operation, type: hostile, affectedFiles: [hostile] };
    for (const options of [table, { ...table, verbose: true }, json, jsonl]) {
      const text = renderDecision(decision, options, named);
      assertEquals(unsafe.exec(text), null);
      assertEquals(text.split("\n").some((line) => line.startsWith("ALLOW")), false);
    }
  });
});

describe("renderDecision() JSON", () => {
  it("UX-03 is one document, the same on a terminal", () => {
    const text = renderDecision(denied, json, operation);
    assertEquals(JSON.parse(text), denied);
    assertStringIncludes(text, '{\n  "schema_version": 1,');
    assertEquals(renderDecision(denied, { ...painted, format: "json" }), text);
  });
  it("jsonl is one line", () => {
    const text = renderDecision(denied, jsonl);
    assertEquals([text.indexOf("\n"), JSON.parse(text)], [text.length - 1, denied]);
  });
});

describe("renderJson()", () => {
  it("escapes what JSON leaves raw and keeps the value", () => {
    const value = { text: `${hostile}\x7f\u{e0041}\u{1f600}<` };
    for (const format of ["json", "jsonl"] as const) {
      const text = renderJson(value, format);
      assertEquals(JSON.parse(text), value);
      assertEquals(/[\x7f-\x9f\u2028\u2029\u202e]|\u{e0041}/u.test(text), false);
      assertStringIncludes(text, "\u{1f600}<");
    }
  });
});

describe("renderError()", () => {
  const error = new EngineError("policy_invalid", 'Unknown key "limts": wanted "limits"', {
    hint: 'Did you mean "limits"?',
    location: { file: ".scalpel/policy.yaml", line: 12, column: 3, text: "\tx limts: # a" },
  });

  it("shows code, place, line, caret and hint", () => {
    assertEquals(
      renderError(error, table),
      `sealward: error[policy_invalid]: Unknown key "limts": wanted "limits"
  .scalpel/policy.yaml:12:3
  12 |   x limts: # a
          ^
hint: Did you mean "limits"?
more: sealward explain policy_invalid
`,
    );
  });

  const carets: readonly (readonly [string, number, string])[] = [
    ["abc", 1, "a"],
    ["abc", 3, "c"],
    ["abc", 4, ""],
    ["\t\tab", 4, "b"],
    ["\u6f22\u5b57x", 3, "x"],
    ["\x1b[31mx", 6, "x"],
    ["y".repeat(200) + "x" + "z".repeat(200), 201, "x"],
  ];
  for (const [text, column, under] of carets) {
    it(`puts the caret under column ${column} of ${JSON.stringify(text.slice(0, 12))}`, () => {
      const location = { file: "f", line: 7, column, text };
      const unicode = { ...table, style: { colour: false, unicode: true } };
      const lines = renderError(new EngineError("policy_syntax", "m", { location }), unicode)
        .split("\n");
      const [source = "", caret = ""] = [lines[2], lines[3]];
      const at = caret.indexOf("^");
      // Wide characters take two columns on the terminal and one unit here.
      const shown = source.replace(/[\u6f22\u5b57]/g, "$&\0");
      assertEquals([shown.slice(at, at + 1), source.length < 160], [under, true]);
    });
  }

  it("leaves out what is unknown", () => {
    assertEquals(
      renderError(new EngineError("audit_busy", "Log is locked"), table),
      "sealward: error[audit_busy]: Log is locked\nmore: sealward explain audit_busy\n",
    );
    const location = { file: "f", line: 1, column: 2 };
    const text = renderError(new EngineError("policy_syntax", "m", { location }), table);
    assertEquals(text.split("\n")[1], "  f:1:2");
    assertEquals(text.includes("^"), false);
  });

  it("UX-03 denies in JSON, whatever failed", () => {
    const wanted = {
      schema_version: 1,
      decision: "deny",
      allowed: false,
      error: {
        code: "policy_invalid",
        message: error.message,
        hint: error.hint,
        location: error.location,
      },
      exit: 3,
    };
    assertEquals(JSON.parse(renderError(error, json)), wanted);
    assertEquals(JSON.parse(renderError(error, jsonl)), wanted);
    assertEquals(renderError(error, jsonl).trimEnd().includes("\n"), false);
    const bare = JSON.parse(renderError(new EngineError("usage", "m"), json));
    assertEquals(bare.error, { code: "usage", message: "m" });
    assertEquals(bare.exit, 64);
  });

  it("AUD-32 shows no control or direction character from outside", () => {
    const location = { file: hostile, line: 1, column: 4, text: hostile };
    const evil = new EngineError("policy_syntax", hostile, { hint: hostile, location });
    for (const options of [table, json, jsonl]) {
      assertEquals(unsafe.exec(renderError(evil, options)), null);
    }
    assertEquals(renderError(evil, table).split("\n").length, 7);
  });
});

describe("renderPolicyStatus()", () => {
  const status: PolicyStatus = {
    status: "tampered",
    policy_digest: digest("2"),
    accepted_digest: null,
    policy_trust: "none",
    mode: "enforce",
    message: "The policy is not the accepted one",
  };
  it("says the word, the digests and the mode", () => {
    assertEquals(
      renderPolicyStatus(status, table),
      `TAMPERED  The policy is not the accepted one
  on disk   ${digest("2")}
  accepted  never
  trust     none
  mode      enforce
`,
    );
  });
  it("JSON adds only the schema version", () => {
    const parsed = JSON.parse(renderPolicyStatus(status, json));
    assertEquals(parsed, { schema_version: 1, ...status });
  });
  it("AUD-32 escapes the message", () => {
    assertEquals(unsafe.exec(renderPolicyStatus({ ...status, message: hostile }, table)), null);
  });
});

describe("renderLogReport()", () => {
  const report: LogReport = {
    verdict: "TAMPERED",
    entries: 16,
    first_seq: 0,
    head_seq: 15,
    head_mac: "ab".repeat(32),
    segments: 1,
    segment: 0,
    seq: 16,
    offset: 4_096,
    kind: "mac",
    anchors: 0,
    unverifiable: [],
    clock_back: { count: 0, first_seq: null },
    message: "Entry 16 is not what was written",
  };
  it("says the verdict and where the first finding is", () => {
    assertEquals(
      renderLogReport(report, table),
      `TAMPERED  Entry 16 is not what was written
  first finding: entry #16, byte 4096, mac
  verified entries: 16
  head: #15 ${"ab".repeat(32)}
  next: keep the files as they are, as evidence; then restore a backup, or start over
`,
    );
  });
  it("says what a person does next, and calls nothing acceptable that an anchor found", () => {
    const next = (part: Partial<LogReport>): string =>
      renderLogReport({ ...report, ...part }, table).split("\n").at(-2) ?? "";
    assertStringIncludes(next({ verdict: "ROLLBACK", kind: "head" }), "audit accept-rollback");
    assertEquals(next({ verdict: "ROLLBACK", kind: "anchor" }).includes("accept"), false);
    const ranges = [{ from: 3, to: 7 }];
    const past = next({ verdict: "UNVERIFIABLE", kind: "key", unverifiable: ranges });
    assertStringIncludes(past, "--root-secret-file");
    assertStringIncludes(next({ verdict: "UNVERIFIABLE", kind: "key" }), "help environment");
    assertStringIncludes(next({ verdict: "FRONT-PRUNED", kind: null }), "  head: #15");
  });
  it("is short for an intact and for an empty log", () => {
    const intact = { ...report, verdict: "OK", seq: null, offset: null, kind: null } as const;
    assertEquals(renderLogReport(intact, table).includes("finding"), false);
    const empty = renderLogReport({ ...intact, entries: 0, head_seq: -1 }, table);
    assertEquals(empty.includes("head"), false);
    assertStringIncludes(
      renderLogReport({ ...report, seq: 0, offset: 0 }, table),
      "entry #0, byte 0",
    );
  });
  it("keeps the word of every verdict, painted or not", () => {
    for (const verdict of logVerdicts) {
      assertEquals(renderLogReport({ ...report, verdict }, table).startsWith(`${verdict}  `), true);
      assertStringIncludes(renderLogReport({ ...report, verdict }, painted), `m${verdict}\x1b[0m`);
    }
  });
  it("JSON adds only the schema version", () => {
    assertEquals(JSON.parse(renderLogReport(report, json)), { schema_version: 1, ...report });
  });
});

describe("renderEvents()", () => {
  const entry: Entry = {
    version: 1,
    seq: 9,
    key: "0a1b2c3d.0",
    at: "2026-11-22T18:00:00.123456Z",
    type: "POLICY_CHECK",
    severity: "LOW",
    details: { path: "a b", n: 1, list: ["x"], plain: "ok", none: null },
    prev: "0".repeat(64),
    mac: "1".repeat(64),
  };
  const entries = [entry, { ...entry, seq: 10, type: "X", severity: "HIGH", details: {} } as const];

  it("lists sequence, time, severity, type and details", () => {
    assertEquals(
      renderEvents(entries, table),
      `SEQ  TIME                  SEVERITY  TYPE          SUMMARY
  9  2026-11-22T18:00:00Z  LOW       POLICY_CHECK  path="a b" n=1 list=["x"] plain=ok none=null
 10  2026-11-22T18:00:00Z  HIGH      X
`,
    );
  });
  it("cuts only the summary to the terminal", () => {
    const lines = renderEvents(entries, { ...table, width: 70 }).trimEnd().split("\n");
    assertEquals(lines.map((line) => line.length <= 70), [true, true, true]);
    assertStringIncludes(lines[1] ?? "", "POLICY_CHECK  path=");
  });
  it("is nothing without entries, and an empty list in JSON", () => {
    assertEquals([renderEvents([], table), renderEvents([], jsonl)], ["", ""]);
    assertEquals(JSON.parse(renderEvents([], json)), { schema_version: 1, entries: [] });
  });
  it("JSON has whole entries; jsonl one per line", () => {
    assertEquals(JSON.parse(renderEvents(entries, json)), { schema_version: 1, entries });
    const lines = renderEvents(entries, jsonl).trimEnd().split("\n");
    assertEquals(lines.map((line) => JSON.parse(line)), entries);
  });
  it("AUD-32 shows no control or direction character of an event", () => {
    const evil = { ...entry, type: hostile, details: { [hostile]: hostile, b: [hostile] } };
    for (const options of [table, json, jsonl]) {
      const text = renderEvents([evil], options);
      assertEquals(unsafe.exec(text), null);
      if (options.format === "table") assertEquals(text.split("\n").length, 3);
    }
  });
});
