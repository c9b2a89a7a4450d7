/**
 * One question to the server, whose answer is returned only when its key signed it for exactly this
 * question.
 *
 * @module
 */
import {
  encodeAnswerProof,
  encodeKeyId,
  parseAnswerSignature,
  signatureHeader,
} from "../core/integrity/answer_proof.ts";
import type { EngineError } from "../core/errors.ts";
import { bytesToHex } from "../core/integrity/bytes_to_hex.ts";
import { sha256 as hash } from "../core/integrity/sha256.ts";
import { untrusted } from "../core/integrity/parse_answer.ts";
import { exchange, type Message, type Peer, type RawAnswer, unreachable } from "./exchange.ts";

/**
 * Sends a message; nothing of the answer is parsed before its signature is verified.
 *
 * @param digests What the server signs beside a good answer; see encodeAnswerProof.
 * @throws {EngineError} `server_unreachable`, `server_untrusted`.
 */
export async function askProven(
  peer: Peer,
  message: Message,
  digests: readonly string[],
): Promise<RawAnswer> {
  const nonce = bytesToHex(crypto.getRandomValues(new Uint8Array(16)));
  const answer = await exchange(peer, message, nonce);
  const operationDigests = answer.status === goodStatusOf(message) ? digests : [];
  await verifyAnswer(peer, answer, { nonce, operationDigests });
  requireMediaType(answer, message);
  return answer;
}

/** The one status that is no refusal. */
export function goodStatusOf({ goodStatus = 200 }: Message): number {
  return goodStatus;
}

async function verifyAnswer(
  peer: Peer,
  answer: RawAnswer,
  asked: { readonly nonce: string; readonly operationDigests: readonly string[] },
): Promise<void> {
  const { status, headers, body } = answer;
  const signed = parseAnswerSignature(headers.get(signatureHeader) ?? "");
  if (signed === null) throw unproven(status);
  const { key, keyId } = await openServerKey(peer);
  if (signed.keyId !== keyId) {
    throw untrusted(`it is signed by another key, ${signed.keyId}`);
  }
  const bodySha256Hex = bytesToHex(await sha256(body));
  const proof = encodeAnswerProof({ ...asked, status, bodySha256Hex });
  if (!await crypto.subtle.verify("Ed25519", key, signed.signature, proof)) {
    throw untrusted("its signature does not fit this question");
  }
}

interface ServerKey {
  readonly key: CryptoKey;
  readonly keyId: string;
}

/** Made once for each client: two trips to another thread that a call then saves. */
const serverKeys = new WeakMap<Peer, Promise<ServerKey>>();

function openServerKey(peer: Peer): Promise<ServerKey> {
  const known = serverKeys.get(peer) ?? importServerKey(peer);
  serverKeys.set(peer, known);
  return known;
}

async function importServerKey({ publicKey }: Peer): Promise<ServerKey> {
  try {
    const key = await crypto.subtle.importKey("raw", publicKey, "Ed25519", false, ["verify"]);
    return { key, keyId: encodeKeyId(await sha256(publicKey)) };
  } catch {
    // A runtime without Ed25519, or bytes that it takes for no key.
    throw untrusted("this runtime cannot verify it with the key that was given");
  }
}

function requireMediaType({ status, headers }: RawAnswer, message: Message): void {
  const isGood = status === goodStatusOf(message);
  const mediaType = isGood ? "application/json" : "application/problem+json";
  if (headers.get("content-type") === `${mediaType}; charset=utf-8`) return;
  throw untrusted("it is not of the wanted media type");
}

/** Of an operation or an answer as they mostly are: 0.1 ms. */
const maxOwnHashBytes = 16_384;

/** What is short is hashed here: WebCrypto's trip to another thread takes milliseconds under load. */
export async function sha256(data: Uint8Array<ArrayBuffer>): Promise<Uint8Array> {
  if (data.length <= maxOwnHashBytes) return hash(data);
  return new Uint8Array(await crypto.subtle.digest("SHA-256", data));
}

function unproven(status: number): EngineError {
  if (status >= 500) return unreachable(`it answered ${status} without proof`);
  return untrusted(`status ${status} without proof`, "Check the token and the server's public key");
}
