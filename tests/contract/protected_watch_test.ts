import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { maxFolderEntries, maxNamedChanges } from "../../src/core/limits.ts";
import {
  inOutcomeProject,
  type OutcomeProject,
  policyText,
  writeTo,
} from "../support/outcome_project.ts";

const told = (alarms: readonly { readonly kind: string; readonly path?: string }[]) =>
  alarms.map(({ kind, path }) => path === undefined ? kind : `${kind} ${path}`);

const look = async ({ engine }: OutcomeProject, reach: "near" | "whole" = "whole") =>
  told((await engine.observeProtected("uid:1", { reach })).alarms);

describe("observeProtected()", () => {
  for (const reach of ["near", "whole"] as const) {
    it(`raises an alarm exactly once for a file edited behind the engine (${reach})`, () =>
      inOutcomeProject("enforce", async (given) => {
        given.project.write(".env", "a");
        assertEquals(await look(given), []);
        assertEquals(await look(given, reach), []);
        assertEquals((await given.entries("audit.protected")).length, 1);
        given.project.write(".env", "b");
        assertEquals(await look(given, reach), ["protected_file_changed .env"]);
        assertEquals(await look(given, reach), []);
        const [alarm, ...more] = await given.entries("audit.alarm");
        assertEquals([alarm?.severity, more.length], ["CRITICAL", 0]);
        const [, record] = await given.entries("audit.protected");
        assertEquals(record?.details["changed"], [".env"]);
        assertEquals((await given.engine.verifyLog()).verdict, "OK-UNANCHORED");
      }));

    it(`sees files made, removed and with their times put back (${reach})`, () =>
      inOutcomeProject("enforce", async (given) => {
        given.project.write("a.env", "a");
        given.project.write("deep/b.env", "b");
        given.project.write("secrets/key", "k");
        await look(given);
        // The runtime shows ctime in seconds; SPEC.md says what that leaves out.
        await new Promise((resolve) => setTimeout(resolve, 1_100));
        const { mtime } = Deno.statSync(given.project.path("a.env"));
        given.project.write("a.env", "b");
        Deno.utimeSync(given.project.path("a.env"), 1, mtime ?? 1);
        Deno.removeSync(given.project.path("deep/b.env"));
        given.project.write("secrets/new", "n");
        given.project.write(".claude/settings.local.json", "{}");
        assertEquals(await look(given, reach), [
          "protected_file_changed .claude/settings.local.json",
          "protected_file_changed a.env",
          "protected_file_changed deep/b.env",
          "protected_file_changed secrets/new",
        ]);
        assertEquals(await look(given, "whole"), []);
      }));
  }

  it("finds a new file far from the root at the next whole look", () =>
    inOutcomeProject("enforce", async (given) => {
      await look(given);
      given.project.write("x/y/z.env", "z");
      assertEquals(await look(given, "near"), []);
      assertEquals(await look(given, "whole"), ["protected_file_changed x/y/z.env"]);
    }));

  it("takes an allowed decision that names the file as the reason, once", () =>
    inOutcomeProject("observe", async (given) => {
      given.project.write(".env", "a");
      await look(given);
      const { decision, would_deny } = await given.check(writeTo("./src/../.env", "id-1"));
      assertEquals([decision, would_deny], ["allow", true]);
      given.project.write(".env", "b");
      await given.done("id-1");
      assertEquals(await look(given, "near"), []);
      assertEquals((await given.entries("audit.protected")).length, 2);
      given.project.write(".env", "c");
      assertEquals(await look(given, "near"), ["protected_file_changed .env"]);
    }));

  it("keeps a reason until its operation has ended, whatever is recorded between", () =>
    inOutcomeProject("observe", async (given) => {
      given.project.write(".env", "a");
      given.project.write("b.env", "a");
      await look(given);
      await given.check(writeTo(".env", "id-1"));
      given.project.write("b.env", "b");
      assertEquals(await look(given), ["protected_file_changed b.env"]);
      given.project.write(".env", "b");
      await given.done("id-1");
      assertEquals(await look(given), []);
    }));

  it("lets an effect on a folder explain what is in it", () =>
    inOutcomeProject("observe", async (given) => {
      given.project.write("conf/prod.env", "a");
      await look(given);
      const id = { correlation_id: "id-1" };
      await given.check({ type: "file_delete", affected_files: ["conf"], ...id });
      Deno.removeSync(given.project.path("conf"), { recursive: true });
      assertEquals(await look(given), []);
    }));

  it("takes neither reading, nor a denial, nor another file as the reason", () =>
    inOutcomeProject("enforce", async (given) => {
      given.project.write(".env", "a");
      await look(given);
      const read = { type: "file_read", affected_files: [".env"], correlation_id: "id-1" };
      assertEquals((await given.check(read)).decision, "allow");
      assertEquals((await given.check(writeTo(".env", "id-2"))).decision, "deny");
      assertEquals((await given.check(writeTo("src/env", "id-3"))).decision, "allow");
      given.project.write(".env", "b");
      assertEquals(await look(given), ["protected_file_changed .env"]);
    }));

  it("takes a human's acceptance as the reason for a change of the policy, and of nothing else", () =>
    inOutcomeProject("enforce", async (given) => {
      given.project.write(".env", "a");
      await look(given);
      await given.accept(policyText("enforce", '["*.env", "secrets/", "new.txt"]'));
      given.project.write(".env", "b");
      assertEquals(await look(given), ["protected_file_changed .env"]);
      given.project.write(".scalpel/policy.yaml", policyText("observe"));
      assertEquals(await look(given), ["protected_file_changed .scalpel/policy.yaml"]);
      assertEquals((await given.entries("state.policy_tampered")).length, 1);
    }));

  it("takes what another policy protects, or no more, for no change", () =>
    inOutcomeProject("enforce", async (given) => {
      given.project.write("old.env", "a");
      given.project.write("both/x.txt", "a");
      given.project.write("new/x.txt", "a");
      await given.accept(policyText("enforce", '["*.env", "both/"]'));
      await look(given);
      await given.accept(policyText("enforce", '["new/", "both/"]'));
      assertEquals(await look(given, "near"), []);
      given.project.write("old.env", "b");
      given.project.write("new/x.txt", "b");
      given.project.write("both/x.txt", "b");
      assertEquals(await look(given), [
        "protected_file_changed both/x.txt",
        "protected_file_changed new/x.txt",
      ]);
    }));

  it("goes on watching the files of the last record while the policy is not trusted", () =>
    inOutcomeProject("enforce", async (given) => {
      given.project.write("deep/a.env", "a");
      await look(given);
      given.project.write(".scalpel/policy.yaml", policyText("enforce", "[]"));
      assertEquals(await look(given), ["protected_file_changed .scalpel/policy.yaml"]);
      given.project.write("deep/a.env", "b");
      assertEquals(await look(given), ["protected_file_changed deep/a.env"]);
    }));

  it("believes the caller about what it has just changed for a human", () =>
    inOutcomeProject("enforce", async (given) => {
      await look(given);
      given.project.write(".claude/settings.json", "{}");
      given.project.write(".mcp.json", "{}");
      const ownChanges = [".claude/settings.json"];
      const { alarms } = await given.engine.observeProtected("uid:1", { ownChanges });
      assertEquals(told(alarms), ["protected_file_changed .mcp.json"]);
    }));

  it("says so when its list is gone, and begins anew", () =>
    inOutcomeProject("enforce", async (given) => {
      given.project.write("deep/a.env", "a");
      await look(given);
      const [record] = await given.entries("audit.protected");
      Deno.removeSync(
        given.project.path(`.scalpel/audit.log.d/input/${record?.details["digest"]}`),
      );
      assertEquals(await look(given, "near"), ["protected_list_lost"]);
      given.project.write("deep/a.env", "b");
      assertEquals(await look(given, "near"), ["protected_file_changed deep/a.env"]);
    }));

  it("says once that it cannot look everywhere, and watches on near the root", () =>
    inOutcomeProject("enforce", async (given) => {
      given.project.write("deep/a.env", "a");
      assertEquals(await look(given), []);
      Deno.mkdirSync(given.project.path("many/of/them"), { recursive: true });
      for (let i = 0; i <= maxFolderEntries; i++) {
        Deno.mkdirSync(given.project.path(`many/of/them/${i}`));
      }
      assertEquals(await look(given), ["watch_incomplete"]);
      const { length } = await given.entries("audit.protected");
      for (const reach of ["near", "whole", "near"] as const) {
        assertEquals(await look(given, reach), []);
      }
      assertEquals((await given.entries("audit.protected")).length, length);
      given.project.write("deep/a.env", "b");
      given.project.write(".mcp.json", "{}");
      assertEquals(await look(given), [
        "protected_file_changed .mcp.json",
        "protected_file_changed deep/a.env",
      ]);
    }));

  it("says so too when the first look was a near one", () =>
    inOutcomeProject("enforce", async (given) => {
      assertEquals(await look(given, "near"), []);
      Deno.mkdirSync(given.project.path("many"));
      for (let i = 0; i <= maxFolderEntries; i++) Deno.mkdirSync(given.project.path(`many/${i}`));
      assertEquals(await look(given), ["watch_incomplete"]);
      assertEquals(await look(given, "near"), []);
    }));

  it("leaves out node_modules and git's objects, unless a pattern names what is there", () =>
    inOutcomeProject("enforce", async (given) => {
      await given.accept(policyText("enforce", '["*.env", "node_modules/pinned/x.js"]'));
      await look(given);
      given.project.write("packages/a/node_modules/b/.env", "a");
      given.project.write(".git/objects/aa/x.env", "a");
      given.project.write("node_modules/pinned/x.js", "a");
      assertEquals(await look(given), ["protected_file_changed node_modules/pinned/x.js"]);
    }));

  it("does not follow a link, but sees it replaced", () =>
    inOutcomeProject("enforce", async (given) => {
      given.project.write("plain", "a");
      Deno.symlinkSync("plain", given.project.path(".env"));
      Deno.symlinkSync(".", given.project.path("loop"));
      await look(given);
      given.project.write("plain", "b");
      assertEquals(await look(given), []);
      Deno.removeSync(given.project.path(".env"));
      Deno.symlinkSync("other", given.project.path(".env"));
      assertEquals(await look(given), ["protected_file_changed .env"]);
    }));

  it("names sixteen and counts the rest, with the longest names", () =>
    inOutcomeProject("enforce", async (given) => {
      await look(given);
      for (let i = 0; i < maxNamedChanges + 4; i++) {
        given.project.write(`secrets/${"\u{1f600}".repeat(60)}${i}`, "a");
      }
      const alarms = await look(given);
      assertEquals(alarms.length, maxNamedChanges + 1);
      const record = (await given.entries("audit.protected")).at(-1);
      assertEquals(record?.details["changed_total"], maxNamedChanges + 4);
    }));

  it("sees in another process what this one recorded", () =>
    inOutcomeProject("enforce", async (given) => {
      given.project.write(".env", "a");
      await look(given);
      given.project.write(".env", "b");
      const other = { ...given, engine: await given.again() };
      assertEquals(await look(other), ["protected_file_changed .env"]);
      assertEquals(await look(given), []);
    }));
});
