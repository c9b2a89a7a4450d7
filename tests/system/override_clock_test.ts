/** Approvals where the clock is wrong, by libfaketime under the compiled binary. */
import { assertEquals, assertMatch, assertNotEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { oneApprover } from "../support/guarded_approvals.ts";
import { LocalApprovals } from "../support/local_approvals.ts";
import { periodSeconds } from "../support/person.ts";
import { newSshSigner } from "../support/ssh_signer.ts";

const hour = 3_600;
const day = 24 * hour;
const tenYears = 3_652 * day;

describe("approvals and a clock that was set back", () => {
  for (const [name, back] of [["1 h", hour], ["1 day", day]] as const) {
    it(`TOTP-12 ${name}: no code is believed, and the message says what to do`, async () => {
      await using flow = await LocalApprovals.create(oneApprover);
      const ada = await flow.enrol();
      const [first, second] = [await flow.deny(), await flow.deny("b.env")];
      const old = await ada.code(flow.now() - back);
      assertEquals((await flow.approve(first, await ada.code())).exit, 0);
      flow.ahead = -back;
      assertEquals(await flow.exitOf("src/a.ts"), 0, "decisions go on");
      await flow.requireClockBack("b.env");
      for (const code of [old, await ada.code(flow.now())]) {
        const { exit, screen } = await flow.approve(second, code);
        assertEquals(exit, 2, screen);
        assertMatch(screen, /override_refused/);
        assertMatch(screen, /The clock is behind what the log has seen/);
        assertMatch(screen, /set the clock; or, if it was wrong then/);
      }
      assertEquals(await flow.exitOf("b.env"), 2);
      assertEquals(await flow.exitOf(), 2, "nor does a grant live longer");
      assertEquals((await flow.ask(["override", "list"])).value.grants, []);
      assertMatch((await flow.run(["audit", "verify", "--format", "json"])).stdout, /clock_back/);
      flow.ahead = 0;
      assertEquals(await flow.exitOf(), 0, "it stands, and the clock is right again");
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
  it("TOTP-12 10 years ahead and back: a person says what time it is, and all is new", async () => {
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
    assertEquals(await flow.exitOf("left.env"), 2, "no grant of then");
    await flow.requireClockBack("b.env");
    const [first = "", second = ""] = ada.recovery;
    const early = await flow.approve(guessed, first, ["--recovery"]);
    assertMatch(early.screen, /sealward override accept-clock/);
    await flow.acceptClock();
    assertEquals(await flow.exitOf("left.env"), 2, "nor when time goes on");
    const offer = await flow.deny("b.env");
    assertEquals((await flow.approve(offer, first, ["--recovery"])).exit, 1, "still locked");
    flow.ahead = 60;
    const given = await flow.approve(offer, first, ["--recovery"]);
    assertEquals(given.exit, 0, given.screen);
    const { value } = await flow.ask(["override", "list"]);
    const until = Date.parse(value.grants[0].approved_until) / 1000 - flow.now();
    assertEquals(until > 0 && until <= 30 * 60, true, `${until} seconds`);
    assertEquals(await flow.exitOf("b.env"), 0);
    assertEquals(await flow.exitOf("b.env"), 2);
    // The app's steps are used up for ten years: a new one, by a recovery code.
    const anew = await flow.enrol("ada", second);
    const last = await flow.deny("d.env");
    assertEquals((await flow.approve(last, await anew.code(flow.now()))).exit, 0);
    assertEquals(await flow.exitOf("d.env"), 0);
    await flow.requireSoundLog();
  });

  it("TOTP-12 no signature lifts anything before, and any does after", async () => {
    const jo = await newSshSigner("ssh-ed25519");
    const line = `    - name: jo\n      ssh_keys: ["${jo.line}"]\n`;
    await using flow = await LocalApprovals.create(oneApprover + line);
    flow.ahead = tenYears;
    await flow.deny();
    flow.ahead = 0;
    await flow.requireClockBack("b.env");
    await flow.acceptClock();
    const offer = await flow.deny("b.env");
    const file = `${flow.project.folder}/approval`;
    const { request_id: id, phrase } = offer;
    const why = ["--justification", "agreed in review"];
    await flow.must(["override", "show", id, "--to-sign", file, ...why]);
    Deno.writeFileSync(`${file}.sig`, await jo.sign(Deno.readFileSync(file)));
    const proof = ["--signature", `${file}.sig`, "--phrase", phrase];
    await flow.must(["override", "approve", id, ...proof, ...why]);
    assertEquals(await flow.exitOf("b.env"), 0);
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
    const [recovery = ""] = ada.recovery;
    await flow.requireClockBack("b.env");
    await flow.acceptClock();
    const last = await flow.deny("b.env");
    assertEquals((await flow.approve(last, recovery, ["--recovery"])).exit, 0);
    assertEquals(await flow.exitOf("b.env"), 0);
    await flow.requireSoundLog();
  });
});
