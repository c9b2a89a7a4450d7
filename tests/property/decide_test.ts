import { createHash } from "node:crypto";
import { assert, assertEquals } from "@std/assert";
import { measureComplexity } from "../../src/core/operation/complexity.ts";
import { describe, it } from "@std/testing/bdd";
import fc from "../support/fast_check.ts";
import { decide } from "../../src/core/decision/decide.ts";
import type { Judgement } from "../../src/core/decision/decision.ts";
import { deniedKeys } from "../../src/core/decision/denied_things.ts";
import type { Question } from "../../src/core/decision/question.ts";
import { type DenialState, findDenials, foldDenial } from "../../src/core/audit/denial_state.ts";
import { maxDeniedKeys } from "../../src/core/limits.ts";
import { gatherFacts } from "../../src/core/decision/gather_facts.ts";
import { plainGuard } from "../../src/core/decision/other_names.ts";
import {
  type Bench,
  type Judged,
  judgeOperations,
} from "../../src/core/decision/judge_operations.ts";
import type { Verb } from "../../src/core/operation/effect.ts";
import type { CommandPlan } from "../../src/core/operation/shell/command_plan.ts";
import { type Json, type Operation, operationTypes } from "../../src/core/operation/operation.ts";
import { parseOperation } from "../../src/core/operation/parse_operation.ts";
import { planEffects } from "../../src/core/operation/plan_effects.ts";
import { createToolPlanner } from "../../src/core/operation/plan_tool.ts";
import { toolReader } from "../../src/core/decision/tool_reader.ts";
import { type LintFinding, lintPolicy } from "../../src/core/policy/lint_policy.ts";
import { policyPositions } from "../../src/core/policy/locate.ts";
import { parsePolicy } from "../../src/core/policy/parse_policy.ts";
import type { Policy } from "../../src/core/policy/policy.ts";
import type { Disk } from "../../src/core/ports.ts";
import { createFakeDisk, type FakeNode, type FakeTree } from "../support/fake_disk.ts";
import {
  decidePlainly,
  guarded,
  type PlainPolicy,
  type PlainRule,
  plainWords,
} from "../support/reference_decider.ts";
import { decideWithMemory, type PlainDenial } from "../support/reference_memory.ts";

const root = "/p/root";

const name = fc.constantFrom(
  ...["a", "b", "c", "d", "e", "x.env", ".scalpel", ".git", "config", "secret"],
);
const inside = fc.array(name, { minLength: 1, maxLength: 3 }).map((names) => names.join("/"));
const path = fc.oneof(
  { weight: 6, arbitrary: inside },
  { weight: 2, arbitrary: inside.map((at) => `${root}/${at}`) },
  { weight: 2, arbitrary: fc.tuple(name, inside).map(([via, at]) => `${via}/../${at}`) },
  { weight: 1, arbitrary: inside.map((at) => `${at}/`) },
  { weight: 1, arbitrary: inside.map((at) => at.toUpperCase()) },
  { weight: 1, arbitrary: inside.map((at) => `../${at}`) },
  { weight: 1, arbitrary: fc.constantFrom(".", "..", "/", "/p", "../root-evil/a", "/q/secret") },
);
const pattern = fc.oneof(
  {
    weight: 9,
    arbitrary: fc.constantFrom(
      "*.env",
      "secret",
      "secret/",
      "a/b",
      "/a",
      "/q",
      "//q/secret",
      "a/*",
      "b/**",
    ),
  },
  {
    weight: 9,
    arbitrary: fc.constantFrom(
      "a/**/secret",
      "**/config",
      "**/b/secret",
      "?.env",
      "a*/b/config",
      "*/b/d",
    ),
  },
  { weight: 1, arbitrary: fc.constantFrom("?", "*", "**") },
);
const node: fc.Arbitrary<FakeNode> = fc.oneof(
  { weight: 1, arbitrary: fc.constant({ kind: "pipe" }) },
  { weight: 1, arbitrary: fc.constant({ kind: "folder", isMount: true }) },
  {
    weight: 5,
    arbitrary: fc.record({ kind: fc.constant("file"), bytes: fc.nat({ max: 9 }) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant("file"),
      bytes: fc.constant(1),
      inode: fc.constantFrom(7, 8),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant("folder"), isClosed: fc.nat(5).map((n) => n === 0) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant("link"),
      target: fc.oneof(inside, inside.map((at) => `../${at}`), inside.map((at) => `${root}/${at}`)),
    }),
  },
) as fc.Arbitrary<FakeNode>;

/** A tree in which no file stands above another node. */
const tree: fc.Arbitrary<FakeTree> = fc.array(fc.tuple(inside, node), { maxLength: 8 })
  .map((entries) => {
    const nodes: Record<string, FakeNode> = {};
    for (const [at, given] of entries) {
      const taken = `${root}/${at}`;
      const isBlocked = Object.entries(nodes).some(([other, { kind }]) =>
        (kind !== "folder" && taken.startsWith(`${other}/`)) || other.startsWith(`${taken}/`)
      );
      if (!isBlocked) nodes[taken] = given;
    }
    return nodes;
  });

const ruleVerbs = fc.subarray<Verb>(["read", "write", "create", "delete", "execute", "call"], {
  minLength: 1,
  maxLength: 4,
});
const plainRule: fc.Arbitrary<PlainRule> = fc.record({
  effect: fc.constantFrom("deny", "ask", "ask", "warn", "warn"),
  match: fc.record({
    types: fc.subarray(["file_write", "file_read", "file_copy", "command"], { minLength: 1 }),
    verbs: ruleVerbs,
    files: fc.array(
      fc.oneof(pattern, fc.constantFrom("/p/", "//p/root-evil/", "//q/", "**", "a", "b/")),
      { minLength: 1, maxLength: 3 },
    ),
    commands: fc.subarray(["a", "a *", "b *", "a b", "b a *"], { minLength: 1, maxLength: 3 }),
    tools: fc.constantFrom(["t"], ["t*"], ["T*"], ["u"]),
  }, { requiredKeys: [] }).filter((match) => Object.keys(match).length > 0),
}) as fc.Arbitrary<PlainRule>;

const listedFiles = fc.subarray(["/q/", "//q/a", "//p/evil/", "a", "b/", "link", "**"], {
  minLength: 1,
  maxLength: 4,
});
const listedCommands = fc.subarray(["a", "a *", "b *", "a b"], { minLength: 1, maxLength: 3 });
const listedTools = fc.constantFrom(["t"], ["t*"], ["T*"], ["u", "t"]);

const plainPolicy: fc.Arbitrary<PlainPolicy> = fc.record({
  files: fc.array(pattern, { maxLength: 2 }),
  operations: fc.subarray(Object.keys(guarded) as (keyof typeof guarded)[], { maxLength: 1 }),
  custom: fc.constantFrom({}, { wipe: ["delete"] }, { wipe: ["delete"], look: ["read"] }),
  maxFiles: fc.constantFrom(null, null, 2),
  isEnforced: fc.constantFrom(true, true, true, false),
  onUnverified: fc.constantFrom("deny", "ask"),
  default: fc.constantFrom(...Array(9).fill("allow"), "deny"),
  secrets: fc.oneof(
    { weight: 3, arbitrary: fc.constant([]) },
    { weight: 1, arbitrary: fc.array(pattern, { maxLength: 2 }) },
  ),
  opaque: fc.constantFrom("deny", "ask", "allow"),
  rules: fc.oneof(
    { weight: 1, arbitrary: fc.constant([]) },
    { weight: 1, arbitrary: fc.array(plainRule, { maxLength: 3 }) },
  ),
}) as fc.Arbitrary<PlainPolicy>;

/** What a walker of shells might say; operations carry it as the text of their command. */
const commandPlanOn = (path: fc.Arbitrary<string>): fc.Arbitrary<CommandPlan> =>
  fc.record({
    effects: fc.array(
      fc.record({
        verb: fc.constantFrom<Verb>("read", "write", "create", "delete", "chmod"),
        resource: path,
        kind: fc.constant("path"),
        isPossible: fc.constantFrom(true, false, false),
      }),
      { maxLength: 3 },
    ).map((effects) =>
      effects.map(({ isPossible, ...effect }) => isPossible ? { ...effect, isPossible } : effect)
    ),
    doubts: fc.subarray(["unverified", "opaque", "opaque", "unknown_read"], { maxLength: 2 })
      .map((kinds) => kinds.map((kind) => ({ kind, reason: kind }))),
    calls: fc.array(
      fc.array(fc.constantFrom(...plainWords, ...plainWords, null), { minLength: 1, maxLength: 3 }),
      { maxLength: 2 },
    ),
  }) as fc.Arbitrary<CommandPlan>;

function planCommand(command: string): CommandPlan {
  return command.startsWith("{") ? JSON.parse(command) : {
    effects: [],
    doubts: [{ kind: "unverified", reason: "nobody read it" }],
    calls: [],
  };
}

const operationOn = (path: fc.Arbitrary<string>): fc.Arbitrary<Operation> =>
  fc.record({
    plan: commandPlanOn(path),
    isNamed: fc.boolean(),
    type: fc.constantFrom(
      "file_read",
      "file_write",
      "file_create",
      "file_delete",
      "file_rename",
      "file_copy",
      "file_link",
      "chmod",
      "command",
      "tool_call",
      "wipe",
      "look",
      "strange",
    ),
    files: fc.array(path, { minLength: 2, maxLength: 3 }),
    isOne: fc.boolean(),
    extra: fc.constantFrom({}, {}, {}, { command: "ls" }, { diff: "?" }, { tool: { name: "t" } }),
    cwd: fc.constantFrom(undefined, undefined, "a", "b/a"),
  }).map(({ type, files, isOne, extra, cwd, plan, isNamed }) => {
    const needsTwo = ["file_rename", "file_copy", "file_link"].includes(type);
    const command = type === "command" ? { command: JSON.stringify(plan) } : {};
    const isBare = isNamed && ["command", "tool_call"].includes(type) &&
      (type === "command" || "tool" in extra);
    const affected = isBare ? [] : isOne && !needsTwo ? files.slice(0, 1) : files;
    return parseOperation({ type, affected_files: affected, cwd, ...extra, ...command });
  });

const operation = operationOn(path);
/** Few places, so that operations meet one another. */
const denseOperation = operationOn(
  fc.constantFrom("a", "a", "b", "a/b", "A", "b/../a", `${root}/a`, "link", "x.env", "a/x.env"),
);

function policyText(policy: PlainPolicy): string {
  const custom = Object.entries(policy.custom).map(([type, verbs]) =>
    `    ${type}: ${JSON.stringify(verbs)}\n`
  );
  return [
    `version: "1.0"\nenforcement:\n  mode: ${policy.isEnforced ? "enforce" : "observe"}\n`,
    `  on_unverified: ${policy.onUnverified}\n  default: ${policy.default}\n`,
    policy.maxFiles === null ? "" : `limits:\n  max_files_per_operation: ${policy.maxFiles}\n`,
    `protected:\n  files: ${JSON.stringify(policy.files)}\n`,
    `  secret_files: ${JSON.stringify(policy.secrets)}\n`,
    `  operations: ${JSON.stringify(policy.operations)}\n`,
    custom.length === 0 ? "" : `operations:\n  custom:\n${custom.join("")}`,
    `commands:\n  opaque: ${policy.opaque}\n`,
    `rules: ${JSON.stringify(policy.rules.map((rule, i) => ({ id: `r${i}`, ...rule })))}\n`,
  ].join("");
}

function judgeOn(text: string, asked: Operation, disk: Disk): Judgement {
  return decide(questionOn(text, asked, disk, null));
}

function questionOn(
  text: string,
  asked: Operation,
  disk: Disk,
  denials: Question["denials"],
): Question {
  const policy = parsePolicy(text, "policy.yaml");
  const plan = planEffects(
    asked,
    policy.customOperations,
    planCommand,
    createToolPlanner(policy.tools),
  );
  const facts = gatherFacts(asked, plan, { disk, measureComplexity }, {
    ...plainGuard,
    reads: policy.guardsReads,
  });
  const who = { principal: "uid:1", denials } as const;
  return { operation: asked, plan, policy, facts, ...who, scope: "policy" };
}

/** What is remembered of one denial. */
function deniedOnce(question: Question): Question["denials"] {
  const denied = { session: "s", keys: deniedKeys(decide(question), question) };
  const details = { decision: "deny", id: "1", principal: "uid:1", denied };
  return findDenials(foldDenial({ denials: [] }, 1, details), "uid:1");
}

function judgeText(text: string, asked: Operation, on: FakeTree): Judgement {
  return judgeOn(text, asked, createFakeDisk(root, on));
}

function judge(policy: PlainPolicy, asked: Operation, on: FakeTree): Judgement {
  return judgeText(policyText(policy), asked, on);
}

const strictness = { allow: 0, ask: 1, deny: 2 } as const;

function assertNoWider(wide: Judgement, narrow: Judgement): void {
  assert(strictness[narrow.verdict] >= strictness[wide.verdict], "allows more");
  const isFixed = wide.verdict === "deny" && !wide.overridable;
  assert(!isFixed || !narrow.overridable, "can be approved");
}

/** What a judgement says, less the words: which of several effects is named is a matter of order. */
function gist({ verdict, overridable, severity, findings, unmeasured, wouldDeny }: Judgement) {
  const reasons = findings.map(({ code, policy, effect }) =>
    code === "operation_protected" || code === "rule_matched"
      ? policy
      : `${policy} ${effect?.verb} ${effect?.resource}`
  );
  const said = [...new Set(reasons)].sort();
  return { verdict, overridable, severity, reasons: said, unmeasured, wouldDeny };
}

const oneKind = operation.filter(({ type }) =>
  !["file_rename", "file_copy", "file_link"].includes(type)
);

/** Policies in which hardly anything but rules speaks, and what they may speak about. */
const rulesOnly: fc.Arbitrary<PlainPolicy> = fc.record({
  files: fc.constant([]),
  secrets: fc.constant([]),
  operations: fc.constant([]),
  custom: fc.constant({}),
  maxFiles: fc.constant(null),
  isEnforced: fc.constant(true),
  onUnverified: fc.constantFrom("deny", "ask"),
  default: fc.constantFrom("allow", "deny"),
  opaque: fc.constantFrom("deny", "ask", "allow"),
  rules: fc.array(
    fc.record({
      effect: fc.constantFrom("deny", "ask", "warn", "warn", "warn"),
      match: fc.oneof(
        fc.record({ files: listedFiles }),
        fc.record({ commands: listedCommands }),
        fc.record({ tools: listedTools }),
        fc.record({
          files: listedFiles,
          commands: listedCommands,
          tools: listedTools,
          verbs: fc.subarray<Verb>(["read", "write", "create", "call", "execute"], {
            minLength: 2,
          }),
        }, { requiredKeys: [] }).filter((match) => Object.keys(match).length > 0),
      ),
    }),
    { minLength: 1, maxLength: 3 },
  ),
}) as fc.Arbitrary<PlainPolicy>;
const nearPath = fc.constantFrom(
  "a",
  "b",
  "b/a",
  "c",
  "/q/a",
  "/q/b",
  "../evil/a",
  "link",
  "link/a",
);
const nearOperation: fc.Arbitrary<Operation> = fc.record({
  type: fc.constantFrom("command", "command", "tool_call", "file_write", "file_read"),
  files: fc.array(nearPath, { minLength: 1, maxLength: 2 }),
  isNamed: fc.constantFrom(true, true, false),
  plan: fc.record({
    effects: fc.array(
      fc.record({
        verb: fc.constantFrom<Verb>("read", "write", "create"),
        resource: nearPath,
        kind: fc.constant("path"),
      }),
      { maxLength: 2 },
    ),
    doubts: fc.constantFrom([], [{ kind: "opaque", reason: "" }]),
    calls: fc.array(
      fc.array(fc.constantFrom("a", "a", "b", null), { minLength: 1, maxLength: 2 }),
      { maxLength: 2 },
    ),
  }),
  tool: fc.constantFrom("t", "u", "T"),
  isCalled: fc.boolean(),
}).map(({ type, files, isNamed, plan, tool, isCalled }) => {
  const isCommand = type === "command";
  const isTool = type === "tool_call" || (isCommand && isCalled);
  return parseOperation({
    type,
    affected_files: isNamed && (isCommand || isTool) ? [] : files,
    ...(isCommand ? { command: JSON.stringify(plan) } : {}),
    ...(isTool ? { tool: { name: tool } } : {}),
  });
});
const nearTree = fc.constantFrom<FakeTree>(
  {},
  { [`${root}/link`]: { kind: "link", target: "/q" } },
  { [`${root}/link`]: { kind: "link", target: "a" } },
  { [`${root}/a`]: { kind: "link", target: "/q/a" }, "/q/b": { kind: "link", target: "/p/evil" } },
  { [`${root}/b`]: { kind: "link", target: "c" }, "/q/a": { kind: "file", bytes: 1 } },
);

const nearOrAnyTree = fc.oneof(tree, nearTree);

const hasFiles = ({ affectedFiles }: Operation) => affectedFiles.length > 0;
const withEffect = (effect: PlainRule["effect"]) => plainRule.map((rule) => ({ ...rule, effect }));

describe("decide() property", () => {
  it("agrees with the reference decider on any policy, operation and disk", () => {
    fc.assert(
      fc.property(plainPolicy, operation, tree, (policy, asked, on) => {
        const isPlanned = asked.command?.startsWith("{") === true;
        const plan = isPlanned ? planCommand(asked.command ?? "") : null;
        const wanted = decidePlainly(policy, asked, createFakeDisk(root, on), plan);
        assertEquals(judge(policy, asked, on).verdict, wanted);
      }),
      { numRuns: 6_000 },
    );
  });

  for (
    const [name, policies, operations] of [
      ["any policy", plainPolicy, denseOperation],
      ["rules", rulesOnly, nearOperation],
    ] as const
  ) {
    it(`INV-4 remembers and meets denials as the reference does, under ${name}`, () => {
      let repeated = 0;
      fc.assert(
        fc.property(
          policies,
          fc.array(operations, { minLength: 2, maxLength: 4 }),
          nearOrAnyTree,
          (
            given,
            asked,
            on,
          ) => {
            const disk = createFakeDisk(root, on);
            let memory: readonly PlainDenial[] = [];
            let state: DenialState = { denials: [] };
            for (const [seq, one] of asked.entries()) {
              const question = questionOn(
                policyText(given),
                one,
                disk,
                findDenials(state, "uid:1"),
              );
              const judgement = decide(question);
              const plan = one.command === null || !one.command.startsWith("{")
                ? null
                : planCommand(one.command);
              const wanted = decideWithMemory(given, one, disk, plan, memory);
              assertEquals(judgement.verdict, wanted.verdict);
              const keys = deniedKeys(judgement, question);
              fc.pre(keys.length < maxDeniedKeys);
              const denied = { session: "s", keys };
              const details = {
                decision: judgement.verdict,
                id: `${seq}`,
                principal: "uid:1",
                denied,
              };
              state = foldDenial(state, seq, details);
              memory = wanted.memory;
              if (judgement.findings.some(({ reference }) => reference !== undefined)) repeated++;
            }
          },
        ),
        { numRuns: 2_000 },
      );
      assert(repeated > 50, `only ${repeated} denials were repeated`);
    });
  }

  it("memory never allows more, nor lets approve more, and another's changes nothing", () => {
    fc.assert(
      fc.property(plainPolicy, denseOperation, denseOperation, nearOrAnyTree, (
        given,
        first,
        second,
        on,
      ) => {
        const text = policyText(given);
        const disk = createFakeDisk(root, on);
        const denials = deniedOnce(questionOn(text, first, disk, null));
        const state = { denials: denials === null ? [] : [denials] };
        const ask = (who: string) =>
          decide(questionOn(text, second, disk, findDenials(state, who)));
        const plain = decide(questionOn(text, second, disk, null));
        const remembering = ask("uid:1");
        assertNoWider(plain, remembering);
        assertEquals(ask("uid:2"), plain);
        const isMore = remembering.findings.length >= plain.findings.length;
        assert(isMore, "a finding is gone");
      }),
      { numRuns: 2_000 },
    );
  });

  it("D4 adding a pattern or a rule that denies never allows more to whom was denied before", () => {
    fc.assert(
      fc.property(plainPolicy, pattern, withEffect("deny"), denseOperation, denseOperation, (
        given,
        more,
        rule,
        first,
        second,
      ) => {
        const disk = createFakeDisk(root, {});
        const denials = deniedOnce(questionOn(policyText(given), first, disk, null));
        const ask = (policy: PlainPolicy) =>
          decide(questionOn(policyText(policy), second, disk, denials));
        const before = ask(given);
        assertNoWider(before, ask({ ...given, files: [...given.files, more] }));
        assertNoWider(before, ask({ ...given, rules: [...given.rules, rule] }));
      }),
      { numRuns: 2_000 },
    );
  });

  it("D3 the order of files does not matter to what is remembered", () => {
    fc.assert(
      fc.property(plainPolicy, oneKind.filter(hasFiles), nearOrAnyTree, (given, asked, on) => {
        const disk = createFakeDisk(root, on);
        const keysOf = (affectedFiles: readonly string[]) => {
          const one = { ...asked, affectedFiles };
          const question = questionOn(policyText(given), one, disk, null);
          return deniedKeys(decide(question), question).toSorted();
        };
        const { affectedFiles: files } = asked;
        const keys = keysOf(files);
        fc.pre(keys.length < maxDeniedKeys);
        assertEquals(keysOf([...files].reverse().concat(files)), keys);
      }),
      { numRuns: 1_000 },
    );
  });

  it("agrees with it where nothing but rules decides", () => {
    fc.assert(
      fc.property(rulesOnly, nearOperation, nearTree, (policy, asked, on) => {
        const plan = asked.command === null ? null : planCommand(asked.command);
        const wanted = decidePlainly(policy, asked, createFakeDisk(root, on), plan);
        assertEquals(judge(policy, asked, on).verdict, wanted);
      }),
      { numRuns: 8_000 },
    );
  });

  // Found by the first property, seed 1457971207: all that was known was dropped with the rest.
  it("D2 judges what comes into a folder that cannot be listed", () => {
    const on: FakeTree = { [`${root}/a`]: { kind: "folder", isClosed: true } };
    const asked = parseOperation({ type: "file_copy", affected_files: ["b/.scalpel", "a"] });
    for (const mode of ["enforce", "observe"]) {
      const policy = `version: "1.0"\nenforcement:\n  mode: ${mode}\n  on_unverified: ask\n`;
      const { verdict, overridable, findings } = judgeText(policy, asked, on);
      assertEquals({ verdict, overridable }, { verdict: "deny", overridable: false }, mode);
      assertEquals(findings.map(({ code }) => code), ["path_protected", "operation_unverified"]);
    }
  });

  it("D1 a satisfied deny wins, whatever else the operation names", () => {
    fc.assert(
      fc.property(plainPolicy, oneKind, fc.array(path), tree, (policy, asked, more, on) => {
        const longer = { ...asked, affectedFiles: [...more, ...asked.affectedFiles] };
        const judgement = judge(policy, longer, on);
        assertNoWider(judge(policy, asked, on), judgement);
        const isDenied = judgement.findings.some(({ verdict }) => verdict === "deny");
        if (policy.isEnforced) assertEquals(judgement.verdict === "deny", isDenied);
      }),
      { numRuns: 1_000 },
    );
  });

  it("D2 no failure of the disk turns a deny into an allow", () => {
    fc.assert(
      fc.property(plainPolicy, operation, tree, inside, (policy, asked, on, broken) => {
        const disk = createFakeDisk(root, on);
        const isBroken = (at: string) => at.includes(broken);
        const failing: Disk = {
          ...disk,
          ownPlaces: [],
          root,
          resolve: (written, cwd) => {
            const found = disk.resolve(written, cwd);
            if (!isBroken(found.real ?? found.lexical)) return found;
            const nothing = { sizeBytes: null, linkCount: null, identity: null, real: null };
            return { ...found, ...nothing, kind: "unknown", failure: "EIO" };
          },
          listBelow: (folder, limit) => isBroken(folder) ? null : disk.listBelow(folder, limit),
        };
        const before = judgeOn(policyText(policy), asked, disk);
        const after = judgeOn(policyText(policy), asked, failing);
        // Watching, a folder that cannot be listed is let go, unless the engine's own is in it.
        const isListing = !policy.isEnforced && after.wouldDeny;
        if (before.verdict === "deny" && !isListing) assert(after.verdict !== "allow");
      }),
      { numRuns: 3_000 },
    );
  });

  it("D2 what nobody looked at is denied", () => {
    fc.assert(
      fc.property(plainPolicy, operation.filter(hasFiles), (given, asked) => {
        const policy = parsePolicy(policyText({ ...given, isEnforced: true }), "policy.yaml");
        const plan = planEffects(
          asked,
          policy.customOperations,
          null,
          createToolPlanner(policy.tools),
        );
        const facts = gatherFacts(asked, plan, {
          disk: createFakeDisk(root, {}),
          measureComplexity,
        });
        const blind = { ...facts, paths: new Map() };
        const who = { principal: "uid:1", denials: null };
        const question = { operation: asked, plan, policy, facts: blind, ...who };
        assertEquals(decide({ ...question, scope: "policy" }).verdict, "deny");
        assertEquals(decide({ ...question, scope: "protected_files" }).verdict, "deny");
      }),
      { numRuns: 300 },
    );
  });

  it("D3 order and duplicates of files, patterns and operations do not matter", () => {
    fc.assert(
      fc.property(plainPolicy, oneKind, tree, (policy, asked, on) => {
        const twice = <T>(list: readonly T[]) => [...list].reverse().concat(list);
        const other = {
          ...policy,
          files: twice(policy.files),
          operations: twice(policy.operations),
        };
        const again = { ...asked, affectedFiles: twice(asked.affectedFiles) };
        assertEquals(gist(judge(other, again, on)), gist(judge(policy, asked, on)));
      }),
      { numRuns: 1_000 },
    );
  });

  it("D3 the order of rules does not matter", () => {
    fc.assert(
      fc.property(plainPolicy, operation, tree, (policy, asked, on) => {
        const weigh = ({ verdict, overridable, severity, findings, warned }: Judgement) => {
          const codes = [...new Set(findings.map(({ code }) => code))].sort();
          return { verdict, overridable, severity, codes, warned: warned.length };
        };
        const turned = { ...policy, rules: policy.rules.toReversed() };
        assertEquals(weigh(judge(turned, asked, on)), weigh(judge(policy, asked, on)));
      }),
      { numRuns: 1_000 },
    );
  });

  it("D3 a file named twice is measured once", () => {
    const limits = 'version: "1.0"\nlimits:\n  max_complexity: 0\n  max_changes_per_operation: 1\n';
    const measured = (files: readonly string[]) => {
      const asked = { type: "file_write", affected_files: files, content: "if (a) b();" };
      return gist(judgeText(limits, parseOperation(asked), {}));
    };
    assertEquals(measured(["a.ts", "a.ts"]), measured(["a.ts"]));
    assertEquals(measured(["a.ts"]).reasons.length, 2);
  });

  it("D4 INV-8 adding a protected pattern or operation never allows more", () => {
    const extra = fc.subarray(Object.keys(guarded) as (keyof typeof guarded)[]);
    fc.assert(
      fc.property(
        ...[plainPolicy, operation, tree, fc.array(pattern, { maxLength: 3 }), extra] as const,
        (policy, asked, on, files, operations) => {
          const stricter = {
            ...policy,
            files: [...policy.files, ...files],
            operations: [...policy.operations, ...operations],
          };
          assertNoWider(judge(policy, asked, on), judge(stricter, asked, on));
        },
      ),
      { numRuns: 2_000 },
    );
  });

  it("D4 INV-8 adding a secret file or a rule that denies never allows more", () => {
    const secrets = fc.array(pattern, { maxLength: 2 });
    const denying = fc.array(withEffect("deny"), { maxLength: 2 });
    fc.assert(
      fc.property(
        ...[plainPolicy, operation, tree, secrets, denying] as const,
        (policy, asked, on, more, rules) => {
          const stricter = {
            ...policy,
            secrets: [...policy.secrets, ...more],
            rules: [...policy.rules, ...rules],
          };
          assertNoWider(judge(policy, asked, on), judge(stricter, asked, on));
        },
      ),
      { numRuns: 3_000 },
    );
  });

  it("D4 adding a rule that asks never turns anything into an allow", () => {
    const asking = fc.array(withEffect("ask"), { minLength: 1, maxLength: 3 });
    fc.assert(
      fc.property(plainPolicy, operation, tree, asking, (policy, asked, on, rules) => {
        const before = judge(policy, asked, on);
        const after = judge({ ...policy, rules: [...policy.rules, ...rules] }, asked, on);
        if (before.verdict !== "allow") assert(after.verdict !== "allow", "opens");
        const isFixed = before.verdict === "deny" && !before.overridable;
        assert(!isFixed || (after.verdict === "deny" && !after.overridable), "can be approved");
      }),
      { numRuns: 3_000 },
    );
  });

  it("D1 no rule releases what the engine or a protected list speaks about", () => {
    const releasing = fc.array(fc.oneof(withEffect("ask"), withEffect("warn")), { maxLength: 3 });
    const kept = (judgement: Judgement) =>
      judgement.findings.filter(({ policy, code }) =>
        /^(builtin|protected|limits)/.test(policy) && code !== "path_outside_root"
      );
    fc.assert(
      fc.property(plainPolicy, operation, tree, releasing, (policy, asked, on, rules) => {
        const closed = { ...policy, secrets: [...policy.secrets, "secret"] };
        const before = kept(judge(closed, asked, on));
        const after = kept(judge({ ...closed, rules: [...closed.rules, ...rules] }, asked, on));
        assertEquals(after, before);
      }),
      { numRuns: 2_000 },
    );
  });

  it("D4 nothing is stricter than on_unverified: deny and default: deny", () => {
    fc.assert(
      fc.property(plainPolicy, operation, tree, (policy, asked, on) => {
        const given = judge(policy, asked, on);
        assertNoWider(given, judge({ ...policy, onUnverified: "deny" }, asked, on));
        assertNoWider(given, judge({ ...policy, default: "deny" }, asked, on));
        assertNoWider(given, judge({ ...policy, isEnforced: true }, asked, on));
        assertNoWider(given, judge({ ...policy, maxFiles: 0 }, asked, on));
        const opaque = (setting: PlainPolicy["opaque"]) =>
          judge({ ...policy, opaque: setting }, asked, on);
        assertNoWider(opaque("allow"), opaque("ask"));
        assertNoWider(opaque("ask"), opaque("deny"));
      }),
      { numRuns: 1_000 },
    );
  });

  it("D5 INV-5 the same operation is the same decision, in any company and under any label", () => {
    fc.assert(
      fc.property(plainPolicy, fc.array(operation, { maxLength: 4 }), tree, (plain, list, on) => {
        const labelled = list.map((each) => ({
          ...each,
          timestamp: "2026-11-22T18:00:00Z",
          correlationId: "other",
          agent: { name: null, session: "another" },
        }));
        const bench = benchOf(parsePolicy(policyText(plain), "policy.yaml"), on);
        const first = judgeOperations(list, "uid:1", bench);
        const second = judgeOperations(labelled.toReversed(), "token:agent", bench).toReversed();
        assertEquals(first.map(sayings), second.map(sayings));
      }),
      { numRuns: 500 },
    );
  });

  it("D6 INV-10 no empty, null, 0 or odd claim allows more than none", () => {
    const claims = fc.constantFrom("complexity", "file_size", "changes");
    const odd = fc.constantFrom<Json>(null, 0, -1, "", "0", false, true, [], {}, "NaN", "Infinity");
    const content = fc.constantFrom(null, "", "a && b && c", "x\n".repeat(9));
    fc.assert(
      fc.property(claims, odd, content, operation, tree, (key, value, text, given, on) => {
        const asked = { ...given, content: text };
        const claimed = { ...asked, metadata: { [key]: value } };
        assertNoWider(judgeText(limited, asked, on), judgeText(limited, claimed, on));
      }),
      { numRuns: 1_000 },
    );
  });

  it("D6 INV-10 a limit of 0 allows no more than none", () => {
    fc.assert(
      fc.property(operation, tree, (asked, on) => {
        const without = judgeText('version: "1.0"\n', asked, on);
        assertNoWider(without, judgeText(limited.replaceAll(/: \d$/gm, ": 0"), asked, on));
      }),
      { numRuns: 500 },
    );
  });

  it("D6 INV-9 a type that neither engine nor policy knows is denied", () => {
    const type = fc.stringMatching(/^[a-z][a-z0-9_.:-]{0,20}$/)
      .filter((each) => !operationTypes.some((known) => known === each));
    fc.assert(
      fc.property(plainPolicy, operation, type, (given, asked, strange) => {
        const policy = { ...given, isEnforced: true, custom: {} };
        const { verdict, findings } = judge(policy, { ...asked, type: strange }, {});
        assertEquals(verdict, "deny");
        assert(findings.some(({ code }) => code === "operation_unknown"));
      }),
      { numRuns: 300 },
    );
  });
});

const limited = `version: "1.0"
limits:
  max_complexity: 1
  max_file_size: 5
  max_changes_per_operation: 3
  max_files_per_operation: 2
`;

function benchOf(policy: Policy, on: FakeTree): Bench {
  return {
    trust: { status: "trusted", policyDigest: "sha256:1", message: "", changed: [] },
    policy,
    stateDigest: "sha256:2",
    attestation: "same_uid",
    disk: createFakeDisk(root, on),
    sha256: (data) => createHash("sha256").update(data).digest(),
    measureComplexity,
    createPlanner: () => planCommand,
    toolReader,
    written: new Set<string>(),
    denials: [],
    randomBytes: (count) => new Uint8Array(count),
  };
}

function sayings({ judgement, context }: Judged) {
  return { ...judgement, digest: context.operationDigest };
}

/** The policy without the entry a finding is about; null where it is about something else. */
function withoutLine(policy: PlainPolicy, text: string, { code, location }: LintFinding) {
  if (!/^(?:pattern|operation|condition|rule)_(?:covered|repeated|shadowed)$/.test(code)) {
    return null;
  }
  const at =
    [...policyPositions(text)].find(([, { line, column }]) =>
      line === location?.line && column === location.column
    )?.[0] ?? "";
  // deno-lint-ignore no-explicit-any -- a copy of plain data, cut by its path
  const copy: any = structuredClone(policy);
  const keys: Readonly<Record<string, string>> = {
    "protected.files": "files",
    "protected.secret_files": "secrets",
    "protected.operations": "operations",
  };
  const [, list = "", index = ""] = /^(.*)\.(\d+)$/.exec(at) ?? [];
  const steps = (keys[list] ?? list).split(".");
  const found = steps.reduce((value, step) => value[step], copy);
  found.splice(Number(index), 1);
  return copy as PlainPolicy;
}

describe("lintPolicy()", () => {
  it("D1 what it says adds nothing can be left out: no verdict changes", () => {
    const seen: Record<string, number> = {};
    const check = (policy: PlainPolicy, asked: Operation, on: FakeTree) => {
      const text = policyText(policy);
      for (const finding of lintPolicy(new TextEncoder().encode(text), "f").findings) {
        const less = withoutLine(policy, text, finding);
        if (less === null) continue;
        seen[finding.code] = (seen[finding.code] ?? 0) + 1;
        const { verdict, overridable, wouldDeny } = judge(policy, asked, on);
        const after = judge(less, asked, on);
        assertEquals([after.verdict, after.overridable, after.wouldDeny], [
          verdict,
          overridable,
          wouldDeny,
        ], `${finding.message}\n${text}`);
      }
    };
    fc.assert(fc.property(plainPolicy, operation, tree, check), { numRuns: 1_500 });
    fc.assert(fc.property(rulesOnly, nearOperation, tree, check), { numRuns: 1_500 });
    for (const code of ["pattern_covered", "rule_shadowed", "condition_covered"]) {
      assert((seen[code] ?? 0) > 20, `${code} was met ${seen[code] ?? 0} times`);
    }
  });
});
