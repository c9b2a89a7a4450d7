/**
 * What was kept outside of the log: `SEQ:PREFIX` of a MAC, and checkpoints (C2SP tlog-checkpoint in
 * a C2SP signed note, Ed25519 by WebCrypto). merkle/SPEC.md.
 */
import { hex } from "./secrets.ts";
import { rootOf } from "./tree.ts";
import type { WalkedLog } from "./walk_log.ts";

/** 80 bits: shorter could be hit by trying. */
const minPrefixCharacters = 20;

export type Anchor =
  | { readonly seq: number; readonly prefix: string }
  | { readonly size: number; readonly root: string };

export interface AnchorOutcome {
  readonly kind: "agrees" | "beyond" | "contradicts" | "unknown";
  /** First entry it tells apart; null when it does not say. */
  readonly seq: number | null;
}

/** `SEQ:PREFIX`, at least 20 of the MAC's hex digits. @throws For any other text. */
export function parseAnchor(text: string): Anchor {
  const [, seq, prefix = ""] = /^(0|[1-9]\d{0,15}):([0-9a-f]{1,64})$/.exec(text) ?? [];
  if (seq === undefined || prefix.length < minPrefixCharacters) throw new Error(`anchor ${text}`);
  return { seq: Number(seq), prefix };
}

/**
 * The checkpoint of a note, its signature verified.
 *
 * @param publicKey 32 bytes.
 * @throws When it is no checkpoint of this log with a signature by this key.
 */
export async function readCheckpoint(
  note: string,
  logId: string,
  publicKey: Uint8Array<ArrayBuffer>,
): Promise<Anchor> {
  const cut = note.lastIndexOf("\n\n");
  const text = note.slice(0, cut + 1);
  const [origin = "", size = "", root = ""] = text.split("\n");
  if (cut < 0 || origin !== `sealward/audit/${logId}`) throw new Error("no checkpoint of this log");
  if (!/^(?:0|[1-9]\d{0,15})$/.test(size)) throw new Error("no size");
  const signature = findSignature(note.slice(cut + 2), origin, await keyIdOf(origin, publicKey));
  const key = await crypto.subtle.importKey("raw", publicKey, "Ed25519", false, ["verify"]);
  if (!await crypto.subtle.verify("Ed25519", key, signature, new TextEncoder().encode(text))) {
    throw new Error("the signature is false");
  }
  return { size: Number(size), root: hex(fromBase64(root)) };
}

async function keyIdOf(name: string, publicKey: Uint8Array): Promise<string> {
  const bytes = Uint8Array.of(...new TextEncoder().encode(name), 0x0a, 0x01, ...publicKey);
  return hex(new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)).subarray(0, 4));
}

function findSignature(lines: string, name: string, keyId: string): Uint8Array<ArrayBuffer> {
  for (const line of lines.split("\n")) {
    const [dash, signer, base64 = ""] = line.split(" ");
    if (dash !== "\u2014" || signer !== name) continue;
    const bytes = fromBase64(base64);
    if (hex(bytes.subarray(0, 4)) === keyId) return bytes.slice(4);
  }
  throw new Error("no signature by this key");
}

function fromBase64(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
}

/** How an anchor stands to a log that verified as far as it goes. */
export async function compareAnchor(anchor: Anchor, walked: WalkedLog): Promise<AnchorOutcome> {
  const { entries, last, trees } = walked;
  if ("prefix" in anchor) {
    const entry = entries.find(({ seq }) => seq === anchor.seq);
    if (anchor.seq > last.seq) return { kind: "beyond", seq: null };
    if (entry === undefined) return { kind: "unknown", seq: null };
    const isSame = entry.mac.startsWith(anchor.prefix);
    return { kind: isSame ? "agrees" : "contradicts", seq: anchor.seq };
  }
  if (anchor.size > last.seq + 1) return { kind: "beyond", seq: null };
  const tree = [...trees, walked.treeAfter].find((one) => one?.size === anchor.size);
  if (tree === undefined || tree === null) return { kind: "unknown", seq: null };
  return { kind: await rootOf(tree) === anchor.root ? "agrees" : "contradicts", seq: null };
}
