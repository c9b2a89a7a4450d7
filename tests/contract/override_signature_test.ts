/** SSH approvals on the real engine: a signature is over one request, one reach, one reason. */
import { assert, assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import type { Decision } from "../../src/core/decision/decision.ts";
import { approvalText } from "../../src/core/override/approval_text.ts";
import { codeOf } from "../support/audit_folder.ts";
import {
  byCode,
  inOverrideProject,
  offered,
  type OverrideProject,
  writing,
} from "../support/override_project.ts";
import { newSshSigner, type SigningOptions, type SshSigner } from "../support/ssh_signer.ts";

const policyOf = (signers: readonly SshSigner[], more = "") =>
  `version: "1.0"
protected: {files: ["*.env"]}
overrides:
  approvers:
${
    signers.map(({ line }, i) => `    - name: ${["ada", "bo"][i]}\n      ssh_keys: ["${line}"]\n`)
      .join("")
  }  grants: [once, session]
${more}`;

const because = "it is right this time";

async function signed(
  given: OverrideProject,
  denied: Decision,
  signer: SshSigner,
  { reason = because, kind = "once", options = {} }: {
    readonly reason?: string;
    readonly kind?: "once" | "session";
    readonly options?: SigningOptions;
  } = {},
) {
  const { text } = await given.engine.overrides.show(offered(denied).request_id, "console");
  const message = approvalText(text, { grant: { kind }, justification: reason });
  const signature = await signer.sign(new TextEncoder().encode(message), options);
  return { justification: because, proof: { kind: "ssh", signature } } as const;
}

describe("BIND-18 SEED-17 a signed approval", () => {
  it("is of the one whose key it is, in the log by its key, and used once", async () => {
    const [ada, bo, eve] = [
      await newSshSigner("ssh-ed25519"),
      await newSshSigner("ecdsa-sha2-nistp256"),
      await newSshSigner("ssh-ed25519"),
    ];
    await inOverrideProject(async (given) => {
      const { check, engine, approval, entries } = given;
      const denied = await check(writing());
      const other = await check(writing("b.env"));
      const refused = async (proof: Awaited<ReturnType<typeof signed>>, request = denied) =>
        assertEquals(
          await codeOf(() => engine.overrides.approve(approval(request, proof))),
          "override_rejected",
        );
      await refused(await signed(given, denied, eve));
      await refused(await signed(given, denied, bo, { reason: `${because}!` }));
      await refused(await signed(given, denied, bo, { kind: "session" }));
      await refused(await signed(given, other, bo));
      await refused(await signed(given, denied, bo, { options: { namespace: "git" } }));
      const good = await signed(given, denied, bo);
      await refused(good, other);
      const status = await engine.overrides.approve(approval(denied, good));
      assertEquals([status.approved_by, status.override_trust], ["bo", "same_uid"]);
      await refused(good);
      assertEquals((await check(writing())).decision, "allow");
      const again = await check(writing());
      await refused(good, again);
      assertEquals((await check(writing())).decision, "deny");
      // They cannot be guessed, and lock nobody out.
      assertEquals((await entries("state.override_attempted")).length, 0);
      const [grant] = await entries("state.override_granted");
      assert(typeof grant?.details["key"] === "string" && grant.details["proof"] === "ssh");
    }, { policy: policyOf([ada, bo]) });
  });

  it("a code of one whose line has keys and no totp counts for nothing", async () => {
    const ada = await newSshSigner("ssh-ed25519");
    await inOverrideProject(async ({ check, engine, approval, enrol }) => {
      const person = await enrol("ada");
      const denied = await check(writing());
      const act = () => engine.overrides.approve(approval(denied, byCode(person)));
      assertEquals(await codeOf(act), "override_rejected");
    }, { policy: policyOf([ada]) });
  });

  it("under same_uid: deny only a touched key approves; nothing else is even looked at", async () => {
    const [plain, touched] = [
      await newSshSigner("ssh-ed25519"),
      await newSshSigner("sk-ssh-ed25519@openssh.com"),
    ];
    await inOverrideProject(async (given) => {
      const { check, engine, approval } = given;
      const denied = await check(writing());
      const weak = await signed(given, denied, plain);
      assertEquals(
        await codeOf(() => engine.overrides.approve(approval(denied, weak))),
        "override_refused",
      );
      const untouched = await signed(given, denied, touched, { options: { flags: 0 } });
      assertEquals(
        await codeOf(() => engine.overrides.approve(approval(denied, untouched))),
        "override_rejected",
      );
      const status = await engine.overrides.approve(
        approval(denied, await signed(given, denied, touched)),
      );
      assertEquals([status.approved_by, status.override_trust], ["bo", "presence"]);
    }, { policy: policyOf([plain, touched], "  same_uid: deny\n") });
  });
});
