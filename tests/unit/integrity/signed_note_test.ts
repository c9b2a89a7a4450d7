import { assertEquals, assertThrows } from "@std/assert";
import { encodeBase64 } from "@std/encoding/base64";
import { decodeHex } from "@std/encoding/hex";
import { describe, it } from "@std/testing/bdd";
import { verifyEd25519 } from "../../../src/adapter/signing_key.ts";
import { EngineError } from "../../../src/core/errors.ts";
import { encodeNote, parseNote, verifyNote } from "../../../src/core/integrity/signed_note.ts";
import { createVerifierKey, parseVerifierKey } from "../../../src/core/integrity/verifier_key.ts";
import { maxNoteBytes, maxNoteSignatures } from "../../../src/core/limits.ts";
import { ProofLog } from "../../support/proof_log.ts";

const log = new ProofLog([]);
const text = "first\n\nthird: \u00e8 \u2014 x\n";
const note = log.note(text);
const verdictOf = (of: string, key = log.key) => verifyNote(parseNote(of), { key, verifyEd25519 });
const line = (name: string, bytes: Uint8Array) => `\u2014 ${name} ${encodeBase64(bytes)}\n`;

describe("verifyNote()", () => {
  it("agrees with the documentation of Go's x/mod/sumdb/note", () => {
    const key = parseVerifierKey(
      "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
    );
    const published = "If you think cryptography is the answer to your problem,\n" +
      "then you don't know what your problem is.\n\n" +
      "\u2014 PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfq" +
      "dngotpRZb6KE6RyyBwJnAM=\n";
    if (key === null) throw new Error("the published key does not parse");
    assertEquals(verdictOf(published, key), "signed");
    assertEquals(verdictOf(published.replace("your", "our"), key), "forged");
  });

  it("believes the key's signature over exactly this text", () => {
    assertEquals(parseNote(note).text, text);
    assertEquals(encodeNote(parseNote(note)), note);
    assertEquals(verdictOf(note), "signed");
    assertEquals(verdictOf(note.replace("first", "First")), "forged");
    assertEquals(verdictOf(note.replace("first", "first ")), "forged");
    assertEquals(verdictOf(`\n${note}`), "forged");
  });

  it("ignores other keys, even with its name or its ID", () => {
    const other = new ProofLog([]);
    const foreign = other.note(text);
    assertEquals(verdictOf(foreign), "unsigned");
    const [own = "", theirs = ""] = [note, foreign].map((n) => n.slice(n.lastIndexOf("\u2014")));
    const post = line("witness.example/pq", new Uint8Array(4_000).fill(1));
    const sameId = own.replace(log.origin, "other.example");
    for (const lines of [own + theirs, theirs + own, post + own, own + sameId + post]) {
      assertEquals(verdictOf(`${text}\n${lines}`), "signed");
    }
    assertEquals(verdictOf(`${text}\n${post}${sameId}${theirs}`), "unsigned");
  });

  it("rejects the note when one of its own signatures is false, or of another length", () => {
    const { signature, keyId } = parseNote(note).signatures[0] ?? {};
    if (signature === undefined || keyId === undefined) throw new Error("no signature");
    const bad = Uint8Array.from(signature, (byte, i) => i === 63 ? byte ^ 1 : byte);
    for (const wrong of [bad, signature.subarray(1), Uint8Array.of(...signature, 0)]) {
      const signatures = [signature, wrong].map((s) => ({ name: log.origin, keyId, signature: s }));
      assertEquals(verdictOf(encodeNote({ text, signatures })), "forged");
      assertEquals(verdictOf(encodeNote({ text, signatures: signatures.slice(1) })), "forged");
    }
  });

  it("a key that is no point of the curve, or one for anybody, signed nothing", () => {
    const order8 = "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc";
    const keys = ["00".repeat(31) + "00", "00".repeat(31) + "80", "02".repeat(32), "ff".repeat(32)]
      .concat(`${order8}05`, `${order8}85`, `01${"00".repeat(31)}`);
    for (const hex of keys) {
      const key = createVerifierKey(log.origin, decodeHex(hex));
      // S = 0 and R = -hA: under a point of order 8 one text in eight is signed so.
      for (let i = 0; i < 64; i++) {
        const signature = Uint8Array.of(...key.publicKey, ...new Uint8Array(32));
        const signatures = [{ name: key.name, keyId: key.keyId, signature }];
        assertEquals(verdictOf(encodeNote({ text: `${i}\n`, signatures }), key), "forged", hex);
      }
    }
  });
});

describe("parseNote()", () => {
  const own = note.slice(note.lastIndexOf("\u2014"));
  const five = new Uint8Array(5);
  const refused: readonly (readonly [string, string])[] = [
    ["nothing", ""],
    ["one line end", "\n"],
    ["text alone", text],
    ["no signature line", `${text}\n`],
    ["no empty line", `text\n${own}`],
    ["no line end behind it", note.slice(0, -1)],
    ["an empty line behind it", `${note}\n`],
    ["a carriage return", note.replace("\n", "\r\n")],
    ["a tab", note.replace("first", "\t")],
    ["NUL", note.replace("first", "\0")],
    ["an escape", note.replace("first", "\x1b[2J")],
    ["half a surrogate pair", note.replace("first", "\ud800")],
    ["a hyphen for the dash", note.replace("\u2014 sealward", "- sealward")],
    ["two blanks", note.replace("\u2014 sealward", "\u2014  sealward")],
    ["a blank at the end", `${note.slice(0, -1)} \n`],
    ["a plus in a name", `${text}\n${line("a+b", five)}`],
    ["a Unicode space in a name", `${text}\n${line("a\u2003b", five)}`],
    ["no name", `${text}\n\u2014 ${encodeBase64(five)}\n`],
    ["an ID without signature", `${text}\n${line("a", five.subarray(1))}`],
    ["base64url", `${text}\n\u2014 a __________8=\n`],
    ["base64 with bits left over", `${text}\n\u2014 a AAAAAAB=\n`],
    ["base64 without padding", `${text}\n\u2014 a AAAAAAA\n`],
    ["too many signatures", `${text}\n${line("a", five).repeat(maxNoteSignatures + 1)}`],
    ["too many bytes", `${"x".repeat(maxNoteBytes)}${note}`],
    ["another line among the signatures", `${text}\n${own}x\n${own}`],
  ];
  for (const [name, malformed] of refused) {
    it(`refuses ${name}`, () => {
      const error = assertThrows(() => parseNote(malformed), EngineError);
      assertEquals(error.code, "proof_invalid");
    });
  }

  it("takes as many signatures as there may be", () => {
    const many = `${text}\n${line("a", five).repeat(maxNoteSignatures)}`;
    assertEquals(parseNote(many).signatures.length, maxNoteSignatures);
  });
});

describe("encodeNote()", () => {
  it("writes no text that no note may have", () => {
    for (const bad of ["", "no line end", "a\tb\n", "\ud800\n"]) {
      assertThrows(() => encodeNote({ text: bad, signatures: [] }), EngineError);
    }
  });
});
