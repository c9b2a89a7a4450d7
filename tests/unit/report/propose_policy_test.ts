import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import type { JsonObject } from "../../../src/core/operation/operation.ts";
import { lintPolicy } from "../../../src/core/policy/lint_policy.ts";
import { parseYaml } from "../../../src/core/policy/parse_yaml.ts";
import { guidePolicy, starterPolicy } from "../../../src/core/policy/starter_policy.ts";
import { createReport } from "../../../src/core/report/create_report.ts";
import { proposePolicy } from "../../../src/core/report/propose_policy.ts";
import { dayOfWork, dayReport, decision, observed, options } from "./report_entries.ts";

const file = "policy.yaml";
const quiet = createReport([], options);
const read = (text: string) => parseYaml(text, file) as JsonObject;
const rulesOf = (text: string) => read(text)["rules"] as unknown as readonly JsonObject[];
/** Those that the starter policy does not have. */
const addedTo = (text: string) => rulesOf(text).slice(rulesOf(starterPolicy).length);

describe("proposePolicy()", () => {
  it("without exceptions is the same policy, enforced, and lints clean", () => {
    const proposed = proposePolicy(starterPolicy, quiet, file);
    const { policy, findings } = lintPolicy(new TextEncoder().encode(proposed), file);
    assertEquals(findings, []);
    assertEquals(policy?.enforcement.mode, "enforce");
    assertEquals(read(proposed), {
      ...read(starterPolicy),
      enforcement: { ...read(starterPolicy)["enforcement"] as JsonObject, mode: "enforce" },
    });
  });

  it("with exceptions lints clean", () => {
    const text = proposePolicy(starterPolicy, dayReport, file);
    const { policy, findings } = lintPolicy(new TextEncoder().encode(text), file);
    assertEquals(findings, []);
    assertEquals(policy?.rules.length, rulesOf(starterPolicy).length + 3);
  });

  it("adds to the one list of rules that is there, behind its rules", () => {
    const text = proposePolicy(starterPolicy, dayReport, file);
    assertEquals(text.match(/^rules:/gm)?.length, 1);
    const before = rulesOf(starterPolicy);
    assertEquals(rulesOf(text).slice(0, before.length), before);
  });

  it("keeps the text and its comments but for the mode", () => {
    const proposed = proposePolicy(starterPolicy, dayReport, file);
    const kept = starterPolicy.replace("mode: observe", "mode: enforce");
    assertEquals(proposed.slice(0, kept.length), kept);
  });

  it("names each exception, how often it was met, and an example", () => {
    const proposed = proposePolicy(starterPolicy, dayReport, file);
    assertEquals(addedTo(proposed), [{
      id: "observed-tools-webfetch",
      match: { tools: ["WebFetch"] },
      effect: "warn",
      severity: "LOW",
      reason: "Seen once before this rule was written",
    }, {
      id: "observed-commands-npm-test",
      match: { commands: ["npm test *"] },
      effect: "warn",
      severity: "LOW",
      reason: "Seen once before this rule was written",
    }, {
      id: "observed-files-tmp-build",
      match: { files: ["//tmp/build/"], verbs: ["write"] },
      effect: "warn",
      severity: "LOW",
      reason: "Seen once before this rule was written",
    }]);
    assertStringIncludes(proposed, "\n  # once, e.g. #7: npm test\n");
  });

  it("never loosens a protected file, a limit or the engine's own: these are comments", () => {
    const proposed = proposePolicy(starterPolicy, dayReport, file);
    assertEquals({ ...read(proposed), rules: rulesOf(starterPolicy) }, {
      ...read(proposePolicy(starterPolicy, quiet, file)),
    });
    assertStringIncludes(proposed, '# 2 x protected.files "*.env", e.g. #4: file_write .env\n');
    assertStringIncludes(proposed, "# 1 x builtin.files");
    const released = JSON.stringify(addedTo(proposed));
    assert(!/\.env|\.claude/.test(released), released);
  });

  it("says which limit would have to be raised, and raises none", () => {
    const report = createReport([
      observed(1, { type: "file_write", files: ["big"] }, [
        "limits.max_file_size",
        "limit_exceeded",
      ]),
    ], options);
    const proposed = proposePolicy(starterPolicy, report, file);
    assertStringIncludes(proposed, "Only raising limits.max_file_size would let it pass");
    assertEquals(read(proposed)["limits"], read(starterPolicy)["limits"]);
    assertEquals(addedTo(proposed), []);
    const said = decision(2, { type: "file_write", files: ["big"] }, {
      would_deny: true,
      codes: ["limit_exceeded"],
      violated: ["limits.max_file_size"],
      reason: "File size in bytes is 2000000: wanted at most 1000000",
    });
    const measured = proposePolicy(starterPolicy, createReport([said], options), file);
    assertStringIncludes(measured, "max_file_size would let it pass; up to 2000000 was met.");
  });

  it("says what an unmeasured limit costs, and removes none", () => {
    const report = createReport([
      decision(1, { type: "file_write", files: ["a.rs"] }, {
        would_deny: true,
        codes: ["operation_unverified"],
        violated: ["enforcement.on_unverified"],
        unmeasured: ["limits.max_complexity"],
      }),
    ], options);
    const proposed = proposePolicy(starterPolicy, report, file);
    assertStringIncludes(proposed, "Only removing limits.max_complexity would open it");
    assertEquals(read(proposed), read(proposePolicy(starterPolicy, quiet, file)));
  });

  it("proposes nothing twice: a proposal that was accepted needs no more rules", () => {
    const once = proposePolicy(starterPolicy, dayReport, file);
    assertEquals(rulesOf(proposePolicy(once, dayReport, file)), rulesOf(once));
  });

  it("takes a rule that denies, or asks for more, for no release", () => {
    for (
      const rule of [
        'match: {tools: ["WebFetch"]}',
        'match: {tools: ["WebFetch"]}\n    effect: deny',
        'match: {tools: ["WebFetch"], principals: ["x"]}\n    effect: warn',
      ]
    ) {
      const text = `version: "1.0"\nrules:\n  - id: a\n    ${rule}\n`;
      assertEquals(rulesOf(proposePolicy(text, dayReport, file)).length, 4);
    }
  });

  it("adds to rules that are there, under ids that are free", () => {
    const present = `version: "1.0"
enforcement: {mode: "observe"} # flow
rules:
    # mine
    - id: "observed-tools-webfetch"
      match:
        tools: ["X"]
    - id: b
      match: {tools: ["Y"]}
# about limits
limits:
  max_complexity: 5
`;
    const proposed = proposePolicy(present, dayReport, file);
    assertEquals(rulesOf(proposed).map(({ id }) => id), [
      "observed-tools-webfetch",
      "b",
      "observed-tools-webfetch-2",
      "observed-commands-npm-test",
      "observed-files-tmp-build",
    ]);
    assertEquals((read(proposed)["enforcement"] as JsonObject)["mode"], "enforce");
    assertStringIncludes(proposed, "# mine");
    assertMatch(proposed, /# about limits\nlimits:\n {2}max_complexity: 5\n$/);
  });

  for (const rules of ["rules: []", 'rules: [{id: a, match: {tools: ["Y"]}}]']) {
    it(`writes the whole policy anew where rules stand as ${rules.slice(0, 12)}`, () => {
      const present = `version: "1.0"\nenforcement:\n  mode: observe\n${rules}\nlimits: {}\n` +
        'protected:\n  files: ["a", "*.b"]\n  operations: []\n';
      const proposed = read(proposePolicy(present, dayReport, file));
      const before = read(present);
      assertEquals({ ...proposed, rules: null, enforcement: null }, {
        ...before,
        rules: null,
        enforcement: null,
      });
      const count = (before["rules"] as readonly unknown[]).length;
      assertEquals((proposed["rules"] as readonly unknown[]).length, count + 3);
    });
  }

  const texts: readonly (readonly [name: string, text: string])[] = [
    ["the guide's policy", guidePolicy],
    ["CRLF", 'version: "1.0"\r\nenforcement:\r\n  mode: observe\r\n'],
    ["no line end", 'version: "1.0"\nenforcement: {mode: observe}'],
    ["quotes", "version: '1.0'\nenforcement:\n  mode:   'observe'   # here\n"],
    ["no mode", 'version: "1.0"\n'],
    ["enforcing already", 'version: "1.0"\nenforcement:\n  mode: enforce\n'],
  ];
  for (const [name, text] of texts) {
    it(`reads as meant from ${name}`, () => {
      const proposed = read(proposePolicy(text, dayReport, file));
      assertEquals((proposed["rules"] as readonly unknown[]).length, 3);
      const { mode } = (proposed["enforcement"] ?? {}) as { mode?: string };
      assert(mode === undefined || mode === "enforce", mode);
    });
  }

  it("says that a policy switched off stays so", () => {
    const off = 'version: "1.0"\nenforcement:\n  enabled: false\n';
    const proposed = proposePolicy(off, quiet, file);
    assertStringIncludes(proposed, "enforcement.enabled is still false");
    assertEquals(read(proposed), read(off));
  });

  it("no text of an agent leaves its comment or its quotes", () => {
    const hostile = [
      "x\nenforcement:\n  enabled: false\n",
      'x"]\n  - id: evil\n',
      "\u202e\u2028\u0085\u200b\ufeff\ufffd\u{e0041}\ud800",
      "# : - [ { & * ! | > ' \" % @ `",
      "*",
      "y".repeat(10_000),
    ];
    const entries = hostile.flatMap((text, i) => [
      decision(10 * i, { type: "tool_call", tool: text, agent: text, session: text }, {
        would_deny: true,
        codes: ["operation_unverified"],
        violated: ["enforcement.on_unverified"],
      }),
      decision(10 * i + 1, { type: "command", command: text }, {
        would_deny: true,
        codes: ["command_opaque"],
        violated: ["commands.opaque"],
      }),
      decision(10 * i + 2, { type: "file_write", files: [`/tmp/${text}/a`, `/tmp/d/${text}`] }, {
        would_deny: true,
        codes: ["path_outside_root"],
        violated: ["builtin.paths", text, `limits.${text}`],
      }),
    ]);
    const report = createReport([...entries, ...dayOfWork], { ...options, top: 1_000 });
    const proposed = proposePolicy(starterPolicy, report, file);
    assertEquals({ ...read(proposed), rules: rulesOf(starterPolicy) }, {
      ...read(proposePolicy(starterPolicy, quiet, file)),
    });
    const rules = addedTo(proposed);
    assert(rules.length > 0);
    for (const rule of rules) {
      assertMatch(String(rule["id"]), /^observed-[a-z0-9-]+$/);
      assertEquals(rule["effect"], "warn");
    }
    assert(!JSON.stringify(rules).includes("evil"), "a tool with quotes is never proposed");
  });
});
