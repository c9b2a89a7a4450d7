/**
 * From a denial to its approval in a guarded install, on the compiled binary: by code, over HTTP, by SSH
 * signature and through the inbox, with agent, engine and people under users of their own.
 */
import { assert, assertEquals, assertMatch, assertNotEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import {
  GuardedApprovals,
  type Offer,
  overridesPolicy,
  requireLinked,
} from "../support/guarded_approvals.ts";
import { nowSeconds, periodSeconds } from "../support/person.ts";
import { guardedRoot, type Who } from "../support/guarded_install.ts";
import { runInPty } from "../support/pty.ts";
import { programAt } from "../support/local_approvals.ts";

const inbox = "/srv/stranger/inbox";

describe("guarded: approval at a terminal", () => {
  it("BIND-17 BIND-01 BIND-03 a code lifts one denial once, and the log links every step", async () => {
    await using flow = await GuardedApprovals.create();
    const ada = await flow.enrol();
    const offer = await flow.deny();
    const { exit, screen } = await flow.approve(offer, await ada.code());
    assertEquals(exit, 0, screen);
    assertMatch(screen, /against it, 1 in all/);
    assert(!screen.includes(await ada.code()), "a code is not echoed");
    assertEquals(await flow.exitOf("b.env"), 2, "another file");
    await flow.requireOneUse();
    const granted = requireLinked(await flow.log(), offer.request_id, "totp");
    assertEquals(granted.details.approved_by, "ada");
    assertEquals(granted.details.override_trust, "guarded");
    await flow.requireSoundLog();
  });

  it("TOTP-05 a grant outlives kill -9 between approval and use, and so does its code's end", async () => {
    await using flow = await GuardedApprovals.create();
    const ada = await flow.enrol();
    const [offer, other] = [await flow.deny(), await flow.deny("b.env")];
    const code = await ada.code();
    assertEquals((await flow.approve(offer, code)).exit, 0);
    await flow.restart();
    assertEquals((await flow.approve(other, code)).exit, 2, "the code was used");
    const wait = await flow.override("agent", ["wait", offer.request_id]);
    assertEquals(wait.exit, 0, wait.stderr);
    await flow.requireOneUse();
    assertEquals((await flow.override("agent", ["wait", offer.request_id])).exit, 2, "used");
    await flow.restart();
    assertEquals(await flow.exitOf(), 2, "nor does a use come back");
    requireLinked(await flow.log(), offer.request_id, "totp");
    await flow.requireSoundLog();
  });

  it("TOTP-22 BIND-13 BIND-14 the agent's user approves, reads and enrols nothing", async () => {
    await using flow = await GuardedApprovals.create(overridesPolicy(
      `  approvers:\n    - name: ada\n  inbox: ${inbox}\n`,
    ));
    const { install } = flow;
    await install.must("root", ["install", "-d", "-o", "stranger", "-m", "755", inbox]);
    const ada = await flow.enrol();
    const offer = await flow.deny();
    const code = await ada.code();
    const attempt = await flow.approve(offer, code, { who: "agent" });
    assertEquals(attempt.exit, 64, attempt.screen);
    const token = (await install.client()).token_file ?? "";
    const withOwn = await flow.approve(offer, code, {
      who: "agent",
      flags: ["--token-file", token],
    });
    assertEquals(withOwn.exit, 1, withOwn.screen);
    assertMatch(withOwn.screen, /request_forbidden/);
    const state = await install.stateFolder();
    const secrets = [`${state}/keys/override/${ada.enrolment}`, `${state}/tokens/approver`];
    for (const path of secrets) {
      assert(await install.exists(path), path);
      const { exit, stdout } = await install.run("agent", ["cat", path]);
      assertEquals([exit === 0, stdout], [false, ""], path);
      const given = await flow.approve(offer, code, {
        who: "agent",
        flags: ["--token-file", path],
      });
      assertNotEquals(given.exit, 0, path);
    }
    for (const name of ["eve", "ada"]) {
      const command = ["sealward", "override", "enroll", name, "--root", guardedRoot];
      const { exit, screen } = await runInPty(install.command("agent", command));
      assertEquals(exit, 1, screen);
      assert(!/otpauth:/.test(screen), screen);
      const undo = await runInPty(
        install.command("agent", ["sealward", "override", "unenroll", name]),
      );
      assertEquals(undo.exit, 1, undo.screen);
    }
    const drop = `echo x > ${inbox}/${offer.request_id}.approval`;
    assertNotEquals((await install.run("agent", ["sh", "-c", drop])).exit, 0);
    for (const what of ["approve", "deny", "revoke"]) {
      const body = {
        ...offer,
        justification: "agreed in review",
        code,
        override_id: "0".repeat(32),
      };
      const { status } = await flow.http("agent", `/v1/override/${what}`, body, [
        "Sealward-Approve: 1",
      ]);
      assertEquals(status, 403, what);
    }
    assertEquals(await flow.exitOf(), 2);
    assert(
      (await flow.log()).every(({ type }) =>
        !/^(?:state\.override_(?:granted|attempted)|OVERRIDE_APPROVED)$/.test(type)
      ),
    );
    // None of it spoilt what a person does.
    assertEquals((await flow.approve(offer, code)).exit, 0);
    await flow.requireOneUse();
  });
});

describe("guarded: a lock and a clock", () => {
  it("TOTP-11 wrong codes at the server lock codes there, kill -9 or not, and no signature", async () => {
    await using signed = await createSigned("ed25519", "    - name: ada\n");
    const { flow, folder, key } = signed;
    const ada = await flow.enrol();
    const offer = await flow.deny();
    for (let i = 0; i < 5; i++) {
      const wrong = await flow.approveByHttp(offer, { approver: "ada", code: "000000" });
      assertEquals(wrong.status, 403);
      await flow.restart();
    }
    const code = await ada.code();
    const { status, body } = await flow.approveByHttp(offer, { approver: "ada", code });
    assertEquals([status, body.code], [429, "override_locked"]);
    // Everybody's codes go by the server here, at a terminal too.
    const { exit, screen } = await flow.approve(offer, code, { flags: ["--as", "ada"] });
    assertEquals(exit, 1, screen);
    assertMatch(screen, /override_locked/);
    await flow.writeToSign(offer, `${folder}/approval`);
    await flow.install.must("root", sign(key, `${folder}/approval`));
    assertEquals((await flow.approveSigned(offer, `${folder}/approval.sig`)).exit, 0);
    await flow.requireOneUse();
    await flow.requireSoundLog();
  });

  it("TOTP-12 the engine's user alone says that the clock is right", async () => {
    await using flow = await GuardedApprovals.create();
    const ada = await flow.enrol();
    const offer = await flow.deny();
    const accept = async (who: Who) => {
      const anHourAgo = programAt(-3_600).command.slice(0, -1);
      const words = ["sealward", "override", "accept-clock", "--root", guardedRoot];
      const command = [...anHourAgo, ...words];
      const seat = flow.install.command(who, command, {
        cwd: who === "engine" ? "/" : guardedRoot,
      });
      return await runInPty(seat, { answers: [{ after: "[y/N]", type: "y\r" }] });
    };
    for (const who of ["agent", "stranger", "root"] as const) {
      const { exit, typed, screen } = await accept(who);
      assertEquals([exit, typed], [1, 0], `${who}: ${screen}`);
    }
    assertEquals((await accept("engine")).exit, 0);
    const wait = await flow.override("agent", ["wait", offer.request_id]);
    assertEquals(wait.exit, 2, "every request has ended");
    const anew = await flow.deny();
    assertEquals((await flow.approve(anew, await ada.code())).exit, 0);
    await flow.requireOneUse();
    await flow.requireSoundLog();
  });
});

describe("guarded: approval over HTTP", () => {
  it("BIND-17 the approver's token shows and approves, no other one does", async () => {
    await using flow = await GuardedApprovals.create();
    const ada = await flow.enrol();
    const offer = await flow.deny();
    const { status, body } = await flow.http(
      "approver",
      `/v1/override/show?id=${offer.request_id}`,
    );
    assertEquals([status, body.request.phrase, body.allowed], [200, offer.phrase, false]);
    const proof = { approver: "ada", code: await ada.code() };
    for (const token of ["agent", "operator"] as const) {
      assertEquals((await flow.approveByHttp(offer, proof, token)).status, 403, token);
      const shown = await flow.http(token, `/v1/override/show?id=${offer.request_id}`);
      assertEquals(shown.status, 403, token);
    }
    const check = { operation: { type: "file_write", affected_files: ["a.env"] } };
    assertEquals((await flow.http("approver", "/v1/check", check)).status, 403);
    const task = await flow.http("approver", `/v1/override/task?id=${offer.request_id}`);
    assertEquals(task.status, 403);
    assertEquals(await flow.exitOf(), 2);
    const approved = await flow.approveByHttp(offer, proof);
    assertEquals([approved.status, approved.body.override?.status], [200, "approved"]);
    await flow.restart();
    await flow.requireOneUse();
    const granted = requireLinked(await flow.log(), offer.request_id, "totp");
    assertEquals(granted.details.channel, "server");
    await flow.requireSoundLog();
  });

  it("TOTP-05 TOTP-17 a code of the terminal is none over HTTP, however it is spelled", async () => {
    await using flow = await GuardedApprovals.create();
    const ada = await flow.enrol();
    const [first, second] = [await flow.deny(), await flow.deny("b.env")];
    const code = await ada.code();
    assertEquals((await flow.approve(first, code)).exit, 0);
    const wide = [...code].map((digit) => String.fromCodePoint(0xff10 + Number(digit))).join("");
    const arabic = [...code].map((digit) => String.fromCodePoint(0x660 + Number(digit))).join("");
    const spelled = [
      `0${code}`,
      ` ${code}`,
      `${code} `,
      `${code}\n`,
      `${code.slice(0, 3)} ${code.slice(3)}`,
      `+${code}`,
      wide,
      arabic,
      Number(code),
      [code],
    ];
    for (const one of spelled) {
      const { status } = await flow.approveByHttp(second, { approver: "ada", code: one });
      assertEquals(status, 400, JSON.stringify(one));
    }
    const again = await flow.approveByHttp(second, { approver: "ada", code });
    assertEquals([again.status, again.body.code], [403, "override_rejected"]);
    for (const one of [` ${code}`, `0${code}`, wide]) {
      assertNotEquals((await flow.approve(second, one)).exit, 0, one);
    }
    assertEquals(await flow.exitOf("b.env"), 2);
    const log = await flow.log();
    assertEquals(log.filter(({ type }) => type === "state.override_attempted").length, 2);
    assertEquals(log.filter(({ type }) => type === "OVERRIDE_REUSE_ATTEMPTED").length, 1);
    // An older step than the one accepted is none either (TOTP-06); a newer one is.
    const older = await ada.code(nowSeconds() - periodSeconds);
    assertEquals((await flow.approveByHttp(second, { approver: "ada", code: older })).status, 403);
    const newer = await ada.code(nowSeconds() + periodSeconds);
    assertEquals((await flow.approveByHttp(second, { approver: "ada", code: newer })).status, 200);
    await flow.requireOneUse("b.env");
    await flow.requireSoundLog();
  });
});

/** A key pair of a kind, and an install whose policy has it. */
async function createSigned(kind: string, more = "") {
  const folder = Deno.makeTempDirSync({ prefix: "sealward-ssh-" });
  const key = `${folder}/key`;
  const args = ["-q", "-t", kind, "-N", "", "-C", "jo@laptop", "-f", key];
  assert((await new Deno.Command("ssh-keygen", { args }).output()).success);
  const line = Deno.readTextFileSync(`${key}.pub`).trim();
  const policy = overridesPolicy(
    `  approvers:\n    - name: jo\n      ssh_keys: ["${line}"]\n${more}`,
  );
  const flow = await GuardedApprovals.create(policy);
  return {
    flow,
    folder,
    key,
    [Symbol.asyncDispose]: async () => {
      await flow[Symbol.asyncDispose]();
      Deno.removeSync(folder, { recursive: true });
    },
  };
}

const sign = (key: string, file: string, namespace = "sealward-override") => [
  ...["ssh-keygen", "-q", "-Y", "sign", "-n", namespace, "-f", key, file],
];

describe("guarded: approval by SSH signature", () => {
  for (const kind of ["ed25519", "ecdsa"]) {
    it(`BIND-17 what ssh-keygen signs with ${kind} is taken once, with its text alone`, async () => {
      await using signed = await createSigned(kind);
      const { flow, folder, key } = signed;
      const { install } = flow;
      const offer = await flow.deny();
      const other: Offer = await flow.deny("b.env");
      const text = `${folder}/approval`;
      await flow.writeToSign(offer, text);
      await install.must("root", sign(key, text));
      assertEquals((await flow.approveSigned(other, `${text}.sig`)).exit, 2, "another request");
      const reason = ["--justification", "another reason"];
      const proof = ["--signature", `${text}.sig`, "--phrase", offer.phrase];
      const changed = await flow.override("root", [
        "approve",
        offer.request_id,
        ...proof,
        ...reason,
      ]);
      assertEquals(changed.exit, 2, "another reason");
      await install.must("root", ["cp", text, `${folder}/file`]);
      await install.must("root", sign(key, `${folder}/file`, "file"));
      assertEquals((await flow.approveSigned(offer, `${folder}/file.sig`)).exit, 2, "namespace");
      await install.must("root", ["ssh-keygen", "-q", "-t", kind, "-N", "", "-f", `${folder}/own`]);
      await install.must("root", ["cp", text, `${folder}/forged`]);
      await install.must("root", sign(`${folder}/own`, `${folder}/forged`));
      assertEquals((await flow.approveSigned(offer, `${folder}/forged.sig`)).exit, 2, "a stranger");
      assertEquals(await flow.exitOf(), 2);
      const { exit, stderr } = await flow.approveSigned(offer, `${text}.sig`);
      assertEquals(exit, 0, stderr);
      await flow.restart();
      await flow.requireOneUse();
      assertEquals((await flow.approveSigned(offer, `${text}.sig`)).exit === 0, false, "once");
      const granted = requireLinked(await flow.log(), offer.request_id, "ssh");
      assertEquals([granted.details.approved_by, granted.details.override_trust], [
        "jo",
        "guarded",
      ]);
      await flow.requireSoundLog();
    });
  }

  it("BIND-13 BIND-17 takes a signed text from the folder of a third user", async () => {
    await using signed = await createSigned("ed25519", `  inbox: ${inbox}\n`);
    const { flow, key } = signed;
    const { install } = flow;
    await install.must("root", ["install", "-d", "-o", "stranger", "-m", "755", inbox]);
    const own = ["-o", "stranger", "-m", "400"];
    const token = `${await install.stateFolder()}/tokens/approver`;
    await install.must("root", ["install", ...own, token, "/srv/stranger/token"]);
    await install.must("root", ["install", ...own, key, "/srv/stranger/key"]);
    const offer = await flow.deny();
    const text = `/srv/stranger/${offer.request_id}.approval`;
    await flow.writeToSign(offer, text, "stranger");
    await install.must("stranger", sign("/srv/stranger/key", text));
    await install.must("stranger", ["sh", "-c", `cp ${text} ${text}.sig ${inbox}/`]);
    const wait = await flow.override("agent", ["wait", offer.request_id, "--timeout", "30"]);
    assertEquals(wait.exit, 0, `${wait.stderr}${flow.server.said()}`);
    await flow.requireOneUse();
    const granted = requireLinked(await flow.log(), offer.request_id, "ssh");
    assertEquals(granted.details.channel, "inbox");
    // It lies there still, and is used up.
    await flow.restart();
    const anew = await flow.deny();
    await install.must("stranger", [
      "sh",
      "-c",
      `cp ${text} ${inbox}/${anew.request_id}.approval; cp ${text}.sig ${inbox}/${anew.request_id}.approval.sig`,
    ]);
    const waited = await flow.override("agent", ["wait", anew.request_id, "--timeout", "4"]);
    assertEquals(waited.exit, 4, waited.stdout);
    assertMatch(flow.server.said(), /it is no approval of that request/);
    assertEquals(await flow.exitOf(), 2);
    await flow.requireSoundLog();
  });
});
