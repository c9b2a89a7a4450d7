import { encodeBase64 } from "@std/encoding/base64";
import { encodeHex } from "@std/encoding/hex";
import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { sshKeyKinds } from "../../../../src/core/integrity/ssh_key.ts";
import { encodeSshPublicKey } from "../../../../src/core/integrity/ssh_public_key.ts";
import { lintPolicy } from "../../../../src/core/policy/lint_policy.ts";
import { newSshSigner } from "../../../support/ssh_signer.ts";

const random = (bytes: number) => crypto.getRandomValues(new Uint8Array(bytes));
const key = () => `ssh-ed25519 ${encodeBase64(encodeSshPublicKey(random(32)))}`;

const files = 'protected:\n  files: ["*.env"]\n';

/** Severity, code, line and column of each. */
function lint(section: string, isSigned = false): readonly unknown[] {
  const text = `version: "1.0"\noverrides:\n${section}${files}`;
  return lintPolicy(new TextEncoder().encode(text), "f", { isSigned }).findings
    .map(({ severity, code, location }) => [severity, code, location?.line, location?.column]);
}

describe("lintPolicy() of overrides", () => {
  const rows: readonly (readonly [string, string, readonly unknown[]])[] = [
    ["nobody can approve", "  approvers: []\n", [["warning", "approvers_none", 2, 1]]],
    ["nobody is named", "  request_seconds: 60\n", [["warning", "approvers_none", 2, 1]]],
    ["a name", "  approvers: [{name: maria}]\n", []],
    ["the shared secret alone", "  unnamed_approver: true\n", []],
    [
      "the shared secret beside a name",
      "  approvers: [{name: maria}]\n  unnamed_approver: true\n",
      [["warning", "approver_unnamed", 4, 21]],
    ],
    [
      "an inbox and no key",
      "  approvers: [{name: maria}]\n  inbox: /srv/in\n",
      [["warning", "inbox_unused", 4, 10]],
    ],
    [
      "an inbox below a folder that everybody can write",
      `  approvers: [{name: jo, ssh_keys: ["${key()}"]}]\n  inbox: /tmp/in\n`,
      [["warning", "inbox_shared", 4, 10]],
    ],
    [
      "codes and ordinary keys under same_uid: deny",
      `  approvers: [{name: maria}, {name: jo, ssh_keys: ["${key()}"]}]\n  same_uid: deny\n`,
      [["warning", "approvers_same_uid", 4, 13]],
    ],
    ["an hour", "  unnamed_approver: true\n  request_seconds: 3600\n", []],
    [
      "more than an hour",
      "  unnamed_approver: true\n  request_seconds: 3601\n",
      [["notice", "request_long", 4, 20]],
    ],
    ["four hours", "  unnamed_approver: true\n  grant_minutes: 240\n", []],
    [
      "more than four hours",
      "  unnamed_approver: true\n  grant_minutes: 241\n",
      [["notice", "grant_long", 4, 18]],
    ],
    ["one at a time", "  unnamed_approver: true\n  grants: [once]\n", []],
    [
      "more than one at a time",
      "  unnamed_approver: true\n  grants: [once, session]\n",
      [["warning", "grants_unsigned", 4, 11]],
    ],
  ];
  for (const [name, section, wanted] of rows) {
    it(`tells of ${name} what there is to tell`, () => assertEquals(lint(section), wanted));
  }

  it("a signed policy may grant more", () => {
    assertEquals(lint("  unnamed_approver: true\n  grants: [session, pattern]\n", true), []);
  });

  it("says nothing of a policy without the section", () => {
    assertEquals(
      lintPolicy(new TextEncoder().encode(`version: "1.0"\n${files}`), "f").findings,
      [],
    );
  });

  it("an inbox counts with one key", () => {
    const approvers = `  approvers: [{name: a}, {name: b, ssh_keys: ["${key()}"]}]\n`;
    assertEquals(lint(`${approvers}  inbox: /srv/in\n`), []);
  });
});

describe("public keys and enrolments in a policy", () => {
  it("are no secrets", async () => {
    for (let round = 0; round < 20; round++) {
      assertEquals(lint(`  approvers: [{name: a, ssh_keys: ["${key()} a@b"]}]\n`), []);
      const id = encodeHex(random(16));
      assertEquals(lint(`  approvers: [{name: a, enrolment: "${id}"}]\n`), []);
    }
    for (const kind of sshKeyKinds) {
      const { line } = await newSshSigner(kind);
      assertEquals(lint(`  approvers: [{name: a, ssh_keys: ["${line}"]}]\n`), [], line);
    }
  });

  it("says nothing of same_uid: deny where a security key approves, or the install is guarded", async () => {
    const { line } = await newSshSigner("sk-ssh-ed25519@openssh.com");
    const touched = `  approvers: [{name: maria}, {name: jo, ssh_keys: ["${line}"]}]\n`;
    assertEquals(lint(`${touched}  same_uid: deny\n`), []);
    const text = 'version: "1.0"\noverrides: {approvers: [{name: maria}], same_uid: deny}\n' +
      files;
    const options = { isGuarded: true };
    assertEquals(lintPolicy(new TextEncoder().encode(text), "f", options).findings, []);
  });

  it("S1 what stands beside them is one as ever", () => {
    const secret = `ghp_${"a1B2".repeat(6)}`;
    const id = encodeHex(random(16));
    for (
      const section of [
        `  approvers: [{name: a, ssh_keys: ["${key()} ${secret}"]}]\n`,
        `  approvers: [{name: a, enrolment: "${id}"}] # ${encodeHex(random(16))}\n`,
        `  approvers: [{name: a, enrolment: "${id}"}] # enrolment: ${encodeHex(random(32))}\n`,
      ]
    ) assertEquals(lint(section).map((finding) => (finding as string[])[1]), ["secret_in_policy"]);
  });

  it("S1 a private key in the place of a public one is refused and not repeated", () => {
    const secret = encodeBase64(random(48));
    const text = 'version: "1.0"\noverrides:\n  approvers:\n    - name: a\n      ssh_keys: ' +
      `["-----BEGIN OPENSSH PRIVATE KEY-----${secret}"]\n`;
    const { policy, findings } = lintPolicy(new TextEncoder().encode(text), "f");
    assertEquals([policy, findings[0]?.code], [null, "policy_invalid"]);
    assertEquals(JSON.stringify(findings).includes(secret), false);
  });
});
