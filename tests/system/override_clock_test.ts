/** Approvals where the clock is wrong, by libfaketime under the compiled binary. */
import { assertEquals, assertMatch, assertNotEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { oneApprover } from "../support/guarded_approvals.ts";
import { LocalApprovals } from "../support/local_approvals.ts";
import { periodSeconds } from "../support/person.ts";

const hour = 3_600;
const day = 24 * hour;
const tenYears = 3_652 * day;

/** What a denial offers while the clock is back: nothing, and why. */
async function requireNoOffer(flow: LocalApprovals, file = "a.env"): Promise<void> {
  const { exit, value } = await flow.check(file);
  assertEquals([exit, value.override?.status], [2, "clock_back"], JSON.stringify(value));
}

describe("approvals and a clock that was set back", () => {
  for (const [name, back] of [["1 h", hour], ["1 day", day]] as const) {
    it(`TOTP-12 ${name}: nothing is approved or lifted, and the message says what to do`, async () => {
      await using flow = await LocalApprovals.create(oneApprover);
      const ada = await flow.enrol();
      const first = await flow.deny();
      const second = await flow.deny("b.env");
      const old = await ada.code(flow.now() - back);
      assertEquals((await flow.approve(first, await ada.code())).exit, 0);
      flow.ahead = -back;
      assertEquals(await flow.exitOf("src/a.ts"), 0, "decisions go on");
      await requireNoOffer(flow);
      await requireNoOffer(flow, "b.env");
      const [recovery = ""] = ada.recovery;
      for (const code of [old, await ada.code(flow.now()), recovery]) {
        const flags = code === recovery ? ["--recovery"] : [];
        const { exit, screen } = await flow.approve(second, code, flags);
        assertEquals(exit, 2, screen);
        assertMatch(screen, /override_refused/);
        assertMatch(screen, /The clock is behind what the log has seen/);
        assertMatch(
          screen,
          /set the clock; or, if it was wrong then, run `sealward override accept-clock`/,
        );
      }
      assertEquals((await flow.log("state.override_granted")).length, 1);
      assertMatch((await flow.run(["audit", "verify", "--format", "json"])).stdout, /clock_back/);
      flow.ahead = 0;
      assertEquals(await flow.exitOf(), 0, "it stands, and the clock is right again");
      assertEquals((await flow.approve(second, recovery, ["--recovery"])).exit, 0);
      await flow.requireSoundLog();
    });
  }

  it("TOTP-12 a running server goes by the clock that was set", async () => {
    await using flow = await LocalApprovals.create(oneApprover);
    const ada = await flow.enrol();
    const file = `${flow.project.folder}/clock`;
    Deno.writeTextFileSync(file, "+0\n");
    await flow.serve({ FAKETIME_TIMESTAMP_FILE: file, FAKETIME_NO_CACHE: "1" });
    const [first, second] = [await flow.deny(), await flow.deny("b.env")];
    // As after a host that slept: the code of then is over, the code of now counts.
    Deno.writeTextFileSync(file, "+200\n");
    const code = await ada.code();
    assertEquals((await flow.approveByHttp(first, { approver: "ada", code })).status, 403);
    const later = await ada.code(flow.now() + 200);
    assertEquals((await flow.approveByHttp(first, { approver: "ada", code: later })).status, 200);
    Deno.writeTextFileSync(file, "-3600\n");
    const back = await ada.code(flow.now() - hour);
    const refused = await flow.approveByHttp(second, { approver: "ada", code: back });
    assertEquals([refused.status, refused.body.code], [409, "override_refused"]);
  });
});

describe("approvals and a clock that was far ahead", () => {
  it("TOTP-12 10 years ahead and back: a person accepts the clock, and time goes on from there", async () => {
    await using flow = await LocalApprovals.create(oneApprover);
    const ada = await flow.enrol();
    flow.ahead = tenYears;
    const ahead = await flow.deny();
    assertEquals((await flow.approve(ahead, await ada.code(flow.now()))).exit, 0);
    assertEquals(await flow.exitOf(), 0);
    // Unused when the clock goes back, and locked: neither may stay so for ten years.
    const left = await flow.deny("left.env");
    const code = await ada.code(flow.now() + periodSeconds);
    assertEquals((await flow.approve(left, code)).exit, 0);
    const guessed = await flow.deny("c.env");
    for (let i = 0; i < 5; i++) assertEquals((await flow.approve(guessed, "000000")).exit, 2);
    assertEquals((await flow.approve(guessed, "000000")).exit, 1, "locked");
    flow.ahead = 0;
    await requireNoOffer(flow, "left.env");
    assertEquals(await flow.exitOf("src/a.ts"), 0);
    assertEquals((await flow.run(["override", "accept-clock"])).exit, 64, "nobody at a terminal");
    assertEquals((await flow.acceptClock("n")).exit, 2);
    await requireNoOffer(flow);
    assertEquals((await flow.acceptClock("y")).exit, 0);
    const offer = await flow.deny("b.env");
    // The lock lasts as long as one of now would, and ends.
    flow.ahead = 31;
    const [first = "", second = ""] = ada.recovery;
    const given = await flow.approve(offer, first, ["--recovery"]);
    assertEquals(given.exit, 0, given.screen);
    assertEquals(await flow.exitOf("b.env"), 0);
    assertEquals(await flow.exitOf("b.env"), 2);
    assertEquals(await flow.exitOf("left.env"), 2, "nor after time started over");
    // The app's steps are used up for ten years: a new one, by a recovery code.
    const anew = await flow.enrol("ada", second);
    const last = await flow.deny("d.env");
    assertEquals((await flow.approve(last, await anew.code(flow.now()))).exit, 0);
    assertEquals(await flow.exitOf("d.env"), 0);
    await flow.requireSoundLog();
  });

  it("TOTP-12 up to the end of the log's time all ends and counts; after it all is denied", async () => {
    await using flow = await LocalApprovals.create(oneApprover);
    flow.setClock("2254-12-31T23:58:00Z");
    const ada = await flow.enrol();
    const offer = await flow.deny();
    const { exit, screen } = await flow.approve(offer, await ada.code(flow.now()));
    assertEquals(exit, 0, screen);
    assertEquals(await flow.exitOf(), 0);
    assertEquals(await flow.exitOf(), 2);
    flow.setClock("9999-12-31T23:58:00Z");
    for (const file of ["a.env", "src/a.ts"]) {
      const { exit, stdout, stderr } = await flow.run([
        ...["check", "--type", "file_write", "--file", file],
      ]);
      assertNotEquals(exit, 0, file);
      assertMatch(`${stdout}${stderr}`, /wanted 1970 to 2255/);
      assertMatch(`${stdout}${stderr}`, /set the clock/);
    }
    flow.ahead = 0;
    assertEquals(await flow.exitOf("src/a.ts"), 0);
    assertEquals((await flow.acceptClock("y")).exit, 0);
    const [recovery = ""] = ada.recovery;
    const last = await flow.deny("b.env");
    assertEquals((await flow.approve(last, recovery, ["--recovery"])).exit, 0);
    assertEquals(await flow.exitOf("b.env"), 0);
    await flow.requireSoundLog();
  });
});
