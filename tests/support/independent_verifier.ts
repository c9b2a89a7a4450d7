/**
 * A second reader of the log format, written from SPEC.md alone: WebCrypto instead of the engine's
 * MAC, a JSON parser instead of its grammar, and nothing imported from src. Where it and the
 * engine's verifier disagree, one of them is wrong.
 */
import { type Anchor, parseAnchor } from "./independent/anchors.ts";
import { judgeFiles, type Judgement } from "./independent/judge_files.ts";
import { deriveOrigin, type EpochSecret, Secrets } from "./independent/secrets.ts";
import { oneToOne } from "./independent/one_to_one.ts";
import { walkLines } from "./independent/walk_lines.ts";
import type { LogFiles } from "./independent/walk_log.ts";

export interface IndependentReport {
  readonly isIntact: boolean;
  /** Lines that verify, from the first on. */
  readonly entries: number;
  /** Bytes after the last LF; the log was torn there, or something was cut. */
  readonly restBytes: number;
}

export interface IndependentInput {
  readonly rootSecret: Uint8Array<ArrayBuffer>;
  /** 32 hex digits. */
  readonly logId: string;
}

/** What a whole log is read with. */
export interface ReaderInput {
  /** The one in use first. */
  readonly rootSecrets: readonly Uint8Array<ArrayBuffer>[];
  readonly epochSecrets?: readonly EpochSecret[];
  readonly logId: string;
  readonly fingerprint?: string | null;
}

/** Reads any number of logs with the same secrets. */
export async function createReader(
  { rootSecrets, epochSecrets = [], logId, fingerprint = null }: ReaderInput,
): Promise<(files: LogFiles, anchors?: readonly (string | Anchor)[]) => Promise<Judgement>> {
  const origins = await Promise.all(rootSecrets.map((secret) => deriveOrigin(secret, logId)));
  const secrets = new Secrets([...epochSecrets, ...origins]);
  return (files, anchors = []) =>
    judgeFiles(files, {
      secrets,
      logId,
      fingerprint,
      anchors: anchors.map((one) => typeof one === "string" ? parseAnchor(one) : one),
    });
}

/** Keys of the first epoch, with the name lines carry. */
export async function deriveKeys(
  { rootSecret, logId }: IndependentInput,
): Promise<{ readonly name: string; readonly entryKey: Uint8Array<ArrayBuffer> }> {
  const origin = await deriveOrigin(rootSecret, logId);
  const keys = await new Secrets([origin]).find(origin.kid, 0);
  if (keys === null) throw new Error("epoch 0 is not derived");
  return { name: `${keys.kid}.0`, entryKey: keys.entryKey };
}

/** Verifies the lines of one file of epoch 0, without anything beside it. */
export async function verifyIndependently(
  log: Uint8Array,
  { rootSecret, logId }: IndependentInput,
): Promise<IndependentReport> {
  const origin = await deriveOrigin(rootSecret, logId);
  const keys = await new Secrets([origin]).find(origin.kid, 0);
  if (keys === null) throw new Error("epoch 0 is not derived");
  const from = { seq: -1, mac: "0".repeat(64) };
  const { entries, finding, restBytes } = await walkLines(oneToOne(log), {
    seg: 0,
    from,
    keys,
    known: [],
    isTornAllowed: false,
  });
  return { isIntact: finding === null, entries: entries.length, restBytes };
}
