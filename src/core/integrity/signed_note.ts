/**
 * Text under signatures (C2SP signed-note). What the text means is not known here; it must not be
 * shown as anybody's before verifyNote says that a trusted key signed it.
 *
 *     TEXT, ends with LF
 *     LF
 *     — NAME BASE64(key ID, 4 bytes || signature) LF        one or more
 *
 * @module
 */
import { encodeBase64 } from "@std/encoding/base64";
import { decodeHex, encodeHex } from "@std/encoding/hex";
import { EngineError } from "../errors.ts";
import { maxNoteBytes, maxNoteSignatures } from "../limits.ts";
import type { SignEd25519, VerifyEd25519 } from "../ports.ts";
import { parseBase64 } from "./parse_base64.ts";
import { createVerifierKey, isKeyName, type VerifierKey } from "./verifier_key.ts";

export interface NoteSignature {
  readonly name: string;
  /** 8 hex digits. */
  readonly keyId: string;
  /** Of a length that only its key knows. */
  readonly signature: Uint8Array;
}

export interface SignedNote {
  /** What is signed, with its last LF. */
  readonly text: string;
  readonly signatures: readonly NoteSignature[];
}

/**
 * What a key says of a note. `signed`: the key signed it, and nothing under its name and ID is
 * false. `unsigned`: it has no signature by this key. `forged`: it has one that does not verify.
 */
export type NoteVerdict = "signed" | "unsigned" | "forged";

// SECURITY: controls below 0x20 could move the cursor or hide a line.
// deno-lint-ignore no-control-regex -- control characters are what is searched
const forbidden = /[\u0000-\u0009\u000b-\u001f]|\p{Surrogate}/u;
const signatureLine = /^\u2014 ([^ ]+) ([^ ]+)$/;

/**
 * Reads a note; of its signatures nothing is verified.
 *
 * @param note Decoded from UTF-8 without leniency.
 * @throws {EngineError} `proof_invalid`.
 */
export function parseNote(note: string): SignedNote {
  if (note.length > maxNoteBytes) throw malformed(`it is larger than ${maxNoteBytes} bytes`);
  if (forbidden.test(note)) throw malformed("it has control characters");
  // The text may have empty lines of its own: only the last one ends it.
  const end = note.lastIndexOf("\n\n");
  if (end < 0 || !note.endsWith("\n")) throw malformed("no empty line and signatures at its end");
  const lines = note.slice(end + 2, -1).split("\n");
  if (lines.length > maxNoteSignatures) throw malformed(`over ${maxNoteSignatures} signatures`);
  return { text: note.slice(0, end + 1), signatures: lines.map(parseSignature) };
}

function parseSignature(line: string): NoteSignature {
  const [, name = "", base64 = ""] = signatureLine.exec(line) ?? [];
  const bytes = parseBase64(base64);
  if (!isKeyName(name) || bytes === null || bytes.length < 5) {
    throw malformed("a line at its end is no signature");
  }
  return { name, keyId: encodeHex(bytes.subarray(0, 4)), signature: bytes.subarray(4) };
}

/** The note as parseNote reads it. @throws {EngineError} `internal` for text that no note may have. */
export function encodeNote({ text, signatures }: SignedNote): string {
  if (!text.endsWith("\n") || forbidden.test(text)) {
    throw new EngineError("internal", "Cannot encode a note: its text is malformed");
  }
  const lines = signatures.map(({ name, keyId, signature }) => {
    return `\u2014 ${name} ${encodeBase64(Uint8Array.of(...decodeHex(keyId), ...signature))}\n`;
  });
  return `${text}\n${lines.join("")}`;
}

/** Signs text under a name. @throws {EngineError} `internal` as encodeNote and createVerifierKey. */
export function signNote(
  text: string,
  by: { readonly name: string; readonly publicKey: Uint8Array; readonly sign: SignEd25519 },
): string {
  const { name, keyId } = createVerifierKey(by.name, by.publicKey);
  const signature = by.sign(new TextEncoder().encode(text));
  return encodeNote({ text, signatures: [{ name, keyId, signature }] });
}

/** Looks for the key's signatures; those of other keys say nothing, whatever they look like. */
export function verifyNote(
  note: SignedNote,
  trust: { readonly key: VerifierKey; readonly verifyEd25519: VerifyEd25519 },
): NoteVerdict {
  const { key, verifyEd25519 } = trust;
  const own = note.signatures.filter(({ name, keyId }) => name === key.name && keyId === key.keyId);
  if (own.length === 0) return "unsigned";
  const text = new TextEncoder().encode(note.text);
  const isSigned = own.every(({ signature }) => verifyEd25519(key.publicKey, text, signature));
  return isSigned ? "signed" : "forged";
}

function malformed(what: string): EngineError {
  return new EngineError("proof_invalid", `Cannot read a signed note: ${what}`, {
    hint: "Pass it on as it was printed: with its empty line and the signatures behind it",
  });
}
