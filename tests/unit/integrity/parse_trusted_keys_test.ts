import { assertEquals, assertThrows } from "@std/assert";
import { encodeBase64 } from "@std/encoding/base64";
import { describe, it } from "@std/testing/bdd";
import { EngineError } from "../../../src/core/errors.ts";
import { encodeSsh, encodeSshString } from "../../../src/core/integrity/encode_ssh.ts";
import { parseTrustedKeys } from "../../../src/core/integrity/parse_trusted_keys.ts";
import { sha256 } from "../../../src/core/integrity/sha256.ts";
import { encodeSshKeyLine } from "../../../src/core/integrity/ssh_public_key.ts";
import { newPairKey } from "../../support/policy_pair.ts";

const parse = (text: string) => parseTrustedKeys(new TextEncoder().encode(text), "keys", sha256);
const [one, two] = [newPairKey(), newPairKey()];
const line = encodeSshKeyLine(one.publicKey, "somebody at home");

describe("parseTrustedKeys()", () => {
  it("reads keys, comments and empty lines; a key twice is one", () => {
    const other = encodeSshKeyLine(two.publicKey, "");
    const keys = parse(`# trusted\n\n${line}\n${other}\n${other} again`);
    assertEquals(keys.map(({ fingerprint, comment }) => [fingerprint, comment]), [
      [one.fingerprint, "somebody at home"],
      [two.fingerprint, ""],
    ]);
    assertEquals(keys[0]?.publicKey, one.publicKey);
    assertEquals(parse(""), []);
    assertEquals(parse("# no key was compiled in"), []);
  });

  it("shows a fingerprint as ssh-keygen -l does", () => {
    // A line and what `ssh-keygen -lf` of OpenSSH 9.2 said of it.
    const [key] = parse(
      "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIEKJMMFH9idyX07qap3LCo/Gvn4tX6LusVU4VRJr4prG x",
    );
    assertEquals(key?.fingerprint, "SHA256:3Zq/+lGBBCzOolOuBoUIgnIBjDZ/c9rCGJrB0Dlufj0");
  });

  it("MAN-10 refuses the whole file for one bad line, and names it", () => {
    const blob = (type: string, length: number) =>
      encodeBase64(encodeSsh(type, encodeSshString(new Uint8Array(length).fill(9))));
    const bad = [
      "default-secret",
      "changeme",
      `restrict ${line}`,
      `from="10.0.0.1" ${line}`,
      `cert-authority ${line}`,
      line.replace("ssh-ed25519", "ssh-rsa"),
      line.replace("ssh-ed25519", "sk-ssh-ed25519@openssh.com"),
      "ssh-ed25519",
      "ssh-ed25519 AAAA",
      "ssh-ed25519 ====",
      `ssh-ed25519 ${blob("ssh-ed25519", 31)}`,
      `ssh-ed25519 ${blob("ssh-ed25519", 33)}`,
      `ssh-ed25519 ${blob("ssh-rsa", 32)}`,
      `ssh-ed25519 ${encodeBase64(encodeSsh("ssh-ed25519", encodeSshString(new Uint8Array(32))))}`,
      `${line}\r`,
      `${line} \u202e`,
      `\t${line}`,
      line.replace(" ", "\t"),
    ];
    for (const row of bad) {
      const error = assertThrows(() => parse(`${line}\n${row}\n`), EngineError, "keys:2", row);
      assertEquals(error.code, "trusted_keys_invalid", row);
    }
    assertThrows(
      () => parseTrustedKeys(Uint8Array.of(0xff), "keys", sha256),
      EngineError,
    );
    const many = Array.from({ length: 257 }, () => encodeSshKeyLine(newPairKey().publicKey, ""));
    assertThrows(() => parse(many.join("\n")), EngineError, "257 keys");
  });
});
