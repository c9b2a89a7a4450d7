/**
 * Closing, removing and copying segments of an install's log.
 *
 * @module
 */
import { decodeBase64 } from "@std/encoding/base64";
import { compareHashes } from "../core/audit/merkle/compare_hashes.ts";
import { pruneSegments } from "../adapter/audit/audit_prune.ts";
import { listSegments } from "../adapter/audit/audit_segments.ts";
import { bindSegments } from "../adapter/audit/bound_segments.ts";
import { type ClosedSegment, readClosedSegment } from "../adapter/audit/closed_segment.ts";
import { readPrivateFile } from "../adapter/key_store.ts";
import type { Layout } from "../adapter/layout.ts";
import {
  archivePaths,
  archiveSegment,
  type ArchiveSigner,
  confirmTarget,
} from "../adapter/audit/segment_archive.ts";
import { listInputsOf, removeUnnamedInputs } from "../adapter/audit/unnamed_inputs.ts";
import { archiveEvent } from "../core/audit/archive_event.ts";
import { outcomeTypes } from "../core/audit/outcome_state.ts";
import { EngineError } from "../core/errors.ts";
import { maxSegmentsPerEntry } from "../core/limits.ts";
import { referencedInputs } from "../core/replay/referenced_inputs.ts";
import type {
  ArchivedSegment,
  ArchiveReport,
  ArchiveRequest,
  PrunePlan,
  PruneRange,
  PruneReport,
  SegmentFacts,
} from "../edge/cli/audit_keeper.ts";
import type { Surroundings } from "./environment.ts";
import { type InstallRecord, readInstallRecord } from "./install_record.ts";
import { type KeeperLog, openKeeperLog } from "./keeper_log.ts";
import { choosePruned } from "./choose_pruned.ts";
import { requireOutput } from "./require_output.ts";

/** Entries whose kept files go with them. */
const inputTypes: ReadonlySet<string> = new Set(["audit.decision", outcomeTypes.protected]);

/** Closes the newest segment, or finds that somebody else just did. */
export async function rotateLog(surroundings: Surroundings, layout: Layout): Promise<SegmentFacts> {
  const { audit, options, startHash } = await openKeeperLog(surroundings, layout);
  try {
    await audit.rotate(null, { usesReserve: true });
    const seg = Number(audit.key.slice(9)) - 1;
    const sha256 = bindSegments(options, startHash, seg).get(seg) ?? "";
    return factsOf(readClosedSegment(layout.sidePath, seg), sha256);
  } finally {
    await audit.close();
  }
}

export async function planPrune(
  surroundings: Surroundings,
  layout: Layout,
  { range, secretFiles }: { readonly range: PruneRange; readonly secretFiles: readonly string[] },
): Promise<PrunePlan> {
  const log = await openKeeperLog(surroundings, layout, { secretFiles });
  const { verdict, segments } = await choosePruned(log, range);
  return {
    verdict,
    named: segments.filter(({ isNamed }) => isNamed).length,
    segments: segments.map((segment) => factsOf(segment, segment.sha256)),
    run: async (reason) => {
      const by = { principal: log.principal, reason };
      try {
        const numbers = segments.map(({ seg }) => seg);
        const inputs = listInputsOf(layout.sidePath, numbers, {
          types: inputTypes,
          findReferences: referencedInputs,
        });
        const receipts = await pruneSegments(log.audit, layout.sidePath, { segments, by });
        return { seqs: receipts.map(({ seq }) => seq), inputs: await pruneInputs(log, inputs) };
      } finally {
        await log.audit.close();
      }
    },
  };
}

/** Under the log's lock, so that no entry names one meanwhile. */
async function pruneInputs(
  { audit, layout: { logPath, sidePath } }: KeeperLog,
  inputs: ReadonlySet<string>,
): Promise<PruneReport["inputs"]> {
  const { result } = await audit.transact(({ state }) => {
    const places = { logPath, sidePath, state: JSON.stringify(state) };
    return { events: [], result: removeUnnamedInputs(inputs, places) };
  });
  return result;
}

export async function archiveLog(
  surroundings: Surroundings,
  layout: Layout,
  { range, folder }: ArchiveRequest,
): Promise<ArchiveReport> {
  const sealed = listSegments(layout.sidePath);
  const wanted = sealed.filter((seg) =>
    range === null || (seg >= range.first && seg <= range.last)
  );
  if (range !== null && wanted.length !== range.last - range.first + 1) throw notThere(sealed);
  for (const seg of wanted) {
    for (const path of archivePaths(folder, seg)) requireOutput(layout, path);
  }
  const record = readInstallRecord(layout);
  const signer = await readSigner(surroundings, layout, record);
  const log = await openKeeperLog(surroundings, layout, { outputs: [folder] });
  try {
    return await copySegments(log, wanted, { folder, signer, startHash: log.startHash });
  } finally {
    await log.audit.close();
  }
}

async function copySegments(
  { audit, options, layout, principal, startHash }: KeeperLog,
  wanted: readonly number[],
  target: Parameters<typeof archiveSegment>[1],
): Promise<ArchiveReport> {
  const [oldest] = wanted;
  if (oldest === undefined) return { segments: [], seq: null };
  const bound = bindSegments(options, startHash, oldest);
  const sources = wanted.map((seg) => ({
    sidePath: layout.sidePath,
    seg,
    sha256: bound.get(seg) ?? "",
  }));
  // Every refusal before the first file.
  for (const source of sources) confirmTarget(source, target);
  const segments = sources.map((source): ArchivedSegment => {
    const copied = archiveSegment(source, target);
    const [file, proof] = archivePaths(target.folder, source.seg);
    return { segment: source.seg, sha256: source.sha256, file, proof, copied };
  });
  const events = inParts(sources).map((part) =>
    archiveEvent(part.map(({ seg, sha256 }) => [seg, sha256]), principal)
  );
  const { receipts } = await audit.transact(() => ({ events, result: null }), {
    usesReserve: true,
  });
  audit.flush();
  return { segments, seq: receipts.at(-1)?.seq ?? null };
}

function inParts<T>(all: readonly T[]): readonly (readonly T[])[] {
  const count = Math.ceil(all.length / maxSegmentsPerEntry);
  return Array.from(
    { length: count },
    (_, i) => all.slice(i * maxSegmentsPerEntry, (i + 1) * maxSegmentsPerEntry),
  );
}

async function readSigner(
  { uid }: Surroundings,
  layout: Layout,
  record: InstallRecord,
): Promise<ArchiveSigner> {
  const { openSigningKey } = await import("../adapter/signing_key.ts");
  const pem = readPrivateFile(`${layout.keysFolder}/checkpoint.pem`, {
    workspace: layout.root,
    uid,
  });
  const key = openSigningKey(new TextDecoder().decode(pem));
  if (compareHashes(key.publicKey, decodeBase64(record.public_key))) {
    return { ...key, logId: record.log_id };
  }
  throw new EngineError("secret_invalid", "The checkpoint key is not the one this install made", {
    hint: "restore keys/checkpoint.pem from a backup of the state folder",
  });
}

function notThere(sealed: readonly number[]): EngineError {
  const [first, last] = [sealed[0], sealed.at(-1)];
  const there = first === undefined ? "there are none" : `there are ${first}..${last}`;
  return new EngineError("usage", `Not all of these are closed segments: ${there}`, {
    hint: "the one that is appended to has no seal yet: `sealward audit rotate` closes it",
  });
}

/** As it is printed. */
function factsOf(segment: ClosedSegment, sha256: string): SegmentFacts {
  return {
    segment: segment.seg,
    entries: segment.lastSeq - segment.firstSeq + 1,
    first_seq: segment.firstSeq,
    last_seq: segment.lastSeq,
    first_at: segment.firstAt,
    last_at: segment.lastAt,
    bytes: segment.sizeBytes,
    sha256,
    head_code: `${segment.lastSeq}:${segment.lastMac.slice(0, 20)}`,
  };
}
