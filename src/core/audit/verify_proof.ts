/**
 * Whether a proof shows that an entry is in a log. Needs the log's public key and nothing else: no
 * secret, no log.
 *
 * @module
 */
import { EngineError } from "../errors.ts";
import type { VerifierKey } from "../integrity/verifier_key.ts";
import { maxEntryBytes } from "../limits.ts";
import type { JsonObject } from "../operation/operation.ts";
import { parseStrictJson } from "../strict_json.ts";
import { type Checkpoint, parseOrigin } from "./checkpoint.ts";
import { hashLeaf } from "./merkle/hash_leaf.ts";
import { planPath } from "./merkle/plan_path.ts";
import { verifyInclusion } from "./merkle/verify_inclusion.ts";
import { parseTlogProof, type TlogProof } from "./tlog_proof.ts";
import {
  type CheckpointFailure,
  type CheckpointTrust,
  verifyCheckpoint,
} from "./verify_checkpoint.ts";

/**
 * Why nothing is proven: see CheckpointFailure; then, `outside`: the checkpoint's tree has no such
 * index; `length`: too few or too many hashes for it; `root`: the hashes do not lead from this line
 * to the checkpoint's root; `no_entry`: the line is in the tree but is no entry; `misplaced`: it is
 * an entry that names another place.
 */
export type ProofFailure =
  | CheckpointFailure
  | "outside"
  | "length"
  | "root"
  | "no_entry"
  | "misplaced";

/** Everything that the signature and the hashes bind together. */
export interface ProvenEntry {
  readonly verdict: "PROVEN";
  readonly checkpoint: Checkpoint;
  /** Null in a log that is none of ours. */
  readonly logId: string | null;
  /** Which signed. */
  readonly key: VerifierKey;
  /** Sequence number, from 0. */
  readonly index: number;
  /** The raw line without its LF: ASCII from 0x20 to 0x7e. */
  readonly line: string;
  /** The line, parsed. */
  readonly entry: JsonObject;
}

export type ProofResult =
  | ProvenEntry
  | { readonly verdict: "NOT-PROVEN"; readonly reason: ProofFailure; readonly message: string };

export interface ProofTrust extends CheckpointTrust {
  /** The raw line; one LF at its end does not count. Left out: the proof's own copy. */
  readonly line?: Uint8Array;
}

/**
 * Verifies signature, path and place, in this order.
 *
 * @param text The proof, decoded from UTF-8 without leniency.
 * @throws {EngineError} `proof_invalid` when the text is no proof, or there is no line to prove.
 */
export function verifyProof(text: string, trust: ProofTrust): ProofResult {
  const proof = parseTlogProof(text);
  const line = lineOf(proof, trust.line);
  const signed = verifyCheckpoint(proof.note, trust);
  if (!signed.isSigned) return notProven(signed.reason);
  const { checkpoint, key } = signed;
  const failure = findFault(proof, line, checkpoint);
  if (failure !== null) return notProven(failure);
  const lineText = new TextDecoder().decode(line);
  const entry = parseEntry(lineText);
  if (entry === null) return notProven("no_entry");
  if (entry["seq"] !== proof.index) return notProven("misplaced");
  const logId = parseOrigin(checkpoint.origin);
  return { verdict: "PROVEN", checkpoint, logId, key, index: proof.index, line: lineText, entry };
}

function lineOf(proof: TlogProof, given: Uint8Array | undefined): Uint8Array {
  const line = given?.at(-1) === 0x0a ? given.subarray(0, -1) : given ?? proof.extra;
  if (line === null) {
    throw new EngineError("proof_invalid", "Cannot verify the proof: it does not carry its line", {
      hint: "Name a file with the raw line: --line FILE",
    });
  }
  if (line.length < maxEntryBytes) return line;
  const wanted = `wanted fewer than ${maxEntryBytes}`;
  throw new EngineError("proof_invalid", `Got a line of ${line.length} bytes, ${wanted}`);
}

function findFault(
  { index, hashes }: TlogProof,
  line: Uint8Array,
  { size, root }: Checkpoint,
): ProofFailure | null {
  const steps = planPath({ level: 0, index }, size);
  if (steps === null) return "outside";
  if (steps.length !== hashes.length) return "length";
  const claim = { leafHash: hashLeaf(line), index, size, proof: hashes, root };
  return verifyInclusion(claim) ? null : "root";
}

/** A line is printable ASCII and one JSON object; its MAC is for who has the secret. */
function parseEntry(line: string): JsonObject | null {
  if (!/^[\x20-\x7e]+$/.test(line)) return null;
  try {
    const value = parseStrictJson(line, { code: "proof_invalid" });
    const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
    return isObject ? value as JsonObject : null;
  } catch (error) {
    if (error instanceof EngineError) return null;
    throw error;
  }
}

const messages: Readonly<Record<ProofFailure, string>> = {
  foreign: "the checkpoint speaks of another log than the key's",
  unsigned: "the checkpoint has no signature by this key",
  forged: "the checkpoint's signature by this key is false",
  outside: "the checkpoint's tree has no entry of this index",
  length: "the number of hashes does not fit the index and the size of the tree",
  root: "the hashes do not lead from this line to the checkpoint's root",
  no_entry: "what stands in the tree at this index is no entry of a log",
  misplaced: "the entry's own number is not the index it has in the tree",
};

function notProven(reason: ProofFailure): ProofResult {
  return { verdict: "NOT-PROVEN", reason, message: messages[reason] };
}
