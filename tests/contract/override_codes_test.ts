/** Codes as somebody would guess, steal and repeat them: override/SPEC.md, "The answer" and "Time". */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { restoreState } from "../../src/core/audit/state.ts";
import { recoveryHash } from "../../src/core/override/recovery_codes.ts";
import { codeOf } from "../support/audit_folder.ts";
import {
  byCode,
  byRecovery,
  checkOne,
  inOverrideProject,
  offered,
  type OverrideProject,
  type Person,
  refusalOf,
  unnamedSecret,
  writing,
} from "../support/override_project.ts";

const inProject = (body: (given: OverrideProject, ada: Person) => Promise<void>) =>
  inOverrideProject(async (given) => {
    given.clock.toStep();
    await body(given, await given.enrol("ada"));
  });

/** A code that is none of the window's. */
function wrongCode(person: Person, now: number): string {
  const right = [-30, 0, 30].map((offset) => person.code(now + offset));
  return ["111111", "222222", "333333", "444444"].find((code) => !right.includes(code)) ?? "";
}

const grantsOf = async ({ entries }: Pick<OverrideProject, "entries">) =>
  (await entries("state.override_granted")).length;

describe("a code", () => {
  it("TOTP-05 TOTP-17 is not accepted again, however it is spelled, wherever it comes from", () =>
    inProject(async (given, ada) => {
      const { check, engine, approval, again, entries } = given;
      const code = ada.code();
      await engine.overrides.approve(approval(await check(writing()), byCode(ada)));
      const fullWidth = [...code].map((digit) => String.fromCharCode(0xff10 + Number(digit)));
      const second = await check(writing("b.env"));
      const other = await again();
      for (
        const spelled of [
          code,
          ` ${code}`,
          `${code}\n`,
          `${code.slice(0, 3)} ${code.slice(3)}`,
          `0${code}`,
          `+${code}`,
          `${Number(code)}e0`,
          fullWidth.join(""),
          code.replace(/./g, (digit) => String.fromCharCode(0x660 + Number(digit))),
          "",
          code.repeat(100_000),
        ]
      ) {
        const answer = await codeOf(() =>
          other.overrides.approve(
            approval(second, { ...byCode(ada, spelled), channel: "server" }),
          )
        );
        assert(answer === "override_rejected" || answer === "override_locked", answer);
      }
      assertEquals(await grantsOf(given), 1);
      assertEquals((await entries("OVERRIDE_REUSE_ATTEMPTED")).length, 1);
      const log = JSON.stringify(await engine.readEvents({}));
      assert(!log.includes(`"${code}`), "the log has a code");
    }));

  it("TOTP-05 that is no text is none", () =>
    inProject(async (given, ada) => {
      const { check, engine, approval } = given;
      const denied = await check(writing());
      for (const code of [Number(ada.code()), [ada.code()], { toString: ada.code }]) {
        const proof = { kind: "totp", approver: "ada", code: code as unknown as string } as const;
        const act = () => engine.overrides.approve(approval(denied, { proof }));
        assertEquals(await codeOf(act), "override_rejected");
      }
      assertEquals(await grantsOf(given), 0);
    }));

  it("TOTP-06 of an older step is refused once a newer one was accepted", () =>
    inProject(async (given, ada) => {
      const { check, engine, approval, clock } = given;
      const old = ada.code();
      clock.move(30);
      await engine.overrides.approve(approval(await check(writing()), byCode(ada)));
      const next = await check(writing("b.env"));
      const act = () => engine.overrides.approve(approval(next, byCode(ada, old)));
      assertEquals(await codeOf(act), "override_rejected");
      // The other way round the newer one is as good as ever.
      await engine.overrides.approve(approval(next, byCode(ada, ada.code(clock.now() + 30))));
      assertEquals(await grantsOf(given), 2);
    }));

  it("TOTP-07 counts one step to either side, and no further", () =>
    inProject(async (given, ada) => {
      const { check, engine, approval, clock } = given;
      for (const [index, offset] of [-60, 60, 90, -90].entries()) {
        const denied = await check(writing(`far${index}.env`));
        const code = ada.code(clock.now() + offset);
        const act = () => engine.overrides.approve(approval(denied, byCode(ada, code)));
        assertEquals(await codeOf(act), "override_rejected", `${offset} s`);
      }
      for (const [index, offset] of [-30, 0, 30].entries()) {
        const denied = await check(writing(`near${index}.env`));
        await engine.overrides.approve(
          approval(denied, byCode(ada, ada.code(clock.now() + offset))),
        );
      }
      assertEquals(await grantsOf(given), 3);
    }));

  it("TOTP-08 RACE-08 sent 50 times at once, to two engines on one log, gives one grant", () =>
    inProject(async (given, ada) => {
      const { check, engine, approval, again } = given;
      const denied = await check(writing());
      const other = await check(writing("b.env"));
      const second = await again();
      const answers = await Promise.all(Array.from({ length: 50 }, (_, index) => {
        const desk = (index % 2 === 0 ? engine : second).overrides;
        const request = index % 3 === 0 ? other : denied;
        const channel = index % 5 === 0 ? "server" : "console";
        return refusalOf(() => desk.approve(approval(request, { ...byCode(ada), channel })));
      }));
      assertEquals(await grantsOf(given), 1);
      const refused = answers.filter((text) => /^override_(rejected|locked):/.test(text));
      assertEquals(refused.length, 49, answers.join(" "));
    }));

  it("TOTP-08 RACE-08 a grant that 20 decisions of two engines ask for at once allows one", () =>
    inProject(async (given, ada) => {
      const { check, engine, approval, again } = given;
      await engine.overrides.approve(approval(await check(writing()), byCode(ada)));
      const second = await again();
      const decisions = await Promise.all(
        Array.from({ length: 20 }, (_, i) => checkOne(i % 2 ? engine : second, writing())),
      );
      assertEquals(decisions.filter(({ allowed }) => allowed).length, 1);
    }));

  it("TOTP-18 of another person, or another enrolment of the same name, is refused", () =>
    inProject(async (given, ada) => {
      const { check, engine, approval, enrol } = given;
      const bo = await enrol("bo");
      const denied = await check(writing());
      for (const name of ["ada", "cy", "bo "]) {
        const proof = { kind: "totp", approver: name, code: bo.code() } as const;
        const act = () => engine.overrides.approve(approval(denied, { proof }));
        assertEquals(await codeOf(act), "override_rejected");
      }
      await engine.overrides.unenrol(ada.id, "uid:0");
      await enrol("ada");
      const act = () => engine.overrides.approve(approval(denied, byCode(ada)));
      assertEquals(await codeOf(act), "override_rejected");
      const recovery = () => engine.overrides.approve(approval(denied, byRecovery(ada, 0)));
      assertEquals(await codeOf(recovery), "override_rejected");
      const status = await engine.overrides.approve(approval(denied, byCode(bo)));
      assertEquals(status.approved_by, "bo");
    }));

  it("TOTP-18 SEED-17 of a name or an enrolment the policy does not know counts for nothing", async () => {
    const policy = `version: "1.0"
protected: {files: ["*.env"]}
overrides:
  approvers: [{name: ada, enrolment: "${"0".repeat(32)}"}]
`;
    await inOverrideProject(async ({ check, engine, approval, enrol, clock }) => {
      clock.toStep();
      const people = [await enrol("ada"), await enrol("eve")];
      const denied = await check(writing());
      for (const person of people) {
        for (const proof of [byCode(person), byRecovery(person, 0)]) {
          const act = () => engine.overrides.approve(approval(denied, proof));
          assertEquals(await codeOf(act), "override_rejected");
        }
      }
    }, { policy });
  });
});

describe("guesses", () => {
  it("TOTP-09 five wrong codes lock, longer each time, over engines, requests and proofs", () =>
    inProject(async (given, ada) => {
      const { check, approval, again, clock, engine } = given;
      const denied = [await check(writing()), await check(writing("b.env"))];
      let made = 0;
      const guess = async () => {
        const request = denied[made++ % 2];
        const desk = (made % 2 ? engine : await again()).overrides;
        const proof = made % 4 === 0
          ? byRecovery({ name: "ada", recovery: ["00000-00000-00000-00000-000000"] }, 0)
          : byCode(ada, wrongCode(ada, clock.now()));
        return await codeOf(async () => {
          if (request !== undefined) await desk.approve(approval(request, proof));
        });
      };
      for (let i = 0; i < 5; i++) assertEquals(await guess(), "override_rejected");
      for (const seconds of [30, 60, 120]) {
        assertEquals(await guess(), "override_locked");
        // Right ones are not looked at either: a lock that tells right from wrong is none.
        const [request] = denied;
        assert(request !== undefined);
        const act = () => engine.overrides.approve(approval(request, byCode(ada)));
        assertEquals(await codeOf(act), "override_locked");
        clock.move(seconds - 2);
        assertEquals(await guess(), "override_locked", `${seconds} s are not over`);
        clock.move(3);
        assertEquals(await guess(), "override_rejected", `${seconds} s are over`);
      }
      assertEquals((await given.entries("state.override_attempted")).length, 8);
      assertEquals(await grantsOf(given), 0);
    }));

  it("TOTP-09 in parallel are counted one by one", () =>
    inProject(async ({ check, approval, engine, again, entries, clock }, ada) => {
      const denied = await check(writing());
      const engines = [engine, await again()];
      const wrong = byCode(ada, wrongCode(ada, clock.now()));
      const answers = await Promise.all(
        Array.from(
          { length: 40 },
          (_, i) =>
            codeOf(() => (engines[i % 2] ?? engine).overrides.approve(approval(denied, wrong))),
        ),
      );
      assertEquals(answers.filter((code) => code === "override_rejected").length, 5);
      assertEquals((await entries("state.override_attempted")).length, 5);
    }));

  it("TOTP-09 of all names together are bounded on a channel", () =>
    inProject(async ({ check, approval, engine, entries }, ada) => {
      const denied = await check(writing());
      const names = Array.from({ length: 30 }, (_, i) => `nobody${i}`);
      const answers: string[] = [];
      for (const approver of names) {
        const proof = { kind: "totp", approver, code: "123456" } as const;
        answers.push(await codeOf(() => engine.overrides.approve(approval(denied, { proof }))));
      }
      assertEquals(answers.filter((code) => code === "override_rejected").length, 20);
      assertEquals(answers.slice(20), Array(10).fill("override_locked"));
      const kept = JSON.stringify(await entries("state.override_attempted"));
      assert(!kept.includes("nobody"), "what somebody typed as a name is in the log");
      // Nor does it close another road.
      const granted = await engine.overrides.approve(
        approval(denied, { ...byCode(ada), channel: "server" }),
      );
      assertEquals(granted.status, "approved");
    }));

  it("TOTP-11 on the server leave the console open", () =>
    inProject(async ({ check, approval, engine, clock }, ada) => {
      const denied = await check(writing());
      const wrong = { ...byCode(ada, wrongCode(ada, clock.now())), channel: "server" } as const;
      for (let i = 0; i < 6; i++) {
        await codeOf(() => engine.overrides.approve(approval(denied, wrong)));
      }
      const { approvers } = await engine.overrides.show(offered(denied).request_id, "server");
      assert(approvers.find(({ name }) => name === "ada")?.locked_until !== null);
      await engine.overrides.approve(approval(denied, byCode(ada)));
    }));

  it("TOTP-10 are durable before anything is compared: a crash gives none away", () =>
    inProject(async (given, ada) => {
      const { check, approval, again, entries } = given;
      const denied = await check(writing());
      const broken = await again((parts) => ({
        loadOverrideTools: async () => ({
          ...await parts.loadOverrideTools(),
          hmac: () => {
            throw new Error("crashed while comparing");
          },
        }),
      }));
      for (let count = 1; count <= 5; count++) {
        await refusalOf(() => broken.overrides.approve(approval(denied, byCode(ada)))).then(
          () => assert(false, "nothing crashed"),
          (error) => assertMatch(String(error), /crashed while comparing/),
        );
        assertEquals((await entries("state.override_attempted")).length, count);
      }
      assertEquals(
        await codeOf(() => broken.overrides.approve(approval(denied, byCode(ada)))),
        "override_locked",
      );
      assertEquals(await grantsOf(given), 0);
    }));

  it("TOTP-10 TOTP-20 with a log that takes no second entry grant nothing, and stay counted", () =>
    inProject(async (given, ada) => {
      const { check, approval, again, entries, engine } = given;
      const denied = await check(writing());
      let isFull = false;
      const failing = await again(({ audit }) => ({
        audit: {
          ...audit,
          transact: (act, use) =>
            audit.transact((view) => {
              const done = act(view);
              if (isFull && done.events.length > 0) throw new Deno.errors.WriteZero("disk full");
              isFull ||= done.events.some(({ type }) => type === "state.override_attempted");
              return done;
            }, use),
        },
      }));
      await failing.overrides.approve(approval(denied, byCode(ada))).then(
        () => assert(false, "approved without an entry"),
        () => {},
      );
      assertEquals((await entries("state.override_attempted")).length, 1);
      assertEquals(await grantsOf(given), 0);
      assertEquals((await check(writing())).decision, "deny");
      // The code was not used up: nothing says that it was accepted.
      assertEquals(
        (await engine.overrides.approve(approval(denied, byCode(ada)))).status,
        "approved",
      );
    }));

  it("TOTP-20 with a secret that is lost, unsafe or another: refused, not counted; decisions go on", () =>
    inProject(async (given, ada) => {
      const { check, approval, engine, entries, project } = given;
      const denied = await check(writing());
      const seed = `${project.stateFolder()}/keys/override/${ada.id}`;
      const kept = Deno.readTextFileSync(seed);
      const refused = async () =>
        await codeOf(() => engine.overrides.approve(approval(denied, byCode(ada))));
      Deno.writeTextFileSync(seed, kept.replace(/.(?=\n?$)/, (last) => last === "A" ? "B" : "A"));
      assertEquals(await refused(), "secret_invalid");
      Deno.chmodSync(seed, 0o644);
      assertEquals(await refused(), "secret_unsafe");
      Deno.removeSync(seed);
      assertEquals(await refused(), "secret_missing");
      assertEquals((await entries("state.override_attempted")).length, 0);
      assertEquals(
        (await check({ type: "file_write", affected_files: ["src/a"], content: "x" }))
          .decision,
        "allow",
      );
    }));
});

describe("TOTP-21 a recovery code", () => {
  it("counts once, typed with or without hyphens, and is counted as a guess", () =>
    inProject(async (given, ada) => {
      const { check, approval, engine, entries } = given;
      const typed = (ada.recovery[0] ?? "").toLowerCase().replaceAll("-", " ");
      const proof = { kind: "recovery", approver: "ada", code: typed } as const;
      await engine.overrides.approve(approval(await check(writing()), { proof }));
      const next = await check(writing("b.env"));
      for (const again of [byRecovery(ada, 0), { proof }]) {
        assertEquals(
          await codeOf(() => engine.overrides.approve(approval(next, again))),
          "override_rejected",
        );
      }
      await engine.overrides.approve(approval(next, byRecovery(ada, 1)));
      assertEquals((await entries("state.override_attempted")).length, 4);
      const { enrolments } = await engine.overrides.list();
      assertEquals(enrolments.map(({ recovery_codes_left: left }) => left), [8]);
      const log = JSON.stringify(await engine.readEvents({}));
      for (const code of ada.recovery) assert(!log.includes(code), "the log has a recovery code");
      assert(!log.includes(JSON.stringify([...ada.seed])));
    }));
});

describe("TOTP-22 enrolling", () => {
  const another = (
    given: Partial<Parameters<OverrideProject["engine"]["overrides"]["enrol"]>[0]>,
  ) =>
    ({
      id: "f".repeat(32),
      name: "ada",
      algorithm: "SHA1",
      seedSha256: "0".repeat(64),
      provenStep: 0,
      recoveryHashes: [recoveryHash("f".repeat(32), "x")],
      replaces: null,
      ...given,
    }) as const;

  it("over a standing enrolment takes a code of it, counted and locked as any other", () =>
    inProject(async ({ engine, entries, clock }, ada) => {
      const { overrides: desk } = engine;
      const wrong = { kind: "totp", code: wrongCode(ada, clock.now()) } as const;
      for (const replaces of [null, wrong, wrong, wrong, wrong]) {
        assertEquals(await codeOf(() => desk.enrol(another({ replaces }))), "override_rejected");
      }
      const right = { kind: "totp", code: ada.code() } as const;
      assertEquals(await codeOf(() => desk.enrol(another({ replaces: right }))), "override_locked");
      assertEquals((await entries("state.override_enrolled")).length, 1);
      clock.move(30);
      const later = { kind: "totp", code: ada.code() } as const;
      await desk.enrol(another({ replaces: later }));
      // The old app's steps and its ten recovery codes went with it.
      const { enrolments } = await desk.list();
      assertEquals(enrolments.map(({ id, recovery_codes_left: left }) => [id, left]), [
        ["f".repeat(32), 1],
      ]);
    }));

  it("a code of the step that proved it is used: it approves nothing", () =>
    inProject(async ({ engine, clock, check, approval, enrol }) => {
      const bo = await enrol("bo", "SHA256", Math.floor(clock.now() / 30));
      const denied = await check(writing());
      const act = () => engine.overrides.approve(approval(denied, byCode(bo)));
      assertEquals(await codeOf(act), "override_rejected");
      clock.move(30);
      assertEquals(
        (await engine.overrides.approve(approval(denied, byCode(bo)))).approved_by,
        "bo",
      );
    }));
});

describe("TOTP-23 a refusal", () => {
  it("says the same for wrong code, wrong phrase, and requests unknown, expired, used, denied", () =>
    inProject(async (given, ada) => {
      const { check, engine, approval, clock, entries } = given;
      const { overrides: desk } = engine;
      const used = await check(writing("used.env"));
      await desk.approve(approval(used, byRecovery(ada, 0)));
      await check(writing("used.env"));
      const denied = await check(writing("denied.env"));
      await desk.deny(offered(denied).request_id, {
        justification: "not this one",
        channel: "console",
        by: "uid:0",
      });
      const gone = await check(writing("gone.env"));
      await desk.withdraw(offered(gone).request_id, "uid:1", "cancelled");
      const expired = await check(writing("expired.env"));
      clock.move(300);
      clock.toStep();
      const open = await check(writing());
      const answers = new Set<string>();
      let recovery = 1;
      const refuse = async (given: Parameters<typeof approval>[1], request = open) => {
        const answer = await refusalOf(() => desk.approve(approval(request, given)));
        answers.add(answer);
      };
      await refuse(byCode(ada, wrongCode(ada, clock.now())));
      // With a proof that holds, everything else is what is wrong. None of them is used up by it.
      const right = byRecovery(ada, recovery++);
      await refuse({ ...right, phrase: "00000-00000" });
      for (const request of [used, denied, gone]) await refuse(right, request);
      clock.move(60);
      await refuse(right, expired);
      for (const requestId of ["0".repeat(32), "", "../../x", "\u202e".repeat(40)]) {
        clock.move(3_600);
        await refuse({ ...right, requestId });
      }
      // What to try goes by the kind of proof, which whoever gave it knows; nothing else differs.
      assertEquals([...answers], [
        "override_rejected: The approval was refused; nothing is granted; " +
        "look at the request again, wait for the next code, and retype both",
        "override_rejected: The approval was refused; nothing is granted; " +
        "look at the request again, and retype both; each recovery code counts once",
      ]);
      const causes = (await entries("INVALID_OVERRIDE_CODE"))
        .concat(await entries("OVERRIDE_REUSE_ATTEMPTED")).map(({ details }) => details["cause"]);
      assertEquals([...new Set(causes)].sort(), [
        "no_request",
        "phrase",
        "request_cancelled",
        "request_denied",
        "request_expired",
        "request_used",
        "wrong",
      ]);
      assertEquals(await grantsOf(given), 1);
    }));
});

describe("TOTP-12 the clock", () => {
  it("set back by an hour or a day: nothing is offered, approved or lifted, whatever the proof", () =>
    inProject(async (given, ada) => {
      const { check, engine, approval, clock, entries } = given;
      const { overrides: desk } = engine;
      const waiting = await check(writing("b.env"));
      const { override_id: id } = await desk.approve(approval(await check(writing()), byCode(ada)));
      for (const seconds of [3_600, 86_400]) {
        clock.move(-seconds);
        for (const proof of [byCode(ada), byRecovery(ada, 0)]) {
          const answer = await refusalOf(() => desk.approve(approval(waiting, proof)));
          assertMatch(answer, /^override_refused: The clock is behind/);
        }
        assertEquals(await desk.isValid(id ?? "", null), false);
        const denied = await check(writing());
        assertEquals([denied.decision, denied.override?.status], ["deny", "clock_back"]);
        clock.move(seconds);
      }
      assertEquals((await entries("state.override_attempted")).length, 1, "it was counted");
      // Set right, all is as it was; a code that was accepted is not accepted again.
      assertEquals(
        await codeOf(() => desk.approve(approval(waiting, byCode(ada)))),
        "override_rejected",
      );
      assertEquals((await check(writing())).decision, "allow");
    }));

  it("set back by less than a minute is a correction: the step decides", () =>
    inProject(async ({ check, engine, approval, clock }, ada) => {
      await engine.overrides.approve(approval(await check(writing()), byCode(ada)));
      clock.move(-30);
      const denied = await check(writing("b.env"));
      for (const at of [clock.now(), clock.now() + 30]) {
        const act = () => engine.overrides.approve(approval(denied, byCode(ada, ada.code(at))));
        assertEquals(await codeOf(act), "override_rejected");
      }
      const act = () => engine.overrides.approve(approval(denied, byRecovery(ada, 0)));
      assertEquals((await act()).status, "approved");
    }));

  it("set back makes no request and no grant live longer", () =>
    inProject(async ({ check, engine, approval, clock }, ada) => {
      const { overrides: desk } = engine;
      const start = clock.now();
      const denied = await check(writing());
      const id = offered(denied).request_id;
      const { override_id: grant } = await desk.approve(approval(denied, byCode(ada)));
      const waiting = await check(writing("b.env"));
      clock.toSecond(start + 1_800);
      // Something of the override state happens now: from here on this is the time.
      await check(writing("c.env"));
      for (const back of [30, 1_000]) {
        clock.toSecond(start + 1_800 - back);
        assertEquals((await desk.status(id, null)).status, "expired");
        assertEquals((await desk.status(offered(waiting).request_id, null)).status, "expired");
        assertEquals(await desk.isValid(grant ?? "", null), false);
        assertEquals((await check(writing())).decision, "deny");
      }
    }));

  it("ten years ahead and back again: a person says what time it is, and everything open ends", () =>
    inProject(async ({ check, engine, approval, clock, enrol, entries }, ada) => {
      const { overrides: desk } = engine;
      const years = 10 * 365 * 86_400;
      clock.move(years);
      clock.toStep();
      const ahead = await check(writing());
      await desk.approve(approval(ahead, byCode(ada)));
      for (let i = 0; i < 20; i++) {
        const proof = { kind: "totp", approver: `x${i}`, code: "123456" } as const;
        await codeOf(() => desk.approve(approval(ahead, { proof })));
      }
      const waits = await check(writing("waits.env"));
      clock.move(-years);
      clock.toStep();
      assertEquals((await check(writing("b.env"))).override?.status, "clock_back");
      // Enrolling does not move time: it would be a way to do that unseen.
      await enrol("bo");
      assertEquals((await check(writing("b.env"))).override?.status, "clock_back");
      await desk.acceptClock("uid:0");
      assertEquals((await entries("state.override_clock")).map(({ severity }) => severity), [
        "CRITICAL",
      ]);
      const old = [offered(ahead).request_id, offered(waits).request_id];
      const words: string[] = [];
      for (const id of old) words.push((await desk.status(id, null)).status);
      assertEquals(words, ["revoked", "cancelled"]);
      assertEquals((await desk.list()).grants, []);
      const denied = await check(writing("b.env"));
      // The channel's twenty failures were of the time ahead. They last three minutes, not ten years.
      assertEquals(
        await codeOf(() => desk.approve(approval(denied, byRecovery(ada, 0)))),
        "override_locked",
      );
      clock.move(181);
      clock.toStep();
      // The accepted step is ahead, and stays so until that time; a recovery code knows no steps.
      assertEquals(
        await codeOf(() => desk.approve(approval(denied, byCode(ada)))),
        "override_rejected",
      );
      clock.move(181);
      await desk.approve(approval(await check(writing("b.env")), byRecovery(ada, 0)));
      await desk.unenrol(ada.id, "uid:0");
      const anew = await enrol("ada");
      const next = await check(writing("c.env"));
      assertEquals((await desk.approve(approval(next, byCode(anew)))).status, "approved");
    }));
});

describe("TOTP-20 the state", () => {
  it("is the log's: what it accepted is accepted by no engine again, from a snapshot or without", () =>
    inProject(async ({ check, engine, approval, again, project }, ada) => {
      await engine.overrides.approve(approval(await check(writing()), byCode(ada)));
      const denied = await check(writing("b.env"));
      // Fills up to where a snapshot stands.
      for (let i = 0; i < 120; i++) await check({ type: "file_read", affected_files: ["src/x"] });
      const folder = project.path(".scalpel/audit.log.d/state");
      const snapshots = [...Deno.readDirSync(folder)];
      assert(snapshots.length > 0, "no snapshot was written");
      for (const { name } of snapshots) {
        const state = restoreState(JSON.parse(Deno.readTextFileSync(`${folder}/${name}`)));
        assert(state !== null);
      }
      const rejected = async () =>
        await codeOf(async () => (await again()).overrides.approve(approval(denied, byCode(ada))));
      assertEquals(await rejected(), "override_rejected");
      // A snapshot is a copy. Forged or gone, the entries say the same.
      for (const { name } of snapshots) {
        const text = Deno.readTextFileSync(`${folder}/${name}`);
        Deno.chmodSync(`${folder}/${name}`, 0o600);
        Deno.writeTextFileSync(
          `${folder}/${name}`,
          text.replace(/"last_step":\d+/, '"last_step":0'),
        );
      }
      assertEquals(await rejected(), "override_rejected");
      for (const { name } of snapshots) Deno.removeSync(`${folder}/${name}`);
      assertEquals(await rejected(), "override_rejected");
    }));
});

describe("SEED-07 SEED-08 a code of the unnamed secret", () => {
  it("counts once over engines and requests, and with time it is another", async () => {
    const secret = unnamedSecret();
    const variables = { SCALPEL_TOTP_SECRET: secret.text };
    const policy = `version: "1.0"\nprotected: {files: ["*.env"]}\n`;
    await inOverrideProject(async ({ check, engine, approval, again, clock }) => {
      clock.toStep();
      const denied = await check(writing());
      const code = secret.code(clock.now());
      const proof = { proof: { kind: "totp", approver: null, code } } as const;
      const status = await engine.overrides.approve(approval(denied, proof));
      assertEquals(status.approved_by, "unnamed");
      const next = await check(writing("b.env"));
      const other = await again();
      assertEquals(
        await codeOf(() => other.overrides.approve(approval(next, proof))),
        "override_rejected",
      );
      clock.move(90);
      assertEquals(
        await codeOf(() => other.overrides.approve(approval(next, proof))),
        "override_rejected",
      );
      const fresh = { proof: { ...proof.proof, code: secret.code(clock.now()) } };
      assertEquals((await other.overrides.approve(approval(next, fresh))).status, "approved");
    }, { policy, variables });
  });

  it("counts for nothing where the policy names people", async () => {
    const secret = unnamedSecret();
    await inOverrideProject(async ({ check, engine, approval, clock }) => {
      const denied = await check(writing());
      const code = secret.code(clock.now());
      const proof = { kind: "totp", approver: null, code } as const;
      const act = () => engine.overrides.approve(approval(denied, { proof }));
      assertEquals(await codeOf(act), "override_rejected");
    }, { variables: { SCALPEL_TOTP_SECRET: secret.text } });
  });
});
