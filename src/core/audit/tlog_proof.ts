/**
 * One entry's proof as a file (C2SP tlog-proof): the entry itself, where it stands, the hashes from
 * it to the root, and the checkpoint with that root.
 *
 * @module
 */
import { encodeBase64 } from "@std/encoding/base64";
import { EngineError } from "../errors.ts";
import { parseBase64 } from "../integrity/parse_base64.ts";
import { maxProofBytes } from "../limits.ts";
import { parseSize } from "./checkpoint.ts";
import { hashBytes } from "./merkle/hash_node.ts";

export interface TlogProof {
  /** The raw line without its LF; null when the file does not carry it. Nobody signed this copy. */
  readonly extra: Uint8Array | null;
  /** From 0; the entry's sequence number. */
  readonly index: number;
  /** Audit path, RFC 6962 section 2.1.1: 32 bytes each. */
  readonly hashes: readonly Uint8Array[];
  /** The signed checkpoint, whole. */
  readonly note: string;
}

const header = "c2sp.org/tlog-proof@v1";
/** A tree of 2^53 - 1 leaves has no longer path. */
const maxHashes = 53;

export function encodeTlogProof({ extra, index, hashes, note }: TlogProof): string {
  const lines = [
    header,
    ...extra === null ? [] : [`extra ${encodeBase64(extra)}`],
    `index ${index}`,
    ...hashes.map((hash) => encodeBase64(hash)),
  ];
  return `${lines.join("\n")}\n\n${note}`;
}

/**
 * Reads a proof; nothing of it is verified, and the note is not looked into.
 *
 * @param text Decoded from UTF-8 without leniency.
 * @throws {EngineError} `proof_invalid`.
 */
export function parseTlogProof(text: string): TlogProof {
  if (text.length > maxProofBytes) throw malformed(`it is larger than ${maxProofBytes} bytes`);
  const end = text.indexOf("\n\n");
  const [first, ...lines] = text.slice(0, Math.max(0, end)).split("\n");
  if (first !== header) throw malformed(`its first line is not "${header}"`);
  const extraText = lines[0]?.startsWith("extra ") === true ? lines.shift()?.slice(6) : undefined;
  const extra = extraText === undefined ? null : parseBase64(extraText);
  if (extraText !== undefined && extra === null) throw malformed("its extra line is no base64");
  const index = parseSize(/^index (.*)$/.exec(lines.shift() ?? "")?.[1] ?? "");
  if (index === null) throw malformed("it has no index line where it should");
  if (lines.length > maxHashes) throw malformed(`it has over ${maxHashes} hashes`);
  return { extra, index, hashes: lines.map(parseHash), note: text.slice(end + 2) };
}

function parseHash(line: string): Uint8Array {
  const hash = parseBase64(line);
  if (hash?.length !== hashBytes) throw malformed("a line below its index is no hash");
  return hash;
}

function malformed(what: string): EngineError {
  return new EngineError("proof_invalid", `Cannot read a proof: ${what}`, {
    hint: "A proof is the file of a c2sp.org/tlog-proof@v1",
  });
}
