/** How far grants of a session or a pattern reach, and what an agent would stretch: override/SPEC.md, "The grant". */
import { assert, assertEquals, assertMatch, assertNotEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import type { Decision } from "../../src/core/decision/decision.ts";
import type { WantedGrant } from "../../src/core/override/approval.ts";
import { codeOf } from "../support/audit_folder.ts";
import {
  approverPolicy,
  byRecovery,
  inOverrideProject,
  type OverrideProject,
  type Person,
  writing,
} from "../support/override_project.ts";

const policy = `version: "1.0"
commands: {opaque: ask}
protected:
  files: ["*.env", "locked/", "other/"]
rules:
  - {id: no-notes, match: {types: [file_delete], files: ["notes/"]}}
  - {id: no-push, match: {commands: ["git push *"]}}
limits: {max_file_size: 10}
overrides:
  approvers: [{name: ada}]
  grants: [once, session, pattern]
`;

interface Given extends OverrideProject {
  readonly grant: (denied: Decision, grant: WantedGrant) => Promise<void>;
}

function inSigned(body: (given: Given, ada: Person) => Promise<void>): Promise<void> {
  return inOverrideProject(async (given) => {
    const ada = await given.enrol("ada");
    for (const file of ["locked/one", "locked/two", "locked/sub/three", "other/four", "notes/a"]) {
      given.project.write(file, "1\n");
    }
    let codes = 0;
    const grant = async (denied: Decision, grant: WantedGrant) => {
      const proof = byRecovery(ada, codes++);
      await given.engine.overrides.approve(given.approval(denied, { ...proof, grant }));
    };
    await body({ ...given, grant }, ada);
  }, { policy, isSigned: true });
}

const inSession = (operation: object, session = "s1") => ({
  ...operation,
  agent: { name: "agent", session },
});
const session = { kind: "session" } as const;
const pattern = (text: string) => ({ kind: "pattern", pattern: text }) as const;
const told = ({ decision, override }: Decision) => [
  decision,
  override?.status === "granted" ? override.kind : override?.status ?? null,
];

describe("grants wider than one operation", () => {
  it("are for signed policies that name them: else refused before a code is looked at", async () => {
    const refused = async (given: OverrideProject, grant: WantedGrant) => {
      const ada = await given.enrol("ada");
      const denied = await given.check(writing());
      const act = () =>
        given.engine.overrides.approve(given.approval(denied, { ...byRecovery(ada, 0), grant }));
      assertEquals(await codeOf(act), "override_refused");
      assertEquals((await given.entries("state.override_attempted")).length, 0);
      assertEquals((await given.check(writing())).decision, "deny");
    };
    await inOverrideProject((given) => refused(given, session), {
      policy: approverPolicy("  grants: [once, session]\n"),
    });
    await inOverrideProject((given) => refused(given, pattern("*.env")), {
      policy: approverPolicy("  grants: [once, session]\n"),
      isSigned: true,
    });
  });

  it("say so in every decision, and count their uses", () =>
    inSigned(async ({ check, grant, engine }) => {
      await grant(await check(inSession(writing())), session);
      for (let i = 0; i < 3; i++) {
        const allowed = await check(inSession(writing("a.env", `${i}`)));
        assertEquals(told(allowed), ["allow", "session"]);
        assertMatch(JSON.stringify(allowed.notices), /allowed because ada approved it/);
        assertEquals(allowed.violated_policies, ["protected.files"]);
      }
      const { grants } = await engine.overrides.list();
      assertEquals(grants.map(({ kind, uses }) => [kind, uses]), [["session", 3]]);
      for await (const result of engine.replay({ first: 0, last: 1_000 })) {
        assertEquals(result.status, "agrees", JSON.stringify(result));
      }
    }));

  it("end with their time, their revocation and their policy", () =>
    inSigned(async ({ check, grant, engine, clock, accept }) => {
      const operation = inSession(writing());
      await grant(await check(operation), session);
      clock.move(1_801);
      const again = await check(operation);
      assertEquals(told(again), ["deny", "offered"]);
      await grant(again, session);
      assertEquals(told(await check(operation)), ["allow", "session"]);
      const [held] = (await engine.overrides.list()).grants;
      const why = { justification: "enough of it", channel: "console", by: "uid:0" } as const;
      await engine.overrides.revoke(held?.override_id ?? "", why);
      const third = await check(operation);
      assertEquals(told(third), ["deny", "offered"]);
      await grant(third, session);
      await accept(policy.replace("max_file_size: 10", "max_file_size: 11"));
      assertEquals(told(await check(operation)), ["deny", "offered"]);
    }));
});

describe("a grant for a session", () => {
  it("covers the same finding by another operation, and no other session, principal, file or verb", () =>
    inSigned(async ({ check, grant }) => {
      await grant(await check(inSession(writing("locked/one"))), session);
      assertEquals(told(await check(inSession(writing("locked/one", "y")))), ["allow", "session"]);
      for (
        const [what, operation, principal] of [
          ["no session", writing("locked/one")],
          ["another session", inSession(writing("locked/one"), "s2")],
          ["another principal", inSession(writing("locked/one")), "uid:2"],
          ["another file", inSession(writing("locked/two"))],
          ["one more file", {
            ...inSession(writing("locked/one")),
            affected_files: ["locked/one", "locked/two"],
          }],
          ["another verb", inSession({ type: "file_delete", affected_files: ["locked/one"] })],
          ["another policy", inSession(writing("locked/one", "1\n2\n3\n4\n5\n6\n7\n"))],
          ["the engine's", {
            ...inSession(writing("locked/one")),
            affected_files: ["locked/one", ".scalpel/policy.yaml"],
          }],
        ] as const
      ) {
        assertEquals((await check(operation, principal)).decision, "deny", what);
      }
    }));

  it("does not follow a link that was turned afterwards", () =>
    inSigned(async ({ check, grant, project }) => {
      const link = `${project.root}/locked/link`;
      Deno.symlinkSync("one", link);
      await grant(await check(inSession(writing("locked/link"))), session);
      assertEquals((await check(inSession(writing("locked/link")))).decision, "allow");
      for (const target of ["two", "../other/four", "../a.env"]) {
        Deno.removeSync(link);
        Deno.symlinkSync(target, link);
        assertEquals((await check(inSession(writing("locked/link")))).decision, "deny", target);
      }
    }));

  it("for something opaque is for that operation, not for everything opaque", () =>
    inSigned(async ({ check, grant }) => {
      const run = (command: string) => inSession({ type: "command", command });
      const asked = await check(run("make one"));
      assertEquals(asked.violations.map(({ code }) => code), ["command_opaque"]);
      await grant(asked, session);
      assertEquals(told(await check(run("make one"))), ["allow", "session"]);
      for (const command of ["make two", "make one two", "python3 -c 'import os'", "./anything"]) {
        assertNotEquals((await check(run(command))).decision, "allow", command);
      }
    }));

  it("for a rule is for what the rule says, and no other finding", () =>
    inSigned(async ({ check, grant }) => {
      const run = (command: string) => inSession({ type: "command", command });
      const denied = await check(run("git push origin main"));
      assert(denied.overridable);
      await grant(denied, session);
      assertNotEquals((await check(run("git push origin main; rm a.env"))).decision, "allow");
      assertNotEquals((await check(run("rm a.env"))).decision, "allow");
    }));

  it("ends with the session, and not with another", () =>
    inSigned(async ({ check, grant, engine, entries }) => {
      const end = (session: string, principal = "uid:1") =>
        engine.settle({ session, reason: "session_end", ended: true }, principal);
      await grant(await check(inSession(writing())), session);
      await grant(await check(writing("b.env")), { kind: "once" });
      await end("s2");
      await end("s1", "uid:2");
      assertEquals(told(await check(inSession(writing()))), ["allow", "session"]);
      await end("s1");
      const [ended] = await entries("state.session_ended");
      assertEquals(ended?.details["grants"], 1);
      assertEquals(told(await check(inSession(writing()))), ["deny", "offered"]);
      assertEquals(told(await check(writing("b.env"))), ["allow", "once"]);
      for await (const result of engine.replay({ first: 0, last: 1_000 })) {
        assertEquals(result.status, "agrees", JSON.stringify(result));
      }
    }));

  it("lifts no denial that its request did not show", () =>
    inSigned(async ({ check, grant }) => {
      // Denied by a rule about deletions: only the memory denies writing it away by a command.
      const denied = await check(
        inSession({ type: "file_delete", affected_files: ["notes/a"] }),
      );
      assertEquals(denied.decision, "deny");
      await grant(await check(inSession(writing("a.env", "x"))), session);
      const both = inSession({
        type: "file_write",
        affected_files: ["a.env", "notes/a"],
        content: "",
      });
      const codes = (await check(both)).violations.map(({ code }) => code);
      assertEquals([...new Set(codes)].sort(), ["denied_before", "path_protected"]);
      assertEquals((await check(both)).decision, "deny");
      assertEquals(told(await check(inSession(writing("a.env", "y")))), ["allow", "session"]);
    }));
});

describe("a grant for a pattern", () => {
  it("covers the same policy and verb on files it names, by both answers of the disk", () =>
    inSigned(async ({ check, grant, project }) => {
      await grant(await check(writing("locked/one")), pattern("locked/"));
      for (const file of ["locked/one", "locked/two", "locked/sub/three", "locked/new"]) {
        assertEquals(told(await check(writing(file))), ["allow", "pattern"], file);
      }
      Deno.symlinkSync("../other/four", `${project.root}/locked/out`);
      Deno.symlinkSync("../other", `${project.root}/locked/folder`);
      Deno.symlinkSync("locked/one", `${project.root}/into`);
      Deno.symlinkSync("/etc/hostname", `${project.root}/locked/away`);
      for (
        const file of [
          "locked/out",
          "locked/folder/four",
          "into",
          "locked/away",
          "other/four",
          "locked/../other/four",
          "lockedx.env",
          "a.env",
        ]
      ) {
        assertEquals((await check(writing(file))).decision, "deny", file);
      }
      for (
        const operation of [
          { type: "file_delete", affected_files: ["locked/one"] },
          { type: "file_write", affected_files: ["locked/one", "other/four"], content: "x" },
          { type: "file_write", affected_files: ["locked/one"], content: "1\n2\n3\n4\n5\n6\n7\n" },
          { type: "command", command: "mv locked/one other/one" },
          { type: "command", command: "chmod 777 locked/one" },
        ]
      ) {
        assertEquals((await check(operation)).decision, "deny", JSON.stringify(operation));
      }
      // The pattern is not bound to a session, as it says.
      assertEquals(told(await check(inSession(writing("locked/two"), "s9"))), ["allow", "pattern"]);
      assertEquals((await check(writing("locked/two"), "uid:2")).decision, "deny");
    }));

  it("of files in a folder covers no deletion of what lies beside them", () =>
    inSigned(async ({ check, grant, project }) => {
      const remove = (file: string) => ({ type: "file_delete", affected_files: [file] });
      project.write("locked/a.txt", "1");
      await grant(await check(remove("locked/a.txt")), pattern("locked/*.txt"));
      assertEquals(told(await check(remove("locked/a.txt"))), ["allow", "pattern"]);
      for (const file of ["locked", "locked/", "locked/sub", "locked/one", "."]) {
        assertEquals((await check(remove(file))).decision, "deny", file);
      }
      assertEquals(
        (await check({ type: "command", command: "rm -rf locked" })).decision,
        "deny",
      );
    }));

  it("outside the dialect is refused, and what it covers of the engine's own stays denied", () =>
    inSigned(async ({ check, approval, engine, grant, project }, ada) => {
      const denied = await check(writing("locked/one"));
      for (const text of ["", "!locked/", "../x", "~/x", "a{b,c}", "[", "a\u0000b", "\ud800"]) {
        const act = () =>
          engine.overrides.approve(
            approval(denied, { ...byRecovery(ada, 9), grant: pattern(text) }),
          );
        assertEquals(await codeOf(act), "override_refused", JSON.stringify(text));
      }
      await grant(denied, pattern("**"));
      assertEquals(told(await check(writing("other/four"))), ["allow", "pattern"]);
      for (
        const file of [".scalpel/policy.yaml", ".scalpel/audit.log", `${project.root}/../home/x`]
      ) {
        assertEquals((await check(writing(file))).decision, "deny", file);
      }
    }));

  it("is not met by what names no file", () =>
    inSigned(async ({ check, approval, engine }, ada) => {
      const run = { type: "command", command: "git push origin main" };
      const denied = await check(run);
      const given = { ...byRecovery(ada, 0), grant: pattern("**") };
      await engine.overrides.approve(approval(denied, given));
      assertNotEquals((await check(run)).decision, "allow");
    }));
});

describe("at most 32 grants", () => {
  it("stand at once; the next is refused, and said why", () =>
    inOverrideProject(async ({ check, approval, engine, enrol, clock }) => {
      const people: Person[] = [];
      for (const name of ["ada", "bo"]) people.push(await enrol(name));
      let given = 0;
      const approve = async (file: string) => {
        clock.move(31);
        const person = people[given++ % 2];
        assert(person !== undefined);
        const proof = { kind: "totp", approver: person.name, code: person.code() } as const;
        await engine.overrides.approve(approval(await check(writing(file)), { proof }));
      };
      for (let i = 0; i < 32; i++) await approve(`f${i}.env`);
      assertEquals((await engine.overrides.list()).grants.length, 32);
      assertEquals(await codeOf(() => approve("more.env")), "override_refused");
      for (let i = 0; i < 32; i++) {
        assertEquals((await check(writing(`f${i}.env`))).decision, "allow");
      }
    }, { policy: approverPolicy("  max_requests_per_hour: 100\n  grant_minutes: 60\n") }));
});
