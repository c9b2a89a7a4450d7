/** Denial memory through the whole engine, with its log: decision/SPEC.md, "Denial memory". */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import type { Decision } from "../../src/core/decision/decision.ts";
import { maxDenials } from "../../src/core/limits.ts";
import { parseOperation } from "../../src/core/operation/parse_operation.ts";
import type { Engine } from "../../src/pdp.ts";
import { inOutcomeProject, type OutcomeProject } from "../support/outcome_project.ts";

const policy = `version: "1.0"
commands:
  opaque: ask
rules:
  - id: keep-notes
    match: {types: [file_delete], files: ["notes/"]}
  - id: no-publish
    match: {commands: ["npm publish *"]}
  - id: no-drop
    match: {tools: ["mcp__db__*"]}
  - id: tools
    match: {tools: ["mcp__fs__*"]}
    effect: ask
protected:
  files: ["*.env"]
`;

type Ask = (operation: object, principal?: string) => Promise<Decision>;

/** Files notes/a and notes/b are there. */
function inProject(body: (ask: Ask, given: OutcomeProject) => Promise<void>): Promise<void> {
  return inOutcomeProject("enforce", async (given) => {
    await given.accept(policy);
    for (const file of ["notes/a", "notes/b"]) given.project.write(file, "some text\n");
    await body(askOf(given.engine), given);
  });
}

function askOf(engine: Engine): Ask {
  return async (operation, principal = "uid:1") => {
    const [decision] = await engine.check([parseOperation(operation)], principal);
    if (decision === undefined) throw new Error("no decision");
    return decision;
  };
}

const remove = (file: string, session?: string) => ({
  type: "file_delete",
  affected_files: [file],
  ...(session === undefined ? {} : { agent: { name: "a", session } }),
});
const run = (command: string, session?: string) => ({
  type: "command",
  command,
  ...(session === undefined ? {} : { agent: { name: "a", session } }),
});

function codesOf({ violations }: Decision): readonly string[] {
  return [...new Set(violations.map(({ code }) => code))].sort();
}

/** `decision_id #seq` of every violation that refers to one, each once. */
function referencesOf({ violations }: Decision): readonly string[] {
  const texts = violations.flatMap(({ reference }) =>
    reference === undefined ? [] : [`${reference.decision_id} #${reference.seq}`]
  );
  return [...new Set(texts)];
}

const nameOf = ({ decision_id, audit }: Decision) => `${decision_id} #${audit.seq}`;

describe("denial memory", () => {
  const roads: readonly (readonly [string, object])[] = [
    ["rm", run("rm notes/a")],
    ["sed that deletes all lines", run("sed -i d notes/a")],
    ["a redirection that empties it", run("cat /dev/null > notes/a")],
    ["mv of something over it", run("mv notes/b notes/a")],
    ["mv away", run("mv notes/a elsewhere")],
    ["rm of the folder", run("rm -r notes")],
    ["git rm", run("git rm notes/a")],
    ["another spelling", run("cd notes && rm ./x/../A")],
    ["a rename", { type: "file_rename", affected_files: ["notes/a", "elsewhere"] }],
    ["a file written empty", { type: "file_write", affected_files: ["notes/a"], content: "" }],
    ["a file written unseen", { type: "file_write", affected_files: ["notes/a"] }],
    ["a hard link", { type: "file_link", affected_files: ["notes/a", "other"] }],
    ["a tool that was let ask", {
      type: "tool_call",
      tool: { name: "mcp__fs__remove", input: { path: "notes/a" } },
    }],
    ["a patch", {
      type: "code_modification",
      affected_files: ["notes/a"],
      diff: "*** Begin Patch\n*** Delete File: notes/a\n*** End Patch\n",
    }],
    ["a diff that leaves nothing", {
      type: "code_modification",
      affected_files: ["notes/a"],
      diff: "--- a/notes/a\n+++ b/notes/a\n@@ -1 +0,0 @@\n-some text\n",
    }],
  ];
  for (const [name, operation] of roads) {
    it(`denies the same effect by ${name}, with the first denial's reference`, () =>
      inProject(async (ask) => {
        const before = await ask(operation);
        assert(before.decision !== "deny", `without memory it is ${codesOf(before)}`);
        const first = await ask(remove("notes/a"));
        assertEquals([first.decision, codesOf(first)], ["deny", ["rule_matched"]]);
        const second = await ask(operation);
        assertEquals([second.decision, referencesOf(second)], ["deny", [nameOf(first)]]);
        assert(codesOf(second).includes("denied_before"), String(codesOf(second)));
        assertEquals([second.allowed, second.overridable], [false, true]);
        const violation = second.violations.find(({ code }) => code === "denied_before");
        assertEquals(violation?.policy, "builtin.denial_memory");
        assertMatch(violation?.message ?? "", new RegExp(`${first.decision_id}.*another|other`));
      }));
  }

  const others: readonly (readonly [string, object])[] = [
    ["reads of it", { type: "file_read", affected_files: ["notes/a"] }],
    ["an edit that shows what it leaves", {
      type: "file_write",
      affected_files: ["notes/a"],
      content: "other text\n",
    }],
    ["another file", run("rm notes/c")],
    ["the file its name begins with", run("rm notes/ab")],
    ["a file below the name, where no folder is", run("touch other/notes/a")],
  ];
  for (const [name, operation] of others) {
    it(`leaves alone ${name}`, () =>
      inProject(async (ask) => {
        assertEquals((await ask(remove("notes/a"))).decision, "deny");
        assertEquals((await ask(operation)).decision, "allow");
      }));
  }

  it("refers to the first denial from every later one, not to the one before", () =>
    inProject(async (ask) => {
      const first = await ask(remove("notes/a"));
      for (const operation of [remove("notes/a"), run("rm notes/a"), remove("notes/a")]) {
        assertEquals(referencesOf(await ask(operation)), [nameOf(first)]);
      }
      const env = await ask({ type: "file_write", affected_files: ["x.env"] });
      const again = await ask(run("rm x.env"));
      assertEquals([codesOf(again), referencesOf(again)], [["path_protected"], [nameOf(env)]]);
    }));

  it("remembers the call of a command and of a tool, and what came of it", () =>
    inProject(async (ask) => {
      const published = await ask(run("mkdir -p out && npm publish --tag x"));
      assertEquals(codesOf(published), ["rule_matched"]);
      // An honest part of the line stays possible.
      assertEquals((await ask(run("mkdir -p out"))).decision, "allow");
      const again = await ask(run("cd . && npm publish --tag x"));
      assertEquals([again.decision, referencesOf(again)], ["deny", [nameOf(published)]]);
      const input = { path: "notes/b" };
      const dropped = await ask({ type: "tool_call", tool: { name: "mcp__db__drop", input } });
      const moved = await ask(run("mv notes/b x"));
      assertEquals([moved.decision, referencesOf(moved)], ["deny", [nameOf(dropped)]]);
    }));

  it("takes a symlink for what it leads to, and for its own name when it leads elsewhere", () =>
    inProject(async (ask, { project }) => {
      Deno.symlinkSync("notes/b", `${project.root}/link`);
      const first = await ask(remove("notes/b"));
      const through = await ask(run("cat /dev/null > link"));
      assertEquals([through.decision, referencesOf(through)], ["deny", [nameOf(first)]]);
      Deno.removeSync(`${project.root}/link`);
      assertEquals((await ask(run("cat /dev/null > link"))).decision, "allow");
    }));

  it("remembers no limit, doubt or ask: an honest retry meets them", () =>
    inProject(async (ask, { accept }) => {
      await accept(`version: "1.0"
limits:
  max_files_per_operation: 1
rules:
  - {id: asked, match: {types: [file_delete]}, effect: ask}
`);
      const asked = await ask(remove("notes/a"));
      assertEquals(asked.decision, "ask");
      const two = { type: "file_write", affected_files: ["notes/a", "notes/b"] };
      assertEquals(codesOf(await ask(two)), ["limit_exceeded"]);
      const unknown = { type: "tool_call", tool: { name: "x", input: { path: "notes/a" } } };
      assertEquals(codesOf(await ask(unknown)), ["operation_unverified"]);
      assertEquals(codesOf(await ask(run("rm $X notes/a"))), ["operation_unverified"]);
      const out = { type: "file_write", affected_files: ["../x"] };
      assertEquals(codesOf(await ask(out)), ["path_outside_root"]);
      for (const retry of [run("rm notes/a"), run("touch notes/b")]) {
        const { decision, violations } = await ask(retry);
        assertEquals([decision, violations], ["allow", []]);
      }
    }));

  for (const setting of ["mode: observe", "enabled: false"]) {
    it(`remembers nothing under ${setting}`, () =>
      inProject(async (ask, { accept, entries }) => {
        await accept(`${policy}enforcement:\n  ${setting}\n`);
        assertEquals((await ask(remove("notes/a"))).would_deny, true);
        const second = await ask(run("rm notes/a"));
        assertEquals([second.decision, codesOf(second)], ["allow", []]);
        const written = await entries("audit.decision");
        assertEquals(written.filter(({ details }) => details["denied"] !== undefined), []);
      }));
  }

  it("another session label, or none, is no way out, and does not end the memory", () =>
    inProject(async (ask) => {
      const first = await ask(remove("notes/a", "s1"));
      for (const session of ["s2", undefined, "s1"]) {
        const again = await ask(run("rm notes/a", session));
        assertEquals([again.decision, referencesOf(again)], ["deny", [nameOf(first)]], session);
      }
    }));

  it("ends with its session, which only an end ends, and not with another", () =>
    inProject(async (ask, { engine, entries }) => {
      await ask(remove("notes/a", "s1"));
      await engine.settle({ session: "s1", reason: "stop" }, "uid:1");
      await engine.settle({ session: "s2", reason: "session_end", ended: true }, "uid:1");
      await engine.settle({ session: null, reason: "session_end", ended: true }, "uid:1");
      assertEquals((await ask(run("rm notes/a", "s1"))).decision, "deny");
      assertEquals(await entries("state.session_ended"), []);
      await engine.settle({ session: "s1", reason: "session_end", ended: true }, "uid:1");
      assertEquals((await ask(run("rm notes/a", "s1"))).decision, "allow");
      const [end, ...more] = await entries("state.session_ended");
      assertEquals([end?.details["session"], end?.details["denials"], more], ["s1", 1, []]);
    }));

  it("stays for each session that was denied, until that ends too", () =>
    inProject(async (ask, { engine }) => {
      const first = await ask(remove("notes/a", "s1"));
      const second = await ask(remove("notes/a", "s2"));
      assertEquals(referencesOf(second), [nameOf(first)]);
      await engine.settle({ session: "s1", reason: null, ended: true }, "uid:1");
      assertEquals(referencesOf(await ask(run("rm notes/a"))), [nameOf(second)]);
      await engine.settle({ session: "s2", reason: null, ended: true }, "uid:1");
      assertEquals((await ask(run("rm notes/a"))).decision, "allow");
    }));

  it("what was denied only by memory is not remembered on its own", () =>
    inProject(async (ask, { engine }) => {
      await ask(remove("notes/a", "s1"));
      assertEquals(codesOf(await ask(run("rm notes/a", "s2"))), ["denied_before"]);
      await engine.settle({ session: "s1", reason: null, ended: true }, "uid:1");
      assertEquals((await ask(run("rm notes/a", "s2"))).decision, "allow");
    }));

  it("another principal neither sets nor meets nor clears it", () =>
    inProject(async (ask, { engine }) => {
      const first = await ask(remove("notes/a", "s"), "uid:1");
      assertEquals((await ask(run("rm notes/a", "s"), "uid:2")).decision, "allow");
      const theirs = await ask(remove("notes/a", "s"), "uid:2");
      assertEquals(referencesOf(theirs), []);
      await engine.settle({ session: "s", reason: null, ended: true }, "uid:2");
      for (let i = 0; i <= 2 * maxDenials; i++) await ask(remove(`notes/n${i}`, "s"), "uid:2");
      await engine.settle({ session: "s", reason: null, ended: true }, "uid:2");
      assertEquals((await ask(run("rm notes/a", "s"), "uid:2")).decision, "allow");
      const mine = await ask(run("rm notes/a", "s"), "uid:1");
      assertEquals([mine.decision, referencesOf(mine)], ["deny", [nameOf(first)]]);
    }));

  it("ends with a change of the policy", () =>
    inProject(async (ask, { accept }) => {
      await ask(remove("notes/a"));
      assertEquals((await ask(run("rm notes/a"))).decision, "deny");
      await accept(`${policy}# changed\n`);
      assertEquals((await ask(run("rm notes/a"))).decision, "allow");
    }));

  it("is not flooded out: what is remembered stays, and every answer says that it is full", () =>
    inProject(async (ask) => {
      const first = await ask(remove("notes/a"));
      for (let i = 0; i < maxDenials + 2; i++) await ask(remove(`notes/n${i}`));
      const again = await ask(run("rm notes/a"));
      assertEquals([again.decision, referencesOf(again)], ["deny", [nameOf(first)]]);
      assertMatch(again.notices?.join() ?? "", /denials is full: 3 later ones/);
      assertEquals((await ask(run("rm notes/n0"))).decision, "deny");
      assertEquals((await ask(run(`rm notes/n${maxDenials + 1}`))).decision, "allow");
    }));

  it("spends no key on each file of the engine's folder: what else was denied has room", () =>
    inProject(async (ask, { entries, project }) => {
      const move = {
        type: "file_rename",
        affected_files: [".", "moved"],
        diff: "--- a/a.env\n+++ b/a.env\n@@ -1 +1 @@\n-a\n+b\n",
      };
      const before = await ask(move, "uid:1");
      for (let i = 0; i < 20; i++) project.write(`.scalpel/more/${i}/file`, "");
      const after = await ask(move, "uid:2");
      const decisions = await entries("audit.decision");
      const [one, other] = [before, after].map(({ audit }) =>
        decisions.find(({ seq }) => seq === audit.seq)?.details["denied"]
      );
      assertEquals(one, other);
      const { keys } = one as unknown as { readonly keys: readonly string[] };
      // The engine's folder as it would be called then, the root that goes, and what the diff writes.
      assertEquals(keys.map((key) => key.replace(/[0-9a-f]{12}$/, "")), ["!c", "!d", "w"]);
      assertEquals((await ask(run("tee moved/.scalpel/more/1/file"), "uid:2")).decision, "deny");
    }));

  it("is in the log, for another process as for this one, and R1 replays it", () =>
    inProject(async (ask, { again, engine, entries }) => {
      const first = await ask(remove("notes/a", "s"));
      const second = await askOf(await again())(run("rm notes/a", "t"));
      assertEquals(referencesOf(second), [nameOf(first)]);
      await ask(run("python3 -c 'import os; os.remove(\"notes/a\")'", "t"));
      await engine.settle({ session: "s", reason: null, ended: true }, "uid:1");
      assertEquals((await ask(run("rm notes/a", "s"))).decision, "allow");
      const replayed = await Array.fromAsync(engine.replay({ first: 0, last: Infinity }));
      assertEquals(replayed.map(({ status }) => status), ["agrees", "agrees", "agrees", "agrees"]);
      const [entry] = (await entries("audit.decision")).filter(({ seq }) =>
        seq === second.audit.seq
      );
      const reference = { decision_id: first.decision_id, seq: first.audit.seq };
      assertEquals(entry?.details["reference"], reference);
      assertEquals((await engine.verifyLog()).verdict, "OK-UNANCHORED");
    }));
});
