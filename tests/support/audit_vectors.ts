/**
 * tests/vectors/audit/segments.json: a log of three segments with a change of the key, everything
 * derived from its secrets, and what is to be said of it after named edits. Built here, compared
 * with the committed file, and read by every reader of the format.
 */
import { encodeHex } from "@std/encoding/hex";
import { commitEpoch, evolveEpoch, firstEpoch, keysOfEpoch } from "../../src/core/audit/keys.ts";
import { Frontier } from "../../src/core/audit/merkle/frontier.ts";
import { hashLeaf } from "../../src/core/audit/merkle/hash_leaf.ts";
import { auditCases, type NamedEdit } from "./audit_cases.ts";
import { hmacSha256, logId, rootSecret, sha256 } from "./audit_log.ts";
import { applyEdits, linesOf, type LogEdit } from "./log_edit.ts";
import { buildFiles, type LogFiles, LogLab, secondSecret, segmentName } from "./log_lab.ts";

/** What is to be said of the files after some edits. */
export interface AuditCase {
  readonly name: string;
  readonly edits: readonly LogEdit[];
  /** `SEQ:PREFIX`. */
  readonly anchors: readonly string[];
  /** Which of `root_secrets_hex` are at hand. */
  readonly secrets: readonly number[];
  readonly fingerprint: string | null;
  readonly verdict: string;
  readonly kind: string | null;
  readonly segment: number | null;
  readonly seq: number | null;
}

export interface AuditVectors {
  readonly description: string;
  readonly root_secrets_hex: readonly string[];
  readonly log_id: string;
  readonly fingerprint: string;
  readonly epochs: readonly Readonly<Record<string, string | number>>[];
  readonly files: Readonly<Record<string, string>>;
  readonly file_sha256: Readonly<Record<string, string>>;
  readonly leaves: readonly string[];
  /** Of the first 1, 2, … entries. */
  readonly roots: readonly string[];
  readonly count: number;
  readonly cases: readonly AuditCase[];
}

export const vectorPath = new URL("../vectors/audit/segments.json", import.meta.url).pathname;
const secrets = [secondSecret, rootSecret] as const;

export function filesOf({ files }: AuditVectors): LogFiles {
  const toBytes = (text: string) => Uint8Array.from(text, (one) => one.charCodeAt(0));
  return new Map(Object.entries(files).map(([name, text]) => [name, toBytes(text)]));
}

export async function buildAuditVectors(): Promise<AuditVectors> {
  const files = await buildFiles({ closed: 2, notes: 1, keyChangeAt: 2 });
  const kept = new Map([...files].toSorted(([a], [b]) => a < b ? -1 : 1));
  const lines = [segmentName(0), segmentName(1), "audit.log"]
    .flatMap((name) => linesOf(files.get(name) ?? new Uint8Array()));
  const leaves = lines.map((line) => hashLeaf(line.subarray(0, -1)));
  const tree = new Frontier();
  const roots = leaves.map((leaf) => (tree.append(leaf), encodeHex(tree.root())));
  const fingerprint = encodeHex(sha256(lines[0]?.subarray(0, -1) ?? new Uint8Array()));
  const cases = await judgeCases(kept, auditCases(kept, fingerprint));
  return {
    description:
      "A log of three segments; the third is under another root secret. Bytes of files " +
      "are given as characters. See tests/vectors/README.md.",
    root_secrets_hex: secrets.map((secret) => encodeHex(secret)),
    log_id: logId,
    fingerprint,
    epochs: [[1, 0], [1, 1], [0, 2]].map(([which = 0, epoch = 0]) => deriveAll(which, epoch)),
    files: Object.fromEntries(
      [...kept].map(([name, bytes]) => [name, String.fromCharCode(...bytes)]),
    ),
    file_sha256: Object.fromEntries(
      [...kept].map(([name, bytes]) => [name, encodeHex(sha256(Uint8Array.from(bytes)))]),
    ),
    leaves: leaves.map((leaf) => encodeHex(leaf)),
    roots,
    count: cases.length,
    cases,
  };
}

function deriveAll(which: number, epoch: number) {
  const origin = firstEpoch(secrets[which] ?? rootSecret, logId, hmacSha256);
  const secret = evolveEpoch(origin, epoch, hmacSha256);
  const { entryKey, headKey, kid } = keysOfEpoch(secret, hmacSha256);
  return {
    root_secret: which,
    kid,
    epoch,
    epoch_secret_hex: encodeHex(secret.secret),
    entry_key_hex: encodeHex(entryKey),
    head_key_hex: encodeHex(headKey),
    commitment: commitEpoch(secret, hmacSha256),
  };
}

/** What both readers say, each time the same. */
async function judgeCases(
  files: LogFiles,
  cases: readonly NamedEdit[],
): Promise<readonly AuditCase[]> {
  const judged: AuditCase[] = [];
  for (const { name, edits, anchors = [], secrets: at = [0, 1], fingerprint = null } of cases) {
    const [first = rootSecret, ...others] = at.map((i) => secrets[i] ?? rootSecret);
    using lab = await LogLab.create({ rootSecrets: [first, ...others], fingerprint });
    const macs = anchors.map((anchor) => {
      const [seq, prefix = ""] = anchor.split(":");
      return { seq: Number(seq), prefix };
    });
    const agreed = await lab.agree(applyEdits(files, edits), name, { macs });
    judged.push({ name, edits, anchors, secrets: at, fingerprint, ...agreed });
  }
  return judged;
}

/** As it is committed. */
export function encodeAuditVectors(vectors: AuditVectors): string {
  return `${JSON.stringify(vectors, null, 1)}\n`;
}
