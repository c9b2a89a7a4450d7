/**
 * Logs as maps from names to bytes, judged by the engine (through a real disk) and by the second
 * reader. What one says of a changed log, the other must say too, and of the same place.
 */
import { assertEquals } from "@std/assert";
import { encodeHex } from "@std/encoding/hex";
import { openAtRest } from "../../src/adapter/audit/audit_at_rest.ts";
import { openAuditFile } from "../../src/adapter/audit/audit_file.ts";
import type { AuditOptions } from "../../src/adapter/audit/audit_options.ts";
import { verifyLogFiles, type VerifyRequest } from "../../src/adapter/audit/audit_verify.ts";
import { walkParallel } from "../../src/adapter/audit/audit_walk_parallel.ts";
import { startNativeHash } from "../../src/adapter/native_hash.ts";
import { KeyRing } from "../../src/core/audit/key_ring.ts";
import { evolveEpoch, firstEpoch } from "../../src/core/audit/keys.ts";
import { judgeLog } from "../../src/core/audit/judge_log.ts";
import { type LogReport, refusedReport } from "../../src/core/audit/log_report.ts";
import { TamperDetectedError } from "../../src/core/errors.ts";
import { append, auditOptions, makeLog, note } from "./audit_folder.ts";
import { hmacSha256, logId, rootSecret, startMicros } from "./audit_log.ts";
import { createReader } from "./independent_verifier.ts";

/** By the names of SPEC.md, "Files"; a mark is `mark.0` or `mark.1`. */
export type LogFiles = ReadonlyMap<string, Uint8Array>;

export const secondSecret = Uint8Array.from({ length: 32 }, (_, i) => 100 + i);

export function segmentName(seg: number): string {
  return `audit.log.d/seg-${String(seg).padStart(8, "0")}.jsonl`;
}

/** Where the engine looks for a file of that name. */
function pathOf(folder: string, name: string): string {
  return name.startsWith("mark.") ? `${folder}/state/log/${name}` : `${folder}/work/${name}`;
}

/** Options with a clock that tells a second more each time it is asked. */
export function labOptions(folder: string, changed: Partial<AuditOptions> = {}): AuditOptions {
  let ticks = 0;
  return auditOptions(folder, { nowMicros: () => startMicros + ticks++ * 1_000_000, ...changed });
}

/** The files of a log that lies in `folder`. */
export function readFiles(folder: string): LogFiles {
  const files = new Map<string, Uint8Array>();
  const add = (name: string) => files.set(name, Deno.readFileSync(pathOf(folder, name)));
  for (const { name } of Deno.readDirSync(`${folder}/work`)) if (name === "audit.log") add(name);
  for (const { name } of Deno.readDirSync(`${folder}/work/audit.log.d`)) {
    if (/^(?:seg-\d{8}\.jsonl|head\.[01])$/.test(name)) add(`audit.log.d/${name}`);
  }
  for (const slot of [0, 1]) add(`mark.${slot}`);
  return files;
}

/** What is built, and when. */
export interface LabLog {
  readonly closed: number;
  /** Notes in each segment. */
  readonly notes: number;
  /** The segment that begins under the second secret; none by default. */
  readonly keyChangeAt?: number;
  readonly logId?: string;
}

/** Builds a log through the engine; `seen` gets its files after each step. */
export async function buildFiles(
  { closed, notes, keyChangeAt, logId: id = logId }: LabLog,
  seen: (files: LogFiles) => void = () => {},
): Promise<LogFiles> {
  const folder = await Deno.makeTempDir({ prefix: "lab-" });
  try {
    Deno.mkdirSync(`${folder}/work`);
    const options = await makeLog(folder, notes, labOptions(folder, { logId: id }));
    seen(readFiles(folder));
    for (let i = 1; i <= closed; i++) {
      const isChange = i === keyChangeAt;
      const isSecond = keyChangeAt !== undefined && i >= keyChangeAt;
      const secrets = isSecond ? [secondSecret, rootSecret] as const : [rootSecret] as const;
      const ring = KeyRing.ofRoots(secrets, id, hmacSha256);
      const { kid } = firstEpoch(secondSecret, id, hmacSha256);
      const file = await openAuditFile({ ...options, ring });
      await file.rotate(...(isChange ? [{ to: kid, principal: "uid:1", reason: "yearly" }] : []));
      seen(readFiles(folder));
      for (let n = 0; n < notes; n++) await append(file, note);
      await file.close();
      seen(readFiles(folder));
    }
    return readFiles(folder);
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
}

/** What both readers agreed on. */
export interface Agreed {
  readonly verdict: string;
  readonly segment: number | null;
  readonly seq: number | null;
  readonly kind: string | null;
}

export interface LabInput {
  /** Only the secret of this epoch is at hand, and none that came before. */
  readonly epoch?: number;
  readonly rootSecrets?: readonly [Uint8Array<ArrayBuffer>, ...Uint8Array<ArrayBuffer>[]];
  readonly logId?: string;
  readonly fingerprint?: string | null;
}

/** What was kept outside of the log. */
export type LabAnchors = Partial<Pick<VerifyRequest, "macs" | "trees">>;

type Reader = Awaited<ReturnType<typeof createReader>>;

/** A disk the engine reads from, and the second reader beside it. */
export class LogLab implements Disposable {
  readonly #folder: string;
  readonly #options: AuditOptions;
  readonly #reader: Reader;
  #disk = new Map<string, Uint8Array>();

  private constructor(folder: string, options: AuditOptions, reader: Reader) {
    this.#folder = folder;
    this.#options = options;
    this.#reader = reader;
  }

  static async create(input: LabInput = {}): Promise<LogLab> {
    const { rootSecrets = [rootSecret], logId: id = logId, fingerprint = null, epoch } = input;
    const folder = Deno.makeTempDirSync({ prefix: "lab-" });
    for (const path of ["work/audit.log.d", "state/log"]) {
      Deno.mkdirSync(`${folder}/${path}`, { recursive: true });
    }
    Deno.writeFileSync(`${folder}/work/audit.log.d/lock`, new Uint8Array());
    const common = { logId: id, fingerprint };
    if (epoch === undefined) {
      const ring = KeyRing.ofRoots(rootSecrets, id, hmacSha256);
      const reader = await createReader({ rootSecrets, ...common });
      return new LogLab(folder, labOptions(folder, { ...common, ring }), reader);
    }
    const secret = evolveEpoch(firstEpoch(rootSecrets[0], id, hmacSha256), epoch, hmacSha256);
    const ring = KeyRing.ofEpoch(secret, [], id, hmacSha256);
    const own = { ...secret, secret: Uint8Array.from(secret.secret) };
    const reader = await createReader({ rootSecrets: [], epochSecrets: [own], ...common });
    return new LogLab(folder, labOptions(folder, { ...common, ring }), reader);
  }

  [Symbol.dispose](): void {
    Deno.removeSync(this.#folder, { recursive: true });
  }

  /** The engine's verdict on files it finds on a disk. */
  async engine(files: LogFiles, how: Partial<VerifyRequest> = {}): Promise<LogReport> {
    this.#lay(files);
    const full = { mode: "full", macs: [], trees: [], threads: 1 } as const;
    return await verifyLogFiles(this.#options, { ...full, ...how });
  }

  /** The same by threads, which a log of this size would not be worth. */
  async engineInThreads(files: LogFiles): Promise<LogReport> {
    this.#lay(files);
    try {
      using rest = await openAtRest(this.#options);
      const how = { startHash: startNativeHash, threads: 2, onVerified: () => {} };
      return judgeLog(await walkParallel(rest, this.#options, how));
    } catch (error) {
      if (error instanceof TamperDetectedError) return refusedReport(error);
      throw error;
    }
  }

  #lay(files: LogFiles): void {
    for (const name of this.#disk.keys()) {
      if (!files.has(name)) Deno.removeSync(pathOf(this.#folder, name));
    }
    for (const [name, bytes] of files) {
      if (this.#disk.get(name) !== bytes) Deno.writeFileSync(pathOf(this.#folder, name), bytes);
    }
    this.#disk = new Map(files);
  }

  /** The verdict of both; fails when they differ, or see it in another place. */
  async agree(files: LogFiles, what: string, anchors: LabAnchors = {}): Promise<Agreed> {
    const { macs = [], trees = [] } = anchors;
    const { verdict, segment, seq, kind } = await this.engine(files, { macs, trees });
    const other = await this.#reader(files, [
      ...macs.map(({ seq, prefix }) => `${seq}:${prefix}`),
      ...trees.map(({ size, root }) => ({ size, root: encodeHex(root) })),
    ]);
    const own = { verdict, segment, seq, kind };
    const second = {
      verdict: other.verdict,
      segment: other.segment,
      seq: other.seq,
      kind: other.kind,
    };
    assertEquals(second, own, `the second reader disagrees with the engine: ${what}`);
    return own;
  }
}

/** The files with one of them replaced, or removed by null. */
export function withFile(files: LogFiles, name: string, bytes: Uint8Array | null): LogFiles {
  const changed = new Map(files);
  if (bytes === null) changed.delete(name);
  else changed.set(name, bytes);
  return changed;
}
