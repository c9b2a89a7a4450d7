import { assertEquals, assertStringIncludes } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { decisionEvent } from "../../../src/core/decision/encode_decision.ts";
import type { JsonObject } from "../../../src/core/operation/operation.ts";
import { said, Story } from "../../support/story.ts";

const budget = (text: string) => `budgets:\n  - {id: b, ${text}}\n`;
const rule = (match: string, more = "") => `rules:\n  - {id: r, match: {${match}}${more}}\n`;
const remove = (...files: string[]): JsonObject => ({ type: "file_delete", affected_files: files });
const write = (...files: string[]): JsonObject => ({
  type: "file_write",
  affected_files: files,
  content: "a\nb\n",
});
const read = (...files: string[]): JsonObject => ({ type: "file_read", affected_files: files });
const run = (command: string): JsonObject => ({ type: "command", command });
const connect: JsonObject = {
  type: "network",
  affected_files: [],
  metadata: { url: "https://example.org/" },
};

describe("budgets", () => {
  it("deny the operation that would bring the count above max, whole", () => {
    const story = new Story(budget("count: deletes, per: session, max: 3"));
    assertEquals(story.ask(remove("a", "b")), "allow");
    assertEquals(story.ask(remove("c", "d")), "deny budgets.b");
    assertEquals(story.ask(remove("c")), "allow");
    assertEquals(story.ask(remove("d")), "deny budgets.b");
    assertEquals(story.ask(write("d")), "allow");
  });

  it("D6 a max of 0 allows none", () => {
    const story = new Story(budget("count: operations, per: day, max: 0"));
    assertEquals(story.ask(read("a")), "deny budgets.b");
  });

  it("D6 what nobody counted is used up", () => {
    const story = new Story(budget("count: operations, per: day, max: 9"));
    assertEquals(story.ask(read("a"), { memory: undefined } as never), "deny budgets.b");
  });

  it("say code, place, what is used and what is allowed", () => {
    const story = new Story(
      budget("count: deletes, per: hour, max: 1, severity: LOW, reason: Clean up by hand"),
    );
    story.ask(remove("a"));
    const [judged] = story.judge([remove("b")]);
    const finding = judged?.judgement.findings[0];
    assertEquals(
      [finding?.code, finding?.sourceKey, finding?.severity, finding?.overridable],
      ["budget_exceeded", "budgets.0", "LOW", true],
    );
    assertEquals(
      finding?.message,
      'Budget "b" allows 1 deletes in the last hour: 1 used, this takes 1: Clean up by hand',
    );
  });

  it("ask where they say so, and tell when little is left", () => {
    const story = new Story(budget("count: operations, per: session, max: 5, effect: ask"));
    const notices = () => story.judge([read("a")])[0]?.judgement.notices ?? [];
    assertEquals([1, 2, 3].map(() => notices().length), [0, 0, 0]);
    assertEquals(notices(), ["budget b: 4 of 5 operations in this session with this one"]);
    notices();
    assertEquals(story.ask(read("a")), "ask budgets.b");
  });

  const counted: readonly (readonly [string, JsonObject, number])[] = [
    ["count: operations", run("ls; ls"), 1],
    ["count: commands", run("ls; ls && ls"), 3],
    ["count: commands", read("a"), 0],
    ['count: commands, match: {commands: ["rm *"]}', run("ls; rm a; rm b"), 2],
    ["count: files", write("a", "b"), 2],
    ["count: files", write("a", "./a"), 1],
    ["count: files", read("a", "b"), 0],
    ["count: files, match: {verbs: [read]}", read("a", "b"), 2],
    ['count: files, match: {files: ["src/"]}', write("src/a", "b"), 1],
    ['count: files, match: {files: ["*.sql"]}', remove("many"), 1],
    ["count: files", run("touch a b"), 2],
    ["count: deletes", run("rm a b"), 2],
    ["count: deletes", run("rm -r many"), 6],
    ["count: deletes", remove("many"), 6],
    ["count: deletes", { type: "file_rename", affected_files: ["a", "b"] }, 1],
    ["count: deletes", write("a"), 0],
    ["count: lines", write("a"), 2],
    ["count: lines", { ...write("a"), metadata: { changes: 40 } }, 40],
    ["count: lines", { ...write("a"), metadata: { changes: 1.5 } }, 2],
    ["count: lines", read("a"), 0],
    ["count: lines", run("touch a"), 0],
    ["count: operations, match: {types: [command]}", run("ls"), 1],
    ["count: operations, match: {types: [command]}", read("a"), 0],
    ['count: operations, match: {principals: ["token:*"]}', read("a"), 0],
  ];
  for (const [text, given, count] of counted) {
    it(`${text}: ${JSON.stringify(given).slice(0, 90)} is ${count}`, () => {
      const within = new Story(budget(`${text}, per: session, max: ${count}`));
      assertEquals(within.ask(given).split(" ")[0], "allow");
      if (count === 0) return assertEquals(within.state.counted, null);
      const above = new Story(budget(`${text}, per: session, max: ${count - 1}`));
      assertEquals(above.ask(given), "deny budgets.b");
      assertEquals(above.state.counted, null);
    });
  }

  it("list lines that nobody can count as unmeasured, and treat them as limits do", () => {
    const story = new Story(budget("count: lines, per: session, max: 9"));
    const unknown = { type: "file_write", affected_files: ["a"] };
    assertEquals(story.ask(unknown), "allow ?budgets.b");
    assertEquals(
      story.ask(unknown, { unmeasured: "unverified" } as never),
      "deny enforcement.on_unverified ?budgets.b",
    );
    assertEquals(story.ask({ ...unknown, metadata: { changes: "few" } }), "deny budgets.b");
  });

  it("count what was allowed in observe mode: it ran", () => {
    const story = new Story(
      `enforcement: {mode: observe}\n${budget("count: deletes, per: session, max: 1")}`,
    );
    assertEquals(story.ask(remove("a")), "allow");
    assertEquals(story.ask(remove("b")), "allow budgets.b");
    const [judged] = story.judge([remove("c")]);
    assertEquals(judged?.judgement.wouldDeny, true);
    assertStringIncludes(judged?.judgement.findings[0]?.message ?? "", "2 used");
  });

  it("count nothing that was denied", () => {
    const story = new Story(
      `protected: {files: ["*.env"]}\n${budget("count: files, per: session, max: 1")}`,
    );
    for (let i = 0; i < 5; i++) story.ask(write(".env"));
    assertEquals(story.state.counted, null);
    assertEquals(story.ask(write("a")), "allow");
  });

  it("count an ask when its outcome says that a human agreed", () => {
    const settings = rule("verbs: [delete]", ", effect: ask") +
      budget("count: deletes, per: session, max: 1");
    const promise = { expectsOutcome: true } as never;
    const named = (id: string) => ({ ...remove(id), correlation_id: id });
    const story = new Story(settings);
    assertEquals(story.ask(named("a"), promise), "ask rules.r");
    story.outcome(0, false);
    assertEquals(story.ask(named("b"), promise), "ask rules.r");
    assertEquals(story.ask(named("c")), "ask rules.r");
    story.outcome(3, true);
    assertEquals(story.ask(named("d"), promise), "ask rules.r");
    story.outcome(2, true);
    assertEquals(story.ask(named("e"), promise), "deny budgets.b rules.r");
  });

  it("count the first operation of a batch before the second", () => {
    const story = new Story(budget("count: deletes, per: session, max: 1"));
    const judged = story.judge([remove("a"), remove("b"), read("c")]);
    assertEquals(judged.map(said), ["allow", "deny budgets.b", "allow"]);
  });

  it("keep principals and sessions apart", () => {
    const story = new Story(
      "budgets:\n  - {id: s, count: deletes, per: session, max: 1}\n" +
        "  - {id: d, count: deletes, per: day, max: 2}\n",
    );
    const ask = (principal: string, session: string | null) =>
      story.ask(remove("a"), { principal, session });
    assertEquals(ask("uid:1", "x"), "allow");
    assertEquals(ask("uid:1", "x"), "deny budgets.s");
    assertEquals(ask("uid:1", null), "allow");
    assertEquals(ask("uid:1", "y"), "deny budgets.d");
    assertEquals(ask("uid:2", "x"), "allow");
  });

  it("let no hour and no day hold more than max, and forget after it", () => {
    for (const [per, seconds, late] of [["hour", 3_600, 600], ["day", 86_400, 14_400]] as const) {
      const story = new Story(budget(`count: deletes, per: ${per}, max: 2`));
      story.ask(remove("a"));
      story.seconds += seconds / 2;
      story.ask(remove("a"));
      story.seconds += seconds / 2 - 1;
      assertEquals(story.ask(remove("a")), "deny budgets.b", per);
      story.seconds += late + 1;
      assertEquals(story.ask(remove("a")), "allow", per);
      assertEquals(story.ask(remove("a")), "deny budgets.b", per);
    }
  });

  it("a clock that goes back resets nothing, and one that is far back again neither", () => {
    const story = new Story(budget("count: deletes, per: hour, max: 1"));
    story.ask(remove("a"));
    for (const back of [60, 86_400, 30 * 86_400]) {
      story.seconds -= back;
      assertEquals(story.ask(remove("a")), "deny budgets.b");
    }
  });

  it("keep their counts when max, effect or id change, and not when the meaning does", () => {
    const story = new Story(budget("count: deletes, per: session, max: 1"));
    story.ask(remove("a"));
    const under = (text: string) => {
      story.policy = new Story(text).policy;
      return story.ask(remove("a"));
    };
    assertEquals(
      under("budgets:\n  - {id: c, count: deletes, per: session, max: 1, effect: ask}\n"),
      "ask budgets.c",
    );
    const files = budget('count: deletes, match: {files: ["a"]}, per: session, max: 1');
    assertEquals(under(files), "allow");
    assertEquals(under(files), "deny budgets.b");
  });

  it("leave entry and state as they are where the policy has none", () => {
    const story = new Story("");
    const [judged] = story.judge([remove("a")]);
    assertEquals(story.state.counted, null);
    assertEquals(judged?.context.counted, undefined);
    assertEquals(judged?.question?.history, undefined);
  });
});

describe("rules that look back", () => {
  it("after reading secrets no network", () => {
    const story = new Story(
      rule('verbs: [connect], after: {verbs: [read], files: ["secrets/"], within: session}'),
    );
    const ask = (given: JsonObject, session = "s", principal = "uid:1") =>
      story.ask(given, { session, principal });
    assertEquals(ask(connect), "allow");
    assertEquals(ask(read("other")), "allow");
    assertEquals(ask(connect), "allow");
    assertEquals(ask(read("secrets/a")), "allow");
    assertEquals(ask(connect), "deny rules.r");
    assertEquals(ask(run("curl https://example.org/")).split(" ")[0], "deny");
    assertEquals(ask(connect, "t"), "allow");
    assertEquals(ask(connect, "s", "uid:2"), "allow");
  });

  it("see a read through a folder, a command and in the same batch", () => {
    const settings = rule(
      'verbs: [connect], after: {verbs: [read], files: ["secrets/"], within: hour}',
    );
    for (const given of [read("."), run("cat secrets/a"), run("grep -r x ."), read("secrets")]) {
      const story = new Story(settings);
      assertEquals(story.judge([given, connect]).map(said), ["allow", "deny rules.r"]);
    }
  });

  it("do not look back to what was denied", () => {
    const story = new Story(
      `protected: {secret_files: ["secrets/"]}\n` +
        rule('verbs: [connect], after: {verbs: [read], files: ["secrets/"], within: day}'),
    );
    assertEquals(story.ask(read("secrets/a")), "deny protected.secret_files");
    assertEquals(story.ask(connect), "allow");
  });

  it("deploy only after an approval of somebody else, for an hour", () => {
    const story = new Story(
      "operations: {custom: {approve_deploy: [call]}}\ncommands: {opaque: allow}\n" +
        rule(
          'commands: ["deploy *"], ' +
            'without: {types: [approve_deploy], principals: ["token:operator"], within: hour}',
        ),
    );
    const approve = { type: "approve_deploy", affected_files: [] };
    const deploy = () => story.ask(run("deploy now"));
    assertEquals(deploy(), "deny rules.r");
    assertEquals(story.ask(approve), "allow");
    assertEquals(deploy(), "deny rules.r");
    assertEquals(story.ask(approve, { principal: "token:operator" }), "allow");
    assertEquals(deploy(), "allow");
    story.seconds += 3_600;
    assertEquals(deploy(), "allow");
    story.seconds += 1;
    assertEquals(deploy(), "deny rules.r");
  });

  it("what lifts a denial must be certain and named exactly", () => {
    const story = new Story(
      "commands: {opaque: allow}\n" +
        rule('commands: ["deploy"], without: {commands: ["deno test *"], within: session}'),
    );
    for (const other of ["/tmp/deno test", "$X test", "deno $Y", "Deno test"]) {
      story.ask(run(other));
      assertEquals(story.ask(run("deploy")), "deny rules.r", other);
    }
    story.ask(run("deno test -A"));
    assertEquals(story.ask(run("deploy")), "allow");
  });

  it("an agreed ask lifts nothing, and is looked back to by what forbids", () => {
    const settings = (key: string) =>
      'rules:\n  - {id: asks, match: {files: ["secrets/"]}, effect: ask}\n' +
      `  - {id: r, match: {verbs: [connect], ${key}: {files: ["secrets/"], within: day}}}\n`;
    const given = { ...read("secrets/a"), correlation_id: "c" };
    for (const [key, before, after] of [["after", "allow", "deny"], ["without", "deny", "deny"]]) {
      const story = new Story(settings(String(key)));
      assertEquals(story.ask(given, { expectsOutcome: true } as never), "ask rules.asks");
      assertEquals(story.ask(connect).split(" ")[0], before);
      story.outcome(0, true);
      assertEquals(story.ask(connect).split(" ")[0], after, key);
    }
  });

  it("D6 match where nobody looked", () => {
    for (const key of ["after", "without"]) {
      const story = new Story(rule(`verbs: [read], ${key}: {types: [command], within: day}`));
      assertEquals(story.ask(read("a"), { memory: undefined } as never), "deny rules.r", key);
    }
  });

  it("release nothing", () => {
    const settings = (more: string) =>
      "enforcement: {default: deny}\n" +
      rule(`files: ["a"]${more}`, ", effect: warn");
    assertEquals(new Story(settings("")).ask(read("a")), "allow");
    for (const more of ["after", "without"]) {
      const past = `, ${more}: {types: [file_read], within: day}`;
      const story = new Story(settings(past));
      assertEquals(story.ask(read("a")), "deny enforcement.default");
    }
  });
});

describe("rules that observe", () => {
  const judge = (settings: string, given: JsonObject) => {
    const [judged] = new Story(settings).judge([given]);
    if (judged === undefined) throw new Error("no judgement");
    return judged;
  };

  it("change no verdict, and say what they would have said", () => {
    const judged = judge(rule("verbs: [read]", ", mode: observe, reason: Why"), read("a"));
    const { verdict, wouldDeny, mode, findings, observed, notices, overridable } = judged.judgement;
    assertEquals([verdict, wouldDeny, mode, findings, overridable], [
      "allow",
      true,
      "enforce",
      [],
      false,
    ]);
    assertEquals(observed?.map(({ policy, verdict }) => [policy, verdict]), [["rules.r", "deny"]]);
    assertEquals(notices.length, 1);
    assertStringIncludes(notices[0] ?? "", 'would deny, and only observes: Rule "r"');
    const { details } = decisionEvent(judged.judgement, judged.context);
    assertEquals([details["observed"], details["would_deny"], details["violated"]], [
      ["rules.r"],
      true,
      [],
    ]);
    assertStringIncludes(String(details["reason"]), 'Rule "r"');
  });

  it("make nothing overridable, milder or stricter beside a rule in force", () => {
    const settings =
      "rules:\n  - {id: o, mode: observe, match: {verbs: [read]}, severity: CRITICAL}\n" +
      "  - {id: e, match: {verbs: [read]}, effect: ask, severity: LOW}\n";
    const { verdict, findings, severity, wouldDeny } = judge(settings, read("a")).judgement;
    assertEquals(
      [verdict, findings.map(({ policy }) => policy), severity, wouldDeny],
      ["ask", ["rules.e"], "LOW", true],
    );
  });

  it("release nothing", () => {
    const settings = "enforcement: {default: deny}\n" +
      rule('files: ["a"]', ", effect: warn, mode: observe");
    assertEquals(said(judge(settings, read("a"))), "deny enforcement.default");
  });

  it("what may happen is observed under the rule's own name", () => {
    const settings = "commands: {opaque: deny}\n" +
      rule('verbs: [write], files: ["many/deep/"]', ", mode: observe");
    const tool = {
      type: "tool_call",
      tool: { name: "x", input: { path: "many" } },
      affected_files: [],
    };
    const { findings, observed } = judge(settings, tool).judgement;
    assertEquals(findings.map(({ policy }) => policy), ["enforcement.on_unverified"]);
    assertEquals(observed?.map(({ policy }) => policy), ["rules.r"]);
  });
});
