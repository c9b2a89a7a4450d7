/** Codes tried again and again, by many at once and by every road, on the compiled binary. */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { type Offer, oneApprover } from "../support/guarded_approvals.ts";
import { LocalApprovals } from "../support/local_approvals.ts";
import { nowSeconds, periodSeconds } from "../support/person.ts";

/** Of one approver on one channel: free failures, and the first lock after them. */
const free = 5;
const firstLockSeconds = 30;

/** How many codes one channel may have compared in so many seconds; override/SPEC.md, "The answer". */
function boundFor(seconds: number): number {
  let spent = 0;
  for (let count = free;; count++) {
    spent += firstLockSeconds * 2 ** (count - free);
    if (spent > seconds) return count;
  }
}

const codeIn = (screen: string) => /error\[([a-z_]+)\]/.exec(screen)?.[1] ?? null;

const attempts = (flow: LocalApprovals) => flow.log("state.override_attempted");

describe("one code, many at once", () => {
  for (const road of ["processes", "HTTP calls"] as const) {
    it(`TOTP-08 RACE-08 50 ${road} with one valid code: exactly one approval`, async () => {
      await using flow = await LocalApprovals.create(oneApprover);
      const ada = await flow.enrol();
      const offers = [await flow.deny(), await flow.deny("b.env")];
      if (road === "HTTP calls") await flow.serve();
      // Of the step to come: it stays good while fifty processes start.
      const code = await ada.code(nowSeconds() + periodSeconds);
      const given = await Promise.all(Array.from({ length: 50 }, async (_, i) => {
        const offer = offers[i % 2] as Offer;
        if (road === "processes") return codeIn((await flow.approve(offer, code)).screen);
        const { status, body } = await flow.approveByHttp(offer, { approver: "ada", code });
        return status === 200 ? null : body.code;
      }));
      assertEquals(given.filter((refusal) => refusal === null).length, 1, given.join(" "));
      // Fifty programs that start at once on few cores may wait longer for the log than they do.
      const refusals = ["override_rejected", "override_locked", "override_unknown", null]
        .concat(road === "processes" ? ["audit_busy"] : []);
      assertEquals(given.filter((refusal) => !refusals.includes(refusal)), []);
      assertEquals((await flow.log("state.override_granted")).length, 1);
      const [approved, other] = (await flow.log("state.override_granted"))[0].details.request ===
          offers[0]?.request_id
        ? ["a.env", "b.env"]
        : ["b.env", "a.env"];
      assertEquals(await flow.exitOf(other), 2);
      // And fifty uses of one grant are one.
      const uses = await Promise.all(Array.from({ length: 50 }, () => flow.exitOf(approved)));
      assertEquals(uses.filter((exit) => exit === 0).length, 1);
      await flow.requireSoundLog();
    });
  }
});

describe("guessing codes", () => {
  it("TOTP-09 TOTP-11 1,000 wrong codes by both roads, across restarts: a handful is compared", async () => {
    await using flow = await LocalApprovals.create(oneApprover);
    const ada = await flow.enrol();
    const offers = [await flow.deny(), await flow.deny("b.env"), await flow.deny("c.env")];
    const startedMs = performance.now();
    const wrong = (i: number) => String((i * 7_919) % 1_000_000).padStart(6, "0");
    const guess = async (i: number) => {
      const offer = offers[i % offers.length] as Offer;
      const answer = await flow.approveByHttp(offer, { approver: "ada", code: wrong(i) });
      return `${answer.status} ${answer.body.code}`;
    };
    const outcomes: string[] = [];
    for (let start = 0; start < 1_000; start += 250) {
      await flow.serve();
      // Eight at a time, each on a connection of its own.
      const connections = Array.from({ length: 8 }, async (_, lane) => {
        for (let i = start + lane; i < start + 250; i += 8) outcomes.push(await guess(i));
      });
      await Promise.all(connections);
      await flow.kill();
    }
    for (let i = 0; i < 12; i++) {
      const { exit, screen } = await flow.approve(offers[i % 3] as Offer, wrong(i));
      assert(exit === 1 || exit === 2, screen);
      if (exit === 1) assertMatch(screen, /refused until|locked until/);
    }
    const seconds = (performance.now() - startedMs) / 1000;
    assertEquals(
      new Set(outcomes),
      new Set(["403 override_rejected", "429 override_locked"]),
      "nothing fitted",
    );
    const compared = await attempts(flow);
    for (const channel of ["server", "console"]) {
      const count = compared.filter(({ details }) => details.channel === channel).length;
      assert(count >= free && count <= boundFor(seconds), `${channel}: ${count} in ${seconds} s`);
    }
    assertEquals((await flow.log("INVALID_OVERRIDE_CODE")).length, compared.length);
    // The lock is in the log: a person waits as long as it says, and no longer (TOTP-11).
    const early = await flow.approve(offers[0] as Offer, await ada.code());
    assertEquals(early.exit, 1, "the right code, while it is locked");
    flow.ahead = firstLockSeconds * 2 ** (boundFor(seconds) - free) + 1;
    const offer = await flow.deny();
    const { exit, screen } = await flow.approve(offer, await ada.code(flow.now()));
    assertEquals(exit, 0, screen);
    assertEquals(await flow.exitOf(), 0);
    await flow.requireSoundLog();
  });

  it("TOTP-09 a day of guesses, one each minute: some thirty are compared", async () => {
    await using flow = await LocalApprovals.create(oneApprover);
    await flow.enrol();
    const offer = await flow.deny();
    const file = `${flow.project.folder}/clock`;
    Deno.writeTextFileSync(file, "+0\n");
    await flow.serve({ FAKETIME_TIMESTAMP_FILE: file, FAKETIME_NO_CACHE: "1" });
    const minutes = 24 * 60;
    for (let minute = 0; minute < minutes; minute++) {
      Deno.writeTextFileSync(file, `+${minute * 60}\n`);
      await flow.approveByHttp(offer, { approver: "ada", code: "000000" });
    }
    await flow.kill();
    const { length } = await attempts(flow);
    // Five, seven while the locks double, and then one an hour.
    assert(length >= 25 && length <= free + 7 + 24, `${length} compared`);
    await flow.requireSoundLog();
  });

  it("TOTP-11 who guesses at the server does not lock the terminal", async () => {
    await using flow = await LocalApprovals.create(oneApprover);
    const ada = await flow.enrol();
    const offer = await flow.deny();
    await flow.serve();
    for (let i = 0; i < 30; i++) {
      await flow.approveByHttp(offer, { approver: i % 2 === 0 ? "ada" : "nobody", code: "000000" });
    }
    const code = await ada.code();
    const remote = await flow.approveByHttp(offer, { approver: "ada", code });
    assertEquals([remote.status, remote.body.code], [429, "override_locked"]);
    assertEquals((await flow.approve(offer, code)).exit, 0);
    const seen = (await attempts(flow)).map(({ details }) => details.channel);
    assert(seen.includes("server") && seen.includes("console"), "the log shows who was locked");
  });

  it("TOTP-10 kill -9 between wrong codes gives back none of them", async () => {
    await using flow = await LocalApprovals.create(oneApprover);
    const ada = await flow.enrol();
    const offer = await flow.deny();
    for (let i = 0; i < free; i++) {
      await flow.serve();
      const { status } = await flow.approveByHttp(offer, { approver: "ada", code: "000000" });
      assertEquals(status, 403);
      await flow.kill();
    }
    await flow.serve();
    const { status } = await flow.approveByHttp(offer, { approver: "ada", code: await ada.code() });
    assertEquals(status, 429);
    assertEquals((await attempts(flow)).length, free);
    assertEquals(await flow.exitOf(), 2);
  });
});
