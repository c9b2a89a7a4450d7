/** Requests and grants on the real engine and log. */
import { assert, assertEquals, assertNotEquals } from "@std/assert";
import {
  approverPolicy,
  checkOne,
  inOverrideProject,
  offered,
  writing,
} from "../support/override_project.ts";
import { codeOf } from "../support/audit_folder.ts";

Deno.test("a denial offers a request, a code grants it, and one decision uses it up", async () => {
  await inOverrideProject(async ({ check, enrol, engine, approval, entries }) => {
    const ada = await enrol("ada");
    const denied = await check(writing());
    assertEquals([denied.decision, denied.overridable], ["deny", true]);
    const { request_id: id } = offered(denied);
    assertEquals((await engine.overrides.status(id, "uid:1")).status, "pending");
    const proof = { kind: "totp", approver: "ada", code: ada.code() } as const;
    const status = await engine.overrides.approve(approval(denied, { proof }));
    assertEquals(
      [status.status, status.approved_by, status.override_trust],
      ["approved", "ada", "same_uid"],
    );
    const override = status.override_id ?? "";
    assert(await engine.overrides.isValid(override, "uid:1"));
    const allowed = await check(writing());
    assertEquals([allowed.decision, allowed.override?.status], ["allow", "granted"]);
    assertEquals(allowed.violated_policies, ["protected.files"]);
    assert(!await engine.overrides.isValid(override, "uid:1"), "a used grant still holds");
    const again = await check(writing());
    assertEquals(again.decision, "deny");
    assertNotEquals(offered(again).request_id, id);
    assertEquals((await engine.overrides.status(id, null)).status, "used");
    const types = (await entries("state.override_granted")).concat(
      await entries("OVERRIDE_APPROVED"),
    );
    assertEquals(types.map(({ severity }) => severity), ["HIGH", "MEDIUM"]);
    for await (const result of engine.replay({ first: 0, last: 1_000 })) {
      assertEquals(result.status, "agrees", JSON.stringify(result));
    }
  });
});

Deno.test("TOTP-05 a code is accepted once, also by another process and under another request", async () => {
  await inOverrideProject(async ({ check, enrol, approval, again, entries }) => {
    const ada = await enrol("ada");
    const [first, second] = [await check(writing()), await check(writing("b.env"))];
    const proof = { kind: "totp", approver: "ada", code: ada.code() } as const;
    const one = await again();
    await one.overrides.approve(approval(first, { proof }));
    const other = await again();
    assertEquals(
      await codeOf(() => other.overrides.approve(approval(second, { proof, channel: "server" }))),
      "override_rejected",
    );
    assertEquals((await checkOne(other, writing("b.env"))).decision, "deny");
    assertEquals((await entries("OVERRIDE_REUSE_ATTEMPTED")).length, 1);
  });
});

Deno.test("BIND-01 an approval of one operation is none of another", async () => {
  await inOverrideProject(async ({ check, enrol, engine, approval, project }) => {
    const ada = await enrol("ada");
    project.write("locked/one", "1");
    project.write("locked/two", "2");
    Deno.symlinkSync("one", `${project.root}/locked/link`);
    const operation = writing("locked/link");
    const denied = await check(operation);
    const proof = { kind: "totp", approver: "ada", code: ada.code() } as const;
    await engine.overrides.approve(approval(denied, { proof }));
    for (
      const other of [
        writing("locked/link", "y"),
        writing("locked/lin"),
        { ...operation, type: "file_create" },
        { ...operation, affected_files: ["locked/link", "locked/two"] },
        { ...operation, cwd: "locked" },
        { ...operation, metadata: { complexity: 1 } },
      ]
    ) {
      assertEquals((await check(other)).decision, "deny", JSON.stringify(other));
    }
    assertEquals((await check(operation, "uid:2")).decision, "deny", "another principal");
    Deno.removeSync(`${project.root}/locked/link`);
    Deno.symlinkSync("two", `${project.root}/locked/link`);
    assertEquals((await check(operation)).decision, "deny", "the link leads elsewhere");
    Deno.removeSync(`${project.root}/locked/link`);
    Deno.symlinkSync("one", `${project.root}/locked/link`);
    assertEquals((await check(operation)).decision, "allow");
  });
});

Deno.test("an approval does not outlive the policy it was given under", async () => {
  await inOverrideProject(async ({ check, enrol, engine, approval, accept }) => {
    const ada = await enrol("ada");
    const denied = await check(writing());
    const proof = { kind: "totp", approver: "ada", code: ada.code() } as const;
    const { override_id: id } = await engine.overrides.approve(approval(denied, { proof }));
    await accept(approverPolicy("  grant_minutes: 31\n"));
    assertEquals(await engine.overrides.isValid(id ?? "", null), false);
    assertEquals((await check(writing())).decision, "deny");
  });
});

Deno.test("TOTP-12 a clock that went back lifts, offers and approves nothing until a person says so", async () => {
  const clock = fakeClock();
  try {
    await inOverrideProject(async ({ check, enrol, engine, approval, entries }) => {
      const ada = await enrol("ada");
      clock.move(10 * 365 * 86_400);
      const ahead = await check(writing());
      const proof = { kind: "totp", approver: "ada", code: ada.code() } as const;
      const { override_id: id } = await engine.overrides.approve(approval(ahead, { proof }));
      clock.move(0);
      const back = await check(writing());
      assertEquals([back.decision, back.override?.status], ["deny", "clock_back"]);
      assertEquals(await engine.overrides.isValid(id ?? "", null), false);
      const recovery = { kind: "recovery", approver: "ada", code: ada.recovery[0] ?? "" } as const;
      const late = approval(ahead, { proof: recovery });
      assertEquals(await codeOf(() => engine.overrides.approve(late)), "override_refused");
      await engine.overrides.acceptClock("uid:0");
      assertEquals((await entries("state.override_clock")).length, 1);
      const again = await check(writing());
      assertEquals(again.decision, "deny", "a grant of the wrong time does not come back");
      await engine.overrides.approve(approval(again, { proof: recovery }));
      assertEquals((await check(writing())).decision, "allow");
    });
  } finally {
    clock.end();
  }
});

/** Moves Date.now(), from which the engine's clock is read. */
function fakeClock(): { readonly move: (seconds: number) => void; readonly end: () => void } {
  const real = Date.now;
  return {
    move: (seconds) => {
      Date.now = () => real() + seconds * 1000;
    },
    end: () => {
      Date.now = real;
    },
  };
}

Deno.test("BIND-16 a denial ends a request, says why, and no code lifts it any more", async () => {
  await inOverrideProject(async ({ check, enrol, engine, approval, entries }) => {
    const ada = await enrol("ada");
    const denied = await check(writing());
    const { request_id: id } = offered(denied);
    const said = {
      justification: "not on a Friday",
      channel: "server",
      by: "token:approver",
    } as const;
    const status = await engine.overrides.deny(id, said);
    assertEquals([status.status, status.justification], ["denied", "not on a Friday"]);
    const proof = { kind: "totp", approver: "ada", code: ada.code() } as const;
    const late = approval(denied, { proof });
    assertEquals(await codeOf(() => engine.overrides.approve(late)), "override_rejected");
    const again = await check(writing());
    assertEquals(again.decision, "deny");
    assertEquals((await entries("OVERRIDE_DENIED")).length, 1);
    // What was rejected for the request's sake was not used up.
    await engine.overrides.approve(approval(again, { proof }));
    assertEquals((await check(writing())).decision, "allow");
  });
});
