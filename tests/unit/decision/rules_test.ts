import { assertEquals, assertStringIncludes } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { decide, type Question } from "../../../src/core/decision/decide.ts";
import type { Judgement } from "../../../src/core/decision/decision.ts";
import { gatherFacts } from "../../../src/core/decision/gather_facts.ts";
import { plainGuard } from "../../../src/core/decision/other_names.ts";
import { measureComplexity } from "../../../src/core/operation/complexity.ts";
import type { Effect, Verb } from "../../../src/core/operation/effect.ts";
import type { Doubt } from "../../../src/core/operation/effect_plan.ts";
import type { Json } from "../../../src/core/operation/operation.ts";
import { parseOperation } from "../../../src/core/operation/parse_operation.ts";
import { type PlanCommand, planEffects } from "../../../src/core/operation/plan_effects.ts";
import type { CommandPlan } from "../../../src/core/operation/shell/command_plan.ts";
import { createToolPlanner } from "../../../src/core/operation/plan_tool.ts";
import { parsePolicy } from "../../../src/core/policy/parse_policy.ts";
import { createFakeDisk } from "../../support/fake_disk.ts";

const disk = createFakeDisk("/p", {
  "/p/keys/a.pem": { kind: "file", bytes: 1 },
  "/p/closed": { kind: "folder", isClosed: true },
  "/p/a.env": { kind: "file", bytes: 1 },
  "/p/second": { kind: "file", bytes: 1, inode: 7 },
  "/p/.scalpel/audit.log": { kind: "file", bytes: 1, inode: 7 },
});

/** A command as the walker of shells would plan it. */
function planned(plan: Partial<CommandPlan>): CommandPlan {
  return { effects: [], doubts: [], calls: [["run"]], ...plan };
}
const on = (verb: Verb, resource: string): Effect => ({ verb, resource, kind: "path" });
const may = (verb: Verb, resource: string): Effect => ({ ...on(verb, resource), isPossible: true });
const doubt = (kind: Doubt["kind"], reason: string = kind): Doubt => ({ kind, reason });

function judge(
  settings: string,
  given: Readonly<Record<string, Json>> | CommandPlan,
  asked: Partial<Pick<Question, "principal" | "scope" | "unmeasured">> = {},
  reader: PlanCommand | null = null,
): Judgement {
  const policy = parsePolicy(`version: "1.0"\n${settings}`, "policy.yaml");
  const isPlan = "calls" in given;
  const operation = parseOperation(isPlan ? { type: "command", command: "?" } : given);
  const planCommand = isPlan ? () => given as unknown as CommandPlan : reader;
  const plan = planEffects(
    operation,
    policy.customOperations,
    planCommand,
    createToolPlanner(policy.tools),
  );
  const facts = gatherFacts(operation, plan, { disk, measureComplexity }, {
    ...plainGuard,
    reads: policy.guardsReads,
  });
  const who = { principal: "uid:1", denials: null } as const;
  return decide({ operation, plan, policy, facts, ...who, scope: "policy", ...asked });
}

/** Verdict and what was found, in one line. */
function said(judgement: Judgement): string {
  const found = judgement.findings.map(({ policy, effect, verdict, severity, overridable }) =>
    [policy, severity, verdict, effect?.verb, effect?.resource, overridable ? "" : "fixed"]
      .filter((part) => part !== undefined && part !== "").join(" ")
  );
  return [judgement.verdict, ...found].join("; ");
}

const rule = (match: string, effect = "deny", more = "") =>
  `rules:\n  - id: r\n    match: {${match}}\n    effect: ${effect}\n${more}`;
const opaque = (setting: string) => `commands:\n  opaque: ${setting}\n`;
const defaultDeny = "enforcement:\n  default: deny\n";

describe("commands.opaque", () => {
  const rows: readonly (readonly [string, CommandPlan, string])[] = [
    ["", planned({ doubts: [doubt("opaque")] }), "deny; commands.opaque MEDIUM deny"],
    [opaque("ask"), planned({ doubts: [doubt("opaque")] }), "ask; commands.opaque MEDIUM ask"],
    [opaque("allow"), planned({ doubts: [doubt("opaque")] }), "allow"],
    [
      opaque("allow"),
      planned({ doubts: [doubt("opaque"), doubt("unverified")] }),
      "deny; enforcement.on_unverified HIGH deny",
    ],
    [
      `${opaque("ask")}enforcement:\n  mode: observe\n`,
      planned({ doubts: [doubt("opaque")] }),
      "allow; commands.opaque MEDIUM ask",
    ],
  ];
  for (const [settings, plan, wanted] of rows) {
    it(`${settings.replace(/\s+/g, " ")} ${JSON.stringify(plan.doubts)}`, () => {
      assertEquals(said(judge(settings, plan)), wanted);
    });
  }

  it("is a notice with every decision where it allows", () => {
    const [notice] = judge(opaque("allow"), planned({})).notices;
    assertStringIncludes(notice ?? "", "commands.opaque is allow: ");
    assertEquals(judge(opaque("ask"), planned({})).notices, []);
  });

  it("would deny what it would ask, watching", () => {
    const settings = `${opaque("ask")}enforcement:\n  mode: observe\n`;
    assertEquals(judge(settings, planned({ doubts: [doubt("opaque")] })).wouldDeny, true);
  });
});

describe("doubts", () => {
  it("are one finding for each kind, three reasons long", () => {
    const reasons = ["a", "b", "a", "c", "d", "e"];
    const doubts = reasons.flatMap((reason) => [doubt("unverified", reason), doubt("opaque")]);
    const { findings } = judge("", planned({ doubts }));
    assertEquals(findings.map(({ code }) => code), ["operation_unverified", "command_opaque"]);
    assertStringIncludes(findings[0]?.message ?? "", ": a; b; c; and 2 more");
    assertStringIncludes(findings[1]?.message ?? "", ": opaque");
  });

  it("about what is read count where reading is guarded", () => {
    const plan = planned({ doubts: [doubt("unknown_read")] });
    const unverified = "deny; enforcement.on_unverified HIGH deny";
    assertEquals(said(judge("", plan)), "allow");
    assertEquals(said(judge('protected:\n  secret_files: ["*.pem"]\n', plan)), unverified);
    assertEquals(said(judge(rule('files: ["keys/"]'), plan)), unverified);
    assertEquals(said(judge(rule("verbs: [read]"), plan)), unverified);
    assertEquals(said(judge(rule('files: ["keys/"], verbs: [write]'), plan)), "allow");
    assertEquals(said(judge(rule('files: ["keys/"]', "warn"), plan)), "allow");
  });
});

describe("protected.secret_files in commands", () => {
  const secret = 'protected:\n  secret_files: ["*.pem"]\n';
  const found = (verb: Verb, path: string) =>
    `deny; protected.secret_files HIGH deny ${verb} ${path}`;
  const rows: readonly (readonly [Effect, string])[] = [
    [on("read", "keys/a.pem"), found("read", "keys/a.pem")],
    [on("execute", "keys/a.pem"), found("execute", "keys/a.pem")],
    [on("read", "keys"), found("read", "keys")],
    [on("read", "."), found("read", ".")],
    [on("read", "/"), found("read", "/")],
    [on("read", "a.env"), "allow"],
    [on("read", "closed"), "deny; enforcement.on_unverified HIGH deny read closed"],
    [on("read", "~/x"), "deny; builtin.paths HIGH deny read ~/x"],
  ];
  // The fake disk cannot list "/" and "." whole: what is known is judged all the same.
  const also: Readonly<Record<string, string>> = {
    ".": "; enforcement.on_unverified HIGH deny read .",
    "/": "; enforcement.on_unverified HIGH deny read /",
  };
  for (const [effect, wanted] of rows) {
    it(`${effect.verb} ${effect.resource}`, () => {
      const judgement = said(judge(secret, planned({ effects: [effect] })));
      const rest = also[effect.resource];
      const isUnlisted = rest !== undefined && judgement === `deny${rest}`;
      assertEquals(isUnlisted ? wanted : judgement, wanted);
    });
  }

  it("looks through no folder that is read where the policy guards no reading", () => {
    assertEquals(said(judge("", planned({ effects: [on("read", "closed")] }))), "allow");
  });

  it("D2 facts that were gathered without a look say so", () => {
    const policy = parsePolicy(`version: "1.0"\n${secret}`, "policy.yaml");
    const operation = parseOperation({ type: "file_read", affected_files: ["keys"] });
    const plan = planEffects(operation, policy.customOperations);
    const facts = gatherFacts(operation, plan, { disk, measureComplexity });
    const who = { principal: "uid:1", denials: null } as const;
    const question = { operation, plan, policy, facts, ...who };
    assertEquals(decide({ ...question, scope: "policy" }).verdict, "deny");
  });
});

describe("effects that may happen", () => {
  const guarded = 'protected:\n  files: ["*.env"]\n  secret_files: ["*.pem"]\n' +
    "  operations: [delete, write]\nlimits:\n  max_files_per_operation: 0\n";
  const found = (effect: Effect, verdict = "deny") =>
    `${verdict}; commands.opaque MEDIUM ${verdict} ${effect.verb} ${effect.resource}`;
  const met = [
    may("write", "a.env"),
    may("delete", "keys"),
    may("read", "keys/a.pem"),
    may("read", "keys"),
  ];
  const builtin = [
    may("write", ".scalpel/policy.yaml"),
    may("write", "."),
    may("write", "second"),
    may("delete", "/"),
  ];
  for (const effect of [...met, ...builtin]) {
    it(`${effect.verb} ${effect.resource} is opaque and nothing else`, () => {
      const plan = planned({ effects: [effect] });
      assertEquals(said(judge(guarded, plan)), found(effect));
      assertEquals(said(judge(guarded + opaque("ask"), plan)), found(effect, "ask"));
    });
  }

  it("pass where opaque commands do, but for what is built in", () => {
    const allowed = guarded + opaque("allow");
    for (const effect of met) {
      assertEquals(said(judge(allowed, planned({ effects: [effect] }))), "allow");
    }
    for (const effect of builtin) {
      assertEquals(said(judge(allowed, planned({ effects: [effect] }))), found(effect, "ask"));
    }
  });

  it("are nothing elsewhere: outside, suspicious, lost, protected operations, limits", () => {
    for (const path of ["/outside/x", "~/x", "src/x", "closed"]) {
      const plan = planned({ effects: [may("delete", path), may("read", "a.env")] });
      assertEquals(said(judge(guarded, plan)), "allow", path);
    }
  });

  it("do not hide what is certain", () => {
    const plan = planned({ effects: [may("write", "a.env"), on("write", "a.env")] });
    const settings = 'protected:\n  files: ["*.env"]\n';
    const wanted = "deny; protected.files HIGH deny write a.env; " +
      "commands.opaque MEDIUM deny write a.env";
    assertEquals(said(judge(settings, plan)), wanted);
  });

  it("satisfy no rule: what they may do is opaque, and no worse than the rule", () => {
    const plan = planned({ effects: [may("write", "src/x")] });
    const files = 'files: ["src/"]';
    assertEquals(said(judge(rule(files), plan)), found(may("write", "src/x")));
    assertEquals(
      said(judge(rule(files) + opaque("ask"), plan)),
      found(may("write", "src/x"), "ask"),
    );
    assertEquals(said(judge(rule(files, "ask"), plan)), found(may("write", "src/x"), "ask"));
    assertEquals(said(judge(rule(files, "ask") + opaque("allow"), plan)), "allow");
    assertEquals(said(judge(rule(files, "warn"), plan)), "allow");
    assertEquals(judge(rule(files, "warn"), plan).warned, []);
  });
});

describe("rules about commands", () => {
  const push = 'commands: ["git push *"]';
  const r = (verdict: string) => `${verdict}; rules.r HIGH ${verdict}`;

  it("match any program a command would start", () => {
    const calls = [["cd", "x"], ["sudo", "git", "push"], ["git", "push", "-f"]];
    assertEquals(said(judge(rule(push), planned({ calls }))), r("deny"));
    assertEquals(said(judge(rule(push, "ask"), planned({ calls }))), r("ask"));
    assertEquals(said(judge(rule(push), planned({ calls: calls.slice(0, 2) }))), "allow");
  });

  it("match a word nobody knows, unless they only warn", () => {
    const plan = planned({ calls: [["git", null]] });
    assertEquals(said(judge(rule(push), plan)), r("deny"));
    assertEquals(said(judge(rule(push, "ask"), plan)), r("ask"));
    assertEquals(judge(rule(push, "warn"), plan).warned, []);
    assertEquals(judge(rule(push, "warn"), planned({ calls: [["git", "push"]] })).warned, ["r"]);
  });

  it("CMD-02 match the last of 500 programs, and release none of them for it", () => {
    const calls = [...Array.from({ length: 499 }, () => ["make"]), ["git", "push"]];
    assertEquals(said(judge(rule(push), planned({ calls }))), r("deny"));
    const opaqueOnes = planned({ calls, doubts: [doubt("opaque")] });
    const named = rule('commands: ["make *"]', "warn");
    assertEquals(said(judge(named, opaqueOnes)), "deny; commands.opaque MEDIUM deny");
  });

  it("match nothing without a command", () => {
    assertEquals(said(judge(rule('commands: ["*"]'), write("a"))), "allow");
  });

  it("need every other key too", () => {
    const plan = planned({ calls: [["git", "push"]], effects: [on("read", "src/x")] });
    const rows: readonly (readonly [string, boolean])[] = [
      [`${push}, types: [command]`, true],
      [`${push}, types: [file_write]`, false],
      [`${push}, verbs: [execute]`, true],
      [`${push}, verbs: [delete]`, false],
      [`${push}, files: ["src/"]`, true],
      [`${push}, files: ["src/"], verbs: [read]`, true],
      [`${push}, files: ["src/"], verbs: [execute]`, false],
      [`${push}, principals: ["uid:*"]`, true],
      [`${push}, principals: ["UID:1"]`, false],
      [`${push}, tools: ["*"]`, false],
    ];
    for (const [match, isMet] of rows) {
      const judgement = judge(rule(match), plan);
      assertEquals(judgement.findings.map(({ policy }) => policy), isMet ? ["rules.r"] : [], match);
    }
  });

  it("say why, and point at the rule", () => {
    const texts = "    reason: Ask first\n    severity: LOW\n";
    const [finding] = judge(rule(push, "deny", texts), planned({ calls: [["git", "push"]] }))
      .findings;
    assertEquals([finding?.severity, finding?.sourceKey], ["LOW", "rules.0"]);
    assertStringIncludes(finding?.message ?? "", "Ask first");
    const warned = judge(rule(push, "warn", texts), planned({ calls: [["git", "push"]] }));
    assertEquals([warned.notices, warned.warned], [["rule r: Ask first"], ["r"]]);
  });
});

const write = (path: string) => ({ type: "file_write", affected_files: [path] });

describe("rules that release commands", () => {
  const names = 'commands: ["make *", "git push *"]';
  const doubts = [doubt("opaque")];
  const opaqueDeny = "deny; commands.opaque MEDIUM deny";

  it("release opaque doubts where every program is named", () => {
    const plan = planned({ calls: [["make", "all"], ["git", "push"]], doubts });
    assertEquals(said(judge(rule(names, "warn"), plan)), "allow");
    assertEquals(said(judge(rule(names, "ask"), plan)), "ask; rules.r HIGH ask");
    assertEquals(
      said(judge(rule(names), plan)),
      "deny; rules.r HIGH deny; commands.opaque MEDIUM deny",
    );
  });

  const kept: readonly (readonly [string, CommandPlan["calls"]])[] = [
    ["one program is not named", [["make"], ["python3", "-c", "x"]]],
    ["a word nobody knows", [["make", null]]],
    ["a program of that name elsewhere", [["/tmp/make"]]],
    ["a program in another case", [["MAKE"]]],
    ["no program at all", []],
  ];
  for (const [name, calls] of kept) {
    it(`CMD-17 CMD-21 release nothing: ${name}`, () => {
      assertEquals(said(judge(rule(names, "warn"), planned({ calls, doubts }))), opaqueDeny);
    });
  }

  it("never release what cannot be verified, nor what is protected", () => {
    const settings = rule(names, "warn") + 'protected:\n  files: ["*.env"]\n';
    const calls = [["make"]];
    const rows: readonly (readonly [Partial<CommandPlan>, string])[] = [
      [{ doubts: [doubt("unverified")] }, "deny; enforcement.on_unverified HIGH deny"],
      [{ effects: [on("write", "a.env")] }, "deny; protected.files HIGH deny write a.env"],
      [{ effects: [may("write", "a.env")] }, "deny; commands.opaque MEDIUM deny write a.env"],
      [{ effects: [on("write", "/out/x")] }, "deny; builtin.paths HIGH deny write /out/x"],
      [
        { effects: [on("write", "budget.yaml")] },
        "deny; builtin.files CRITICAL deny write budget.yaml fixed",
      ],
    ];
    for (const [plan, wanted] of rows) {
      assertEquals(said(judge(settings, planned({ calls, ...plan }))), wanted);
    }
  });

  it("release the default where every program is named, files of its own included", () => {
    const plan = planned({ calls: [["make"]], effects: [on("write", "out/x")] });
    const settings = defaultDeny + rule(names, "warn");
    assertEquals(said(judge(settings, plan)), "allow");
    const other = { ...plan, calls: [["make"], ["ls"]] };
    assertEquals(said(judge(settings, other)), "deny; enforcement.default MEDIUM deny");
  });

  it("leave what an operation does beside its command to the default", () => {
    const custom = "operations:\n  custom:\n    wipe: [delete]\n    start: [execute]\n";
    const settings = defaultDeny +
      rule('commands: ["make *"], types: [network, wipe, start]', "warn")
        .concat(custom);
    const plan = () => planned({ calls: [["make"]] });
    for (const type of ["network", "wipe", "start"]) {
      const { findings } = judge(settings, { type, command: "make" }, {}, plan);
      assertEquals(findings.map(({ code }) => code), ["default_deny"], type);
    }
  });

  it("with files too, only where the rule lists every path", () => {
    const both = rule('commands: ["make *"], files: ["out/"]', "warn");
    const plan = (...effects: Effect[]) => planned({ calls: [["make"]], doubts, effects });
    assertEquals(said(judge(both, plan(on("write", "out/x")))), "allow");
    assertEquals(said(judge(both, plan(on("write", "out/x"), on("write", "src/x")))), opaqueDeny);
    assertEquals(said(judge(both, plan())), opaqueDeny);
  });

  it("a place outside for named programs alone", () => {
    const both = rule('commands: ["make *"], files: ["//out/"]', "warn");
    const effects = [on("write", "/out/x")];
    assertEquals(said(judge(both, planned({ calls: [["make"]], effects }))), "allow");
    const outside = "deny; builtin.paths HIGH deny write /out/x";
    assertEquals(said(judge(both, planned({ calls: [["make"], ["cp"]], effects }))), outside);
  });
});

describe("rules that release tools", () => {
  it("release the call where the rule's verbs and files fit it", () => {
    const given = { ...write("a"), tool: { name: "t" } };
    const unverified = "deny; enforcement.on_unverified HIGH deny";
    const rows: readonly (readonly [string, string])[] = [
      ['tools: ["t"]', "allow"],
      ['tools: ["t"], verbs: [write, call]', "allow"],
      ['tools: ["t"], verbs: [write]', unverified],
      ['tools: ["t"], files: ["a"]', "allow"],
      ['tools: ["t"], files: ["b"]', unverified],
      ['tools: ["T"]', unverified],
    ];
    for (const [match, wanted] of rows) {
      assertEquals(said(judge(rule(match, "warn"), given)), wanted, match);
    }
  });
});

describe("limits of commands", () => {
  const limits = "limits:\n  max_complexity: 1\n  max_file_size: 1\n" +
    "  max_changes_per_operation: 1\n  max_files_per_operation: 2\n";
  const effects = ["a", "b", "a"].map((path) => on("write", path));

  it("count the paths it changes, and nothing else", () => {
    const few = judge(
      limits,
      planned({ effects: [...effects, on("read", "c"), may("write", "d")] }),
    );
    assertEquals([few.verdict, few.unmeasured], ["allow", []]);
    const many = judge(limits, planned({ effects: [...effects, on("delete", "c")] }));
    assertEquals(said(many), "deny; limits.max_files_per_operation HIGH deny");
  });

  it("are those of every operation where it brings content", () => {
    const given = { type: "command", command: "x", affected_files: ["a"], content: "if (a) b();" };
    const codes = judge(limits, given).findings.map(({ policy }) => policy);
    assertEquals(codes.includes("limits.max_file_size"), true);
  });
});

describe("unmeasured limits", () => {
  const limits = "limits:\n  max_complexity: 1\n  max_file_size: 9\n";

  it("are listed, or unverified for callers that enforce", () => {
    const listed = judge(limits, write("new.ts"));
    const unmeasured = ["limits.max_complexity", "limits.max_file_size"];
    assertEquals([said(listed), listed.unmeasured], ["allow", unmeasured]);
    const strict = judge(limits, write("new.ts"), { unmeasured: "unverified" });
    assertEquals(said(strict), "deny; enforcement.on_unverified HIGH deny");
    assertEquals(strict.unmeasured, unmeasured);
    assertStringIncludes(strict.findings[0]?.message ?? "", unmeasured.join(", "));
  });

  it("follow on_unverified, and are none where all is measured", () => {
    const ask = `${limits}enforcement:\n  on_unverified: ask\n`;
    assertEquals(judge(ask, write("new.ts"), { unmeasured: "unverified" }).verdict, "ask");
    const measured = { ...write("new.ts"), content: "a();" };
    assertEquals(said(judge(ask, measured, { unmeasured: "unverified" })), "allow");
  });

  it("are released by no rule", () => {
    const settings = limits + rule('tools: ["t"], files: ["new.ts"]', "warn");
    const given = { ...write("new.ts"), tool: { name: "t" } };
    assertEquals(said(judge(settings, given)), "allow");
    assertEquals(judge(settings, given, { unmeasured: "unverified" }).verdict, "deny");
  });
});

describe("scope protected_files", () => {
  it("leaves rules and reading aside, and counts what is opaque", () => {
    const scope = { scope: "protected_files" } as const;
    const settings = 'protected:\n  secret_files: ["*.pem"]\n' + rule('files: ["src/"]');
    assertEquals(said(judge(settings, write("src/x"), scope)), "allow");
    const read = planned({ effects: [on("read", "keys/a.pem")] });
    assertEquals(judge(settings, read, scope).verdict, "allow");
    assertEquals(judge(settings, write("keys/a.pem"), scope).verdict, "deny");
    assertEquals(judge(settings, planned({ doubts: [doubt("opaque")] }), scope).verdict, "deny");
  });
});
