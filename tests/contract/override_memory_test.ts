/** What a grant makes of the denial memory: decision/SPEC.md, "Denial memory". */
import { assert, assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import type { Decision } from "../../src/core/decision/decision.ts";
import {
  byRecovery,
  inOverrideProject,
  type OverrideProject,
} from "../support/override_project.ts";

const policy = `version: "1.0"
protected:
  files: ["*.env"]
rules:
  - {id: keep-notes, match: {types: [file_delete], files: ["notes/"]}}
overrides:
  approvers: [{name: ada}]
`;

const remove = (file: string, session?: string) => ({
  type: "file_delete",
  affected_files: [file],
  ...(session === undefined ? {} : { agent: { name: "a", session } }),
});
const run = (command: string) => ({ type: "command", command });
const codesOf = ({ violations }: Decision) => [...new Set(violations.map(({ code }) => code))];

interface Given extends OverrideProject {
  readonly approve: (denied: Decision) => Promise<void>;
}

function inProject(body: (given: Given) => Promise<void>): Promise<void> {
  return inOverrideProject(async (given) => {
    for (const file of ["notes/a", "notes/b", "notes/c"]) given.project.write(file, "text\n");
    const ada = await given.enrol("ada");
    let codes = 0;
    const approve = async (denied: Decision) => {
      await given.engine.overrides.approve(given.approval(denied, byRecovery(ada, codes++)));
    };
    await body({ ...given, approve });
    for await (const result of given.engine.replay({ first: 0, last: 1_000 })) {
      assertEquals(result.status, "agrees", JSON.stringify(result));
    }
  }, { policy });
}

describe("a grant and the denial memory", () => {
  it("what was approved is denied by no other road any more, in no session of the principal", () =>
    inProject(async ({ check, approve }) => {
      await check(remove("notes/a", "earlier"));
      const denied = await check(remove("notes/a"));
      assertEquals(codesOf(await check(run("rm notes/a"))), ["denied_before"]);
      await approve(denied);
      assertEquals((await check(run("rm notes/a"))).decision, "allow");
      // The grant is for the operation that was approved, and still there for it.
      assertEquals((await check(remove("notes/a"))).override?.status, "granted");
      assertEquals(codesOf(await check(remove("notes/a"))), ["rule_matched"]);
    }));

  it("what else was denied stays denied, of this principal and of others", () =>
    inProject(async ({ check, approve }) => {
      const denied = await check(remove("notes/a"));
      const other = await check(remove("notes/b"));
      await check(remove("notes/a"), "uid:2");
      await approve(denied);
      const again = await check(run("rm notes/b"));
      assertEquals(codesOf(again), ["denied_before"]);
      assertEquals(again.violations[0]?.reference?.decision_id, other.decision_id);
      assertEquals(codesOf(await check(run("rm notes/a"), "uid:2")), ["denied_before"]);
      // One line with both is denied for the one that was not approved.
      const both = await check(run("rm notes/a notes/b"));
      assertEquals(both.violations.map(({ effect }) => effect?.resource), ["notes/b"]);
    }));

  it("of a denial with several things only those that were approved are forgotten", () =>
    inProject(async ({ check, approve }) => {
      await check({ type: "file_delete", affected_files: ["notes/a", "notes/b"] });
      await approve(await check(remove("notes/a")));
      assertEquals((await check(run("rm notes/a"))).decision, "allow");
      assertEquals(codesOf(await check(run("rm notes/b"))), ["denied_before"]);
    }));

  it("what no approval lifts stays, also beside what was approved", () =>
    inProject(async ({ check, approve }) => {
      const hard = await check(remove(".scalpel/policy.yaml"));
      assertEquals(hard.overridable, false);
      await approve(await check(remove("notes/a")));
      const again = await check(run("rm .scalpel/policy.yaml"));
      assertEquals([again.decision, again.overridable, again.override], ["deny", false, undefined]);
      assertEquals(again.violations[0]?.reference?.decision_id, hard.decision_id);
    }));

  it("a request that was refused, or waits, makes nothing forgotten", () =>
    inProject(async ({ check, engine }) => {
      const denied = await check(remove("notes/a"));
      assert(denied.override?.status === "offered");
      const { request_id: id } = denied.override;
      assertEquals(codesOf(await check(run("rm notes/a"))), ["denied_before"]);
      await engine.overrides.deny(id, { justification: "no", channel: "console", by: "uid:0" })
        .catch(() => {});
      await engine.overrides.deny(id, { justification: "never", channel: "console", by: "uid:0" });
      assertEquals(codesOf(await check(run("rm notes/a"))), ["denied_before"]);
    }));

  it("a denial by memory alone may be approved as it is, and lifts itself alone", () =>
    inProject(async ({ check, approve }) => {
      await check(remove("notes/a"));
      await check(remove("notes/b"));
      const denied = await check(run("rm notes/a"));
      assertEquals(codesOf(denied), ["denied_before"]);
      await approve(denied);
      assertEquals(codesOf(await check(run("rm notes/b"))), ["denied_before"]);
      assertEquals((await check(run("rm notes/a"))).override?.status, "granted");
      // It was an approval of the command. Of the deletion nobody approved anything.
      assertEquals(codesOf(await check(remove("notes/a"))), ["rule_matched"]);
    }));
});
