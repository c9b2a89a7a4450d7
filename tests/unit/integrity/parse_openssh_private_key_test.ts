import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { encodeBase64 } from "@std/encoding/base64";
import { describe, it } from "@std/testing/bdd";
import { EngineError } from "../../../src/core/errors.ts";
import { encodeSsh, encodeSshString } from "../../../src/core/integrity/encode_ssh.ts";
import { parseOpensshPrivateKey } from "../../../src/core/integrity/parse_openssh_private_key.ts";
import { encodeSshPublicKey } from "../../../src/core/integrity/ssh_public_key.ts";
import { newPairKey } from "../../support/policy_pair.ts";

const { publicKey } = newPairKey();
const seed = crypto.getRandomValues(new Uint8Array(32));
const pair = Uint8Array.of(...seed, ...publicKey);

interface Parts {
  readonly magic: string;
  readonly cipher: string;
  readonly kdf: string;
  readonly count: number;
  readonly checks: readonly [number, number];
  readonly type: string;
  readonly publicKey: Uint8Array;
  readonly pair: Uint8Array;
  readonly after: Uint8Array;
}

function keyText(given: Partial<Parts> = {}): string {
  const parts: Parts = {
    magic: "openssh-key-v1\0",
    cipher: "none",
    kdf: "none",
    count: 1,
    checks: [7, 7],
    type: "ssh-ed25519",
    publicKey,
    pair,
    after: new Uint8Array(),
    ...given,
  };
  const inner = encodeSsh(
    ...parts.checks,
    parts.type,
    encodeSshString(parts.publicKey),
    encodeSshString(parts.pair),
    "me@home",
    Uint8Array.of(1, 2, 3),
  );
  const blob = encodeSsh(
    new TextEncoder().encode(parts.magic),
    parts.cipher,
    parts.kdf,
    "",
    parts.count,
    encodeSshString(encodeSshPublicKey(publicKey)),
    encodeSshString(inner),
    parts.after,
  );
  const lines = encodeBase64(blob).match(/.{1,70}/g) ?? [];
  return [
    "-----BEGIN OPENSSH PRIVATE KEY-----",
    ...lines,
    "-----END OPENSSH PRIVATE KEY-----",
    "",
  ].join("\n");
}

describe("parseOpensshPrivateKey()", () => {
  it("reads an Ed25519 key without passphrase", () => {
    assertEquals(parseOpensshPrivateKey(keyText()), { seed, publicKey, comment: "me@home" });
  });

  it("names the way in two steps for a key with a passphrase", () => {
    const encrypted = keyText({ cipher: "aes256-ctr", kdf: "bcrypt" });
    const error = assertThrows(() => parseOpensshPrivateKey(encrypted), EngineError, "encrypted");
    assertEquals(error.code, "secret_invalid");
    assertStringIncludes(error.hint ?? "", "ssh-keygen -Y sign -n sealward-policy");
    assertStringIncludes(error.hint ?? "", "--prepare");
  });

  it("MAN-10 refuses everything else, and quotes none of it", () => {
    const rows: Readonly<Record<string, string>> = {
      "another version": keyText({ magic: "openssh-key-v2\0" }),
      "two keys": keyText({ count: 2 }),
      "check numbers that differ": keyText({ checks: [7, 8] }),
      "another type": keyText({ type: "ssh-rsa" }),
      "halves that differ": keyText({ publicKey: newPairKey().publicKey }),
      "a short half": keyText({ pair: seed }),
      "bytes behind it": keyText({ after: Uint8Array.of(0) }),
      "cut": keyText().slice(0, 120),
      "no frame": keyText().replace("-----END", "END"),
      "no base64": keyText().replace("\n", "\n!"),
    };
    for (const [name, text] of Object.entries(rows)) {
      const error = assertThrows(() => parseOpensshPrivateKey(text), EngineError, undefined, name);
      assertEquals(error.code, "secret_invalid", name);
      assertEquals(error.message.includes(encodeBase64(seed).slice(0, 12)), false, name);
    }
  });
});
