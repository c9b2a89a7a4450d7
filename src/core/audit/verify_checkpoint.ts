/**
 * Whether a checkpoint is what the log's key signed.
 *
 * @module
 */
import { parseNote, type SignedNote, verifyNote } from "../integrity/signed_note.ts";
import { createVerifierKey, type VerifierKey } from "../integrity/verifier_key.ts";
import type { VerifyEd25519 } from "../ports.ts";
import { type Checkpoint, parseCheckpoint, parseOrigin } from "./checkpoint.ts";

/**
 * Whose signature counts: a key with its name, which must be the checkpoint's origin, or a raw
 * 32-byte key, which is believed for any log of ours that it signed for.
 */
export interface CheckpointTrust {
  readonly key: VerifierKey | Uint8Array;
  readonly verifyEd25519: VerifyEd25519;
}

/** `foreign`: it speaks of another log than the key's, or of none of ours. */
export type CheckpointFailure = "foreign" | "unsigned" | "forged";

export type CheckpointResult =
  | { readonly isSigned: true; readonly checkpoint: Checkpoint; readonly key: VerifierKey }
  | { readonly isSigned: false; readonly reason: CheckpointFailure; readonly origin: string };

/**
 * Reads a checkpoint and verifies the log's signature.
 *
 * @param note The signed note, whole.
 * @throws {EngineError} `proof_invalid` when it is none.
 */
export function verifyCheckpoint(note: string, trust: CheckpointTrust): CheckpointResult {
  const parsed: SignedNote = parseNote(note);
  const checkpoint = parseCheckpoint(parsed.text);
  const { origin } = checkpoint;
  const key = keyOf(origin, trust.key);
  if (key === null) return { isSigned: false, reason: "foreign", origin };
  const verdict = verifyNote(parsed, { key, verifyEd25519: trust.verifyEd25519 });
  if (verdict !== "signed") return { isSigned: false, reason: verdict, origin };
  return { isSigned: true, checkpoint, key };
}

function keyOf(origin: string, key: VerifierKey | Uint8Array): VerifierKey | null {
  if (!(key instanceof Uint8Array)) return key.name === origin ? key : null;
  return parseOrigin(origin) === null ? null : createVerifierKey(origin, key);
}
