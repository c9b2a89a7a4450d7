import { assertEquals, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { verifyEd25519 } from "../../../src/adapter/signing_key.ts";
import {
  encodeCheckpoint,
  encodeOrigin,
  parseCheckpoint,
  parseOrigin,
} from "../../../src/core/audit/checkpoint.ts";
import { verifyCheckpoint } from "../../../src/core/audit/verify_checkpoint.ts";
import { EngineError } from "../../../src/core/errors.ts";
import { parseVerifierKey } from "../../../src/core/integrity/verifier_key.ts";
import { ProofLog } from "../../support/proof_log.ts";

const log = new ProofLog([]);
const root = new Uint8Array(32).fill(9);
const own = { origin: log.origin, size: 12, root };
const text = encodeCheckpoint(own);
const base64 = "CQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQk=";

describe("checkpoint", () => {
  it("is three lines, and reads back", () => {
    assertEquals(text, `sealward/audit/${log.logId}\n12\n${base64}\n`);
    assertEquals(parseCheckpoint(text), { ...own, extensions: [] });
    for (const size of [0, 2 ** 32, 2 ** 53 - 1]) {
      assertEquals(parseCheckpoint(encodeCheckpoint({ ...own, size })).size, size);
    }
  });

  it("may have lines of others", () => {
    assertEquals(parseCheckpoint(`${text}time 7\nx\n`).extensions, ["time 7", "x"]);
  });

  const refused = [
    "",
    "\n",
    `\n12\n${base64}\n`,
    `a\n12\n`,
    `a\n12\n${base64}`,
    `a\n\n${base64}\n`,
    ...["012", "-1", "+1", "1.0", "1e3", " 1", "1 ", "0x1", "9007199254740992", "\u0661"].map((
      size,
    ) => `a\n${size}\n${base64}\n`),
    `a\n1\n${base64.slice(4)}\n`,
    `a\n1\n${base64.replace("=", "")}\n`,
    `a\n1\n${base64.replace("k=", "l=")}\n`,
    `a\n1\n${base64} \n`,
    `a\n1\n${base64}\n\n`,
    `a\n1\n${base64}\n\nx\n`,
  ];
  for (const bad of refused) {
    it(`refuses ${JSON.stringify(bad).slice(0, 50)}`, () => {
      const error = assertThrows(() => parseCheckpoint(bad), EngineError);
      assertEquals(error.code, "proof_invalid");
    });
  }

  it("knows our origins from others", () => {
    assertEquals(parseOrigin(encodeOrigin(log.logId)), log.logId);
    for (const origin of ["", "sealward/audit/", "example.com/log", `${log.origin}0`]) {
      assertEquals(parseOrigin(origin), null);
    }
    assertEquals(parseOrigin(log.origin.toUpperCase()), null);
  });
});

describe("verifyCheckpoint()", () => {
  const verify = (note: string, key: typeof log.key | Uint8Array = log.key) => {
    const result = verifyCheckpoint(note, { key, verifyEd25519 });
    return result.isSigned ? "signed" : result.reason;
  };

  it("takes a named key or a raw one", () => {
    const note = log.note(text);
    for (const key of [log.key, log.publicKey]) {
      const result = verifyCheckpoint(note, { key, verifyEd25519 });
      assertEquals(result, {
        isSigned: true,
        checkpoint: { ...own, extensions: [] },
        key: log.key,
      });
    }
  });

  it("AUD-08 refuses a checkpoint of another log under the same key", () => {
    const other = new ProofLog([], "ff".repeat(16));
    const theirs = encodeCheckpoint({ ...own, origin: other.origin });
    assertEquals(verify(log.note(theirs)), "foreign");
    assertEquals(verify(log.note(theirs, other.origin)), "foreign");
    assertEquals(verify(other.note(text, log.origin)), "unsigned");
    assertEquals(verify(other.note(theirs), other.key), "signed");
    assertEquals(verify(other.note(theirs), log.publicKey), "unsigned");
  });

  it("gives a raw key no log but ours", () => {
    const theirs = encodeCheckpoint({ ...own, origin: "example.com/log" });
    assertEquals(verify(log.note(theirs, "example.com/log"), log.publicKey), "foreign");
    const named = parseVerifierKey(
      "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
    );
    assertEquals(named === null ? null : verify(log.note(text), named), "foreign");
  });

  it("names a false signature", () => {
    assertEquals(verify(log.note(text).replace("\n12\n", "\n13\n")), "forged");
    assertEquals(verify(log.note(text).replace("\n12\n", "\n13\n"), log.publicKey), "forged");
  });
});
