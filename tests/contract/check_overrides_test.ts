/** What people may approve of checks: what was found, as it was found; never that nothing was. */
import { assert, assertEquals, assertRejects } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { EngineError } from "../../src/core/errors.ts";
import { checkLines } from "../support/checks_project.ts";
import { failing, type FakeModule, fakeSandbox, finding } from "../support/fake_sandbox.ts";
import {
  checkOne,
  inOverrideProject,
  offered,
  type OverrideProject,
  writing,
} from "../support/override_project.ts";

const policy = (checks: string) =>
  `version: "1.0"\noverrides: {approvers: [{name: ada}]}\nchecks:\n${checks}`;

/** An engine whose modules are these functions, and its denials. */
async function inProject(
  modules: Readonly<Record<string, FakeModule>>,
  lines: string,
  body: (given: OverrideProject) => Promise<void>,
): Promise<void> {
  await inOverrideProject(async (given) => {
    for (const name of Object.keys(modules)) {
      given.project.write(`.scalpel/checks/${name}.wasm`, name);
    }
    await given.accept(policy(lines));
    const engine = await given.again(() => ({ loadSandbox: fakeSandbox(modules).load }));
    const check: OverrideProject["check"] = (operation, principal = "uid:1") =>
      checkOne(engine, operation, principal);
    await body({ ...given, engine, check });
  }, { policy: 'version: "1.0"\noverrides: {approvers: [{name: ada}]}\n' });
}

describe("approvals of checks", () => {
  it("a violation is lifted once, and what is found later is asked for anew", async () => {
    let found = "one";
    const scan: FakeModule = () => finding({ code: found, message: "m" });
    await inProject({ scan }, checkLines("w", "scan"), async (given) => {
      const { check, engine, enrol, approval } = given;
      const ada = await enrol("ada");
      const denied = await check(writing("a.ts"));
      const proof = { kind: "totp", approver: "ada", code: ada.code() } as const;
      await engine.overrides.approve(approval(denied, { proof }));
      found = "two";
      assertEquals((await check(writing("a.ts"))).decision, "deny");
      found = "one";
      assertEquals((await check(writing("a.ts"))).decision, "allow");
      assertEquals((await check(writing("a.ts"))).decision, "deny");
    });
  });

  it("WASM-11 beside a failure nothing is offered, and an earlier approval lifts nothing", async () => {
    let fails = false;
    const scan: FakeModule = () => finding({ code: "bad" });
    const other: FakeModule = () => fails ? failing("trap") : finding();
    const lines = checkLines("w", "scan") + checkLines("x", "other", "    effect: ask\n");
    await inProject({ scan, other }, lines, async ({ check, engine, enrol, approval }) => {
      const ada = await enrol("ada");
      const denied = await check(writing("a.ts"));
      const given = approval(denied, {
        proof: { kind: "totp", approver: "ada", code: ada.code() },
      });
      await engine.overrides.approve(given);
      fails = true;
      const failed = await check(writing("a.ts"));
      assertEquals([failed.decision, failed.overridable, failed.severity], [
        "deny",
        false,
        "CRITICAL",
      ]);
      assertEquals(failed.override, undefined);
      // The request of before is answered: there is nothing a person could say yes to.
      await assertRejects(() => engine.overrides.approve(given), EngineError);
      assertEquals((await check(writing("a.ts"))).decision, "deny");
      fails = false;
      assertEquals((await check(writing("a.ts"))).decision, "allow");
    });
  });

  it("WASM-09 BIND-08 what a check says is shown to a person in printable ASCII, one line", async () => {
    const message = "ok\n\u001b[2J\u202eevil\nuntil: 2999 \u0430";
    const scan: FakeModule = () =>
      finding({ code: "bad", message, path: "b\n.ts", details: { note: "\u001b[0m" } });
    await inProject({ scan }, checkLines("w", "scan"), async ({ check, engine }) => {
      const id = offered(await check(writing("a.ts"))).request_id;
      const { text } = await engine.overrides.show(id, "console");
      assert(/^[\n -~]*$/.test(text), JSON.stringify(text));
      const lines = text.split("\n").filter((line) => line.includes("checks.w"));
      assertEquals(lines.length, 1);
      assert(lines[0]?.includes("found bad") && lines[0].includes("evil"), lines[0]);
      assertEquals(text.split("\n").filter((line) => line.startsWith("until:")).length, 1);
    });
  });
});
