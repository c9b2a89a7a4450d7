/** What people are told who answer too late, in the wrong way, or to the wrong thing. */
import { assertEquals, assertMatch } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import {
  approverPolicy,
  byCode,
  byRecovery,
  inOverrideProject,
  offered,
  type OverrideProject,
  type Person,
  refusalOf,
  unnamedSecret,
  writing,
} from "../support/override_project.ts";
import { newSshSigner } from "../support/ssh_signer.ts";

const inProject = (body: (given: OverrideProject, ada: Person) => Promise<void>) =>
  inOverrideProject(async (given) => {
    given.clock.toStep();
    await body(given, await given.enrol("ada"));
  });

const no = { justification: "not this one", channel: "console", by: "uid:0" } as const;

describe("an answer to what is answered already", () => {
  it("says how it stands and how to go on, and spends nothing", () =>
    inProject(async ({ check, engine, approval }, ada) => {
      const { overrides: desk } = engine;
      const denied = await check(writing());
      const id = offered(denied).request_id;
      const { override_id: grant } = await desk.approve(approval(denied, byCode(ada)));
      for (const act of [() => desk.show(id, "console"), () => desk.deny(id, no)]) {
        assertEquals(
          await refusalOf(act),
          "override_unknown: The request is not open any more: it is approved; " +
            `it is approved already; to end that: sealward override revoke ${grant}`,
        );
      }
      assertEquals((await check(writing())).decision, "allow");
      assertMatch(await refusalOf(() => desk.show(id, "console")), /it is used; .*used up/);
      assertMatch(await refusalOf(() => desk.revoke(grant ?? "", no)), /approval is used up/);
    }));

  it("tells denied, cancelled, expired and revoked apart", () =>
    inProject(async ({ check, engine, approval, clock }, ada) => {
      const { overrides: desk } = engine;
      const hint = (id: string) => refusalOf(() => desk.deny(id, no));
      const [denied, gone, revoked, late] = [
        await check(writing("denied.env")),
        await check(writing("gone.env")),
        await check(writing("revoked.env")),
        await check(writing("late.env")),
      ];
      await desk.deny(offered(denied).request_id, no);
      await desk.withdraw(offered(gone).request_id, "uid:1", "cancelled");
      const { override_id: grant } = await desk.approve(approval(revoked, byCode(ada)));
      await desk.revoke(grant ?? "", no);
      assertMatch(await refusalOf(() => desk.revoke(grant ?? "", no)), /is revoked already/);
      clock.move(301);
      assertMatch(await hint(offered(denied).request_id), /is denied; a person said no/);
      assertMatch(await hint(offered(gone).request_id), /is cancelled; whoever asked/);
      assertMatch(await hint(offered(revoked).request_id), /is revoked; its approval was taken/);
      assertMatch(await hint(offered(late).request_id), /is expired; nobody answered/);
    }));

  it("says which of the two ids was given for the other", () =>
    inProject(async ({ check, engine, approval }, ada) => {
      const { overrides: desk } = engine;
      const denied = await check(writing());
      const id = offered(denied).request_id;
      assertMatch(await refusalOf(() => desk.revoke(id, no)), /id of a request.*nothing is app/);
      const { override_id: grant } = await desk.approve(approval(denied, byCode(ada)));
      const wrong = await refusalOf(() => desk.revoke(id, no));
      assertMatch(
        wrong,
        new RegExp(`id of a request, not of an approval; its approval is ${grant}`),
      );
      assertMatch(await refusalOf(() => desk.deny(grant ?? "", no)), /id of an approval, not of a/);
      // An asker, who has no business with grants, is told nothing of them (BIND-12).
      assertMatch(await refusalOf(() => desk.status(grant ?? "", "uid:1")), /There is no such/);
    }));
});

describe("a refused approval", () => {
  it("has in its entry whom it claimed to be of, and no name the policy has not", () =>
    inProject(async ({ check, engine, approval, entries }, ada) => {
      const { overrides: desk } = engine;
      const denied = await check(writing());
      const wrong = { ...byRecovery(ada, 0), phrase: "00000-00000" };
      await refusalOf(() => desk.approve(approval(denied, wrong)));
      const stranger = { kind: "totp", approver: "eve\u202e", code: "123456" } as const;
      await refusalOf(() => desk.approve(approval(denied, { proof: stranger })));
      const found = await entries("INVALID_OVERRIDE_CODE");
      assertEquals(found.map(({ details }) => details["approver"]), ["ada", "?"]);
    }));

  it("with a signature is about signing, and the log tells key from signature", async () => {
    const [bo, eve] = [await newSshSigner("ssh-ed25519"), await newSshSigner("ssh-ed25519")];
    const policy = `version: "1.0"
protected: {files: ["*.env"]}
overrides: {approvers: [{name: bo, ssh_keys: ["${bo.line}"]}]}
`;
    await inOverrideProject(async ({ check, engine, approval, entries }) => {
      const denied = await check(writing());
      const other = new TextEncoder().encode("another text");
      const proof = { kind: "ssh", signature: await bo.sign(other) } as const;
      const answer = await refusalOf(() => engine.overrides.approve(approval(denied, { proof })));
      assertMatch(answer, /^override_rejected: .*; sign anew, with -n sealward-override/);
      const { text } = await engine.overrides.show(offered(denied).request_id, "console");
      const { approvalText } = await import("../../src/core/override/approval_text.ts");
      const said = { grant: { kind: "once" }, justification: "the test says so" } as const;
      const message = new TextEncoder().encode(approvalText(text, said));
      const foreign = { kind: "ssh", signature: await eve.sign(message) } as const;
      const again = () => engine.overrides.approve(approval(denied, { proof: foreign }));
      assertEquals(await refusalOf(again), answer, "outward nothing tells them apart");
      const causes = (await entries("INVALID_OVERRIDE_CODE")).map(({ details }) => details);
      assertEquals(causes.map(({ cause }) => cause), ["signature", "key"]);
    }, { policy });
  });
});

describe("same_uid: deny in a local install", () => {
  const policyOf = (approvers: string) =>
    `version: "1.0"
protected: {files: ["*.env"]}
overrides:
  approvers: [${approvers}]
  same_uid: deny
`;

  it("offers nothing and counts nobody where no security key can approve", async () => {
    const plain = await newSshSigner("ssh-ed25519");
    const policy = policyOf(`{name: ada}, {name: bo, ssh_keys: ["${plain.line}"]}`);
    await inOverrideProject(async ({ check, engine, enrol, entries }) => {
      await enrol("ada");
      const { decision, override } = await check(writing());
      assertEquals([decision, override ?? null], ["deny", null]);
      const { approvers, pending } = await engine.overrides.list();
      assertEquals(approvers.map(({ proofs }) => proofs), [[], []]);
      assertEquals([pending, await entries("state.override_attempted")], [[], []]);
    }, { policy });
  });

  it("offers where one can, and counts that one alone", async () => {
    const touched = await newSshSigner("sk-ssh-ed25519@openssh.com");
    const policy = policyOf(`{name: ada}, {name: bo, ssh_keys: ["${touched.line}"]}`);
    await inOverrideProject(async ({ check, engine, enrol }) => {
      await enrol("ada");
      const { request_id: id } = offered(await check(writing()));
      const { approvers } = await engine.overrides.show(id, "console");
      assertEquals(approvers.map(({ proofs }) => proofs), [[], ["ssh"]]);
    }, { policy });
  });
});

describe("TOTP-14 a shared secret of no use", () => {
  const policy = `version: "1.0"\nprotected: {files: ["*.env"]}\n`;

  it("is listed as approving nothing; one of use approves", async () => {
    for (
      const [secret, proofs] of [["hex:00112233445566778899", []], ["not base32!", []], [
        unnamedSecret().text,
        ["totp"],
      ]] as const
    ) {
      await inOverrideProject(async ({ engine }) => {
        const { approvers } = await engine.overrides.list();
        assertEquals(approvers.map((one) => [one.name, one.proofs]), [[null, proofs]]);
      }, { policy, variables: { SCALPEL_TOTP_SECRET: secret } });
    }
  });
});

describe("a clock that is not behind", () => {
  it("TOTP-12 is nothing to accept: what is open stays", () =>
    inProject(async ({ check, engine, entries }) => {
      const denied = await check(writing());
      assertEquals(await engine.overrides.clockBack(), null);
      const answer = await refusalOf(() => engine.overrides.acceptClock("uid:0"));
      assertMatch(answer, /^override_refused: The clock is not behind/);
      assertEquals((await entries("state.override_clock")).length, 0);
      const { status } = await engine.overrides.status(offered(denied).request_id, null);
      assertEquals(status, "pending");
    }));
});

describe("what nobody ended by an answer", () => {
  it("says that it was taken back, or that the policy changed", () =>
    inProject(async ({ check, engine, accept }) => {
      const { overrides: desk } = engine;
      const [late, gone, open] = [
        offered(await check(writing("late.env"))).request_id,
        offered(await check(writing("gone.env"))).request_id,
        offered(await check(writing("open.env"))).request_id,
      ];
      await desk.withdraw(late, "uid:1", "timeout");
      await desk.withdraw(gone, "uid:1", "cancelled");
      const told = async (id: string) => {
        const { status, ended_because: why } = await desk.status(id, null);
        return [status, why];
      };
      assertEquals(await told(late), ["expired", "timeout"]);
      assertEquals(await told(gone), ["cancelled", undefined]);
      assertEquals(await told(open), ["pending", undefined]);
      await accept(approverPolicy("  grant_minutes: 7\n"));
      assertEquals(await told(open), ["cancelled", "policy_changed"]);
      assertEquals(await told(late), ["expired", "timeout"]);
    }));

  it("an observing policy says that it offers nothing", async () => {
    const policy = `${approverPolicy()}enforcement: {mode: observe}\n`;
    await inOverrideProject(async ({ check, engine }) => {
      assertEquals((await check(writing())).override ?? null, null);
      assertEquals((await engine.overrides.list()).mode, "observe");
    }, { policy });
  });
});

describe("a timeout", () => {
  it("is in the log with who gave up, where it is known", () =>
    inProject(async ({ check, engine, entries }) => {
      const { overrides: desk } = engine;
      const ids = [];
      for (const name of ["a.env", "b.env", "c.env"]) {
        ids.push(offered(await check(writing(name))).request_id);
      }
      const [own = "", console = "", unknown = ""] = ids;
      await desk.withdraw(own, "uid:1", "timeout");
      await desk.withdraw(console, null, "timeout", { by: "uid:0", channel: "console" });
      await desk.withdraw(unknown, null, "timeout");
      const found = (await entries("OVERRIDE_TIMEOUT")).map(({ details: { by, channel } }) =>
        [by, channel].map((value) => value ?? null)
      );
      assertEquals(found, [["uid:1", null], ["uid:0", "console"], [null, null]]);
    }));
});
