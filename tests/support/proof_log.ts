/** A log of lines, its key, and what its holder hands out: notes and proofs. */
import { newSigningKeyPem, openSigningKey } from "../../src/adapter/signing_key.ts";
import { encodeCheckpoint, encodeOrigin } from "../../src/core/audit/checkpoint.ts";
import { hashLeaf } from "../../src/core/audit/merkle/hash_leaf.ts";
import { TreeWalk } from "../../src/core/audit/merkle/tree_walk.ts";
import { encodeTlogProof, type TlogProof } from "../../src/core/audit/tlog_proof.ts";
import { signNote } from "../../src/core/integrity/signed_note.ts";
import { createVerifierKey, type VerifierKey } from "../../src/core/integrity/verifier_key.ts";
import { concatHashes } from "./reference_tree.ts";

export const utf8 = (text: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(text);

/** A line as a log has it, less its LF; its MAC is nobody's, as for a reader without the secret. */
export function proofLine(seq: number, details = "{}"): string {
  const [prev, mac] = [seq, seq + 1].map((n) => n.toString(16).padStart(64, "0"));
  const ts = "2026-11-22T18:00:00.000000Z";
  return `{"v":1,"seq":${seq},"key":"b71ae841.0","ts":"${ts}","type":"NOTE","sev":"LOW",` +
    `"d":${details},"prev":"${prev}","mac":"${mac}"}`;
}

export class ProofLog {
  readonly logId: string;
  readonly origin: string;
  readonly publicKey: Uint8Array;
  readonly key: VerifierKey;
  readonly #sign: (data: Uint8Array) => Uint8Array;
  readonly #lines: readonly string[];

  constructor(lines: readonly string[], logId = "a0a1a2a3a4a5a6a7a8a9aaabacadaeaf") {
    const { sign, publicKey } = openSigningKey(newSigningKeyPem());
    this.#lines = lines;
    this.#sign = sign;
    this.logId = logId;
    this.origin = encodeOrigin(logId);
    this.publicKey = publicKey;
    this.key = createVerifierKey(this.origin, publicKey);
  }

  /** A note of any text under the log's name, or another. */
  note(text: string, name = this.origin): string {
    return signNote(text, { name, publicKey: this.publicKey, sign: this.#sign });
  }

  /** The parts of the proof of one line. */
  parts(index: number): TlogProof {
    const walk = new TreeWalk({ inclusions: [{ index }] });
    walk.feed(concatHashes(this.#lines.map((line) => hashLeaf(utf8(line)))));
    const { size, root, inclusions } = walk.answers();
    const note = this.note(encodeCheckpoint({ origin: this.origin, size, root }));
    const extra = utf8(this.#lines[index] ?? "");
    return { extra, index, hashes: inclusions[0] ?? [], note };
  }

  proof(index: number, changed: Partial<TlogProof> = {}): string {
    return encodeTlogProof({ ...this.parts(index), ...changed });
  }
}
