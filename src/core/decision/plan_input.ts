/**
 * What is kept of a decision's making, without its secrets.
 *
 * @module
 */
import { encodeHex } from "@std/encoding/hex";
import { maxKeptInputBytes } from "../limits.ts";
import { encodeOperation } from "../operation/encode_operation.ts";
import type { Json, JsonObject, Operation } from "../operation/operation.ts";
import { isInside } from "../operation/path_forms.ts";
import { foldPath } from "../operation/shell/fold_path.ts";
import type { ResolvedPath, Sha256 } from "../ports.ts";
import { encodeCheckInputs } from "./check_input.ts";
import { decidingMetadata, type DecisionInput, type InputPath } from "./decision_input.ts";
import type { Redacted } from "./redacted.ts";
import type { EvidenceRecord, NotedListing } from "./evidence_record.ts";
import type { JudgeOptions } from "./judge_operations.ts";
import { isWholeSummary, summariseOperation } from "./summarise_operation.ts";

export interface PlannedInput {
  readonly input: DecisionInput;
  /** The same as it is kept. */
  readonly text: string;
  /** Whether it holds nothing that must not stand in the log: no text of a file, no tool's input. */
  readonly mayStandInEntry: boolean;
  /** Whether it is less than what was decided on: then it has to prove itself. */
  readonly isAltered: boolean;
}

/** What was decided, and on what. */
export interface Decided {
  readonly operation: Operation;
  readonly redacted: Redacted;
  readonly evidence: EvidenceRecord;
  readonly options: Pick<JudgeOptions, "scope" | "unmeasured">;
}

/** Plans what to keep; null when it would be too much. */
export function planInput(decided: Decided, sha256: Sha256): PlannedInput | null {
  // Without a trusted policy nothing of the operation was looked at, and all that counts is the log.
  if (!decided.evidence.isUsed) return nothing;
  const whole = planText(decided, decided.redacted.operation.content, false);
  if (isSmall(whole.text)) return whole;
  const { content } = decided.redacted.operation;
  if (content === null) return null;
  const bytes = new TextEncoder().encode(content);
  const elided = { sha256: encodeHex(sha256(bytes)), bytes: bytes.length };
  const shorter = planText(decided, elided, true);
  return isSmall(shorter.text) ? shorter : null;
}

const nothing: PlannedInput = { input: {}, text: "{}", mayStandInEntry: true, isAltered: false };

// Three bytes at most for a UTF-16 unit.
function isSmall(text: string): boolean {
  if (text.length * 3 <= maxKeptInputBytes) return true;
  return text.length <= maxKeptInputBytes &&
    new TextEncoder().encode(text).length <= maxKeptInputBytes;
}

function planText(decided: Decided, content: Json, isElided: boolean): PlannedInput {
  const { operation, redacted, evidence, options } = decided;
  const isAsked = evidence.checks.length > 0;
  const kept = isAsked ? askedParts(redacted.operation) : decidingParts(redacted.operation);
  const isWhole = isWholeSummary(kept, summariseOperation(redacted.operation)) &&
    kept.agent === null && kept.timestamp === null;
  const wire = isWhole ? null : {
    ...encodeOperation(kept),
    ...(content === null ? {} : { content }),
  };
  const hasOtherText = isElided || redacted.operation.content !== operation.content ||
    redacted.operation.diff !== operation.diff;
  const seen = redacted.redaction.watch(() => encodeEvidence(evidence, operation, redacted));
  const input: DecisionInput = {
    ...(wire === null ? {} : { operation: wire }),
    ...(options.scope === "protected_files" ? { scope: options.scope } : {}),
    ...(options.unmeasured === "unverified" ? { unmeasured: options.unmeasured } : {}),
    ...(seen.hasCovered || isCovered(operation, redacted) ? { covered: true as const } : {}),
    ...seen.made,
    ...(hasOtherText ? encodeMeasures(evidence, redacted) : {}),
  };
  return {
    input,
    text: JSON.stringify(input),
    mayStandInEntry: [...evidence.texts.values()].every((text) => text === null) &&
      (wire === null || (isPlain(kept) && !isAsked)) && evidence.checks.every(hasNoTexts),
    isAltered: redacted.redaction.hasCovered || isElided,
  };
}

/** Whether anything is covered that a policy may speak of: content is measured, not matched. */
function isCovered(operation: Operation, { redaction, operation: covered }: Redacted): boolean {
  if (!redaction.hasCovered) return false;
  const [before, after] = [operation, covered].map((each) =>
    JSON.stringify(encodeOperation({ ...decidingParts(each), content: null }))
  );
  return before !== after;
}

/** Without what labels it and what nobody reads. */
function decidingParts(operation: Operation): Operation {
  const metadata: JsonObject = Object.fromEntries(
    decidingMetadata.filter((key) => Object.hasOwn(operation.metadata, key))
      .map((key) => [key, operation.metadata[key] ?? null]),
  );
  return { ...operation, metadata, agent: null, timestamp: null, correlationId: null };
}

/** What a check is asked with; see operationRequest. */
function askedParts(operation: Operation): Operation {
  const name = operation.agent?.name ?? null;
  return {
    ...operation,
    agent: name === null ? null : { name, session: null },
    correlationId: null,
  };
}

/** What a check says may quote a file. */
function hasNoTexts({ run }: EvidenceRecord["checks"][number]): boolean {
  return run.status === "not_run" || (run.status === "ok" && run.violations.length === 0);
}

function isPlain({ content, diff, tool, metadata }: Operation): boolean {
  return content === null && diff === null && Object.keys(tool?.input ?? {}).length === 0 &&
    Object.values(metadata).every((value) =>
      typeof value === "string" || Number.isSafeInteger(value)
    );
}

function encodeEvidence(
  evidence: EvidenceRecord,
  operation: Operation,
  { redaction }: Redacted,
): DecisionInput {
  const { disk, paths, inside, below, names, texts, tracked, written, links, checks } = evidence;
  const cover = (path: string) => redaction.cover(path, "names");
  const places = new Map(operation.affectedFiles.map((file, index) => [file, index]));
  const pathsOf = (noted: ReadonlyMap<string, ResolvedPath>, cwd: string | null) =>
    [...noted].map(([path, resolved]) =>
      [
        places.get(path) ?? cover(path),
        encodePath(resolved, baseOf(disk.root, cwd), cover),
      ] as const
    );
  const own = disk.ownPlaces.filter((place) => concerns(place, paths) || concerns(place, inside));
  return {
    root: cover(disk.root),
    ...(own.length === 0 ? {} : { own: own.map(cover) }),
    ...(evidence.hasAskedHome && disk.home !== null ? { home: cover(disk.home) } : {}),
    ...(paths.size === 0 ? {} : { paths: pathsOf(paths, null) }),
    ...(inside.size === 0 ? {} : { inside: pathsOf(inside, operation.cwd) }),
    ...(below.size === 0 ? {} : {
      below: [...below].map(([folder, listing]) => encodeListing(folder, listing, cover)),
    }),
    ...(names.size === 0 ? {} : {
      names: [...names].map(([at, list]) => [cover(at), list?.map(cover) ?? null] as const),
    }),
    ...(texts.size === 0 ? {} : {
      texts: [...texts].map(([at, text]) =>
        [cover(at), text === null ? null : redaction.cover(text, "words")] as const
      ),
    }),
    ...(tracked === undefined ? {} : { tracked: tracked?.map(cover) ?? null }),
    ...(written.size === 0 ? {} : { written: [...written].map(cover) }),
    ...(links.size === 0 ? {} : { links: encodeLinks(links, cover) }),
    ...(checks.length === 0 ? {} : {
      checks: encodeCheckInputs(checks, {
        text: (text) => redaction.coverCut(text, "words"),
        path: cover,
      }),
    }),
  };
}

function encodeLinks(
  links: EvidenceRecord["links"],
  cover: (path: string) => string,
): NonNullable<DecisionInput["links"]> {
  return [...links].map(([at, { others, isWhole, hardLinkOf }]) =>
    [cover(at), {
      ...(others.length === 0 ? {} : { others: others.map(cover) }),
      ...(isWhole ? {} : { is_whole: false as const }),
      ...(hardLinkOf === null ? {} : { own: cover(hardLinkOf) }),
    }] as const
  );
}

/** Whether a place tells anything about a path that was looked at; see findOwnPlace. */
function concerns(place: string, noted: ReadonlyMap<string, ResolvedPath>): boolean {
  return [...noted.values()].some(({ lexical, real }) =>
    [lexical, real].some((path) =>
      path !== null && (isInside(path, place) || isInside(place, path))
    )
  );
}

function baseOf(root: string, cwd: string | null): string {
  return cwd === null ? root : cwd.startsWith("/") ? cwd : `${root}/${cwd}`;
}

/** What a path is by its text alone: where it lies unless a link or the root's name says otherwise. */
export function lexicalOf(base: string, written: string): string {
  return foldPath(written.startsWith("/") ? written : `${base}/${written}`);
}

function encodePath(
  resolved: ResolvedPath,
  base: string,
  cover: (path: string) => string,
): InputPath {
  const { written, lexical, real, kind, sizeBytes, linkCount, failure } = resolved;
  const links = linkCount ?? 1;
  const isMounted = resolved.isMounted === true;
  const isUsual = lexical === lexicalOf(base, written) && real === lexical && failure === null &&
    links <= 1 && !isMounted;
  if (isUsual) return kind === "file" ? sizeBytes ?? kind : kind;
  return {
    ...(kind === "file" ? {} : { kind }),
    ...(sizeBytes === null ? {} : { size: sizeBytes }),
    ...(links <= 1 ? {} : { links }),
    ...(isMounted ? { mounted: true } : {}),
    ...(lexical === lexicalOf(base, written) ? {} : { lexical: cover(lexical) }),
    ...(real === lexical ? {} : { real: real === null ? null : cover(real) }),
    ...(failure === null ? {} : { failure }),
  };
}

function encodeListing(
  folder: string,
  { paths, times, isSpent }: NotedListing,
  cover: (path: string) => string,
): readonly [string, readonly string[] | null, number?] {
  const skipped = folder === "/" ? 1 : folder.length + 1;
  let before: readonly string[] = [];
  const items = paths?.map((path) => {
    const parts = cover(path.slice(skipped)).split("/");
    let shared = 0;
    while (shared < parts.length - 1 && parts[shared] === before[shared]) shared++;
    before = parts;
    return `${shared}/${parts.slice(shared).join("/")}`;
  }) ?? null;
  return isSpent ? [cover(folder), items, times] : [cover(folder), items];
}

function encodeMeasures(
  { measures }: EvidenceRecord,
  { redaction }: Redacted,
): DecisionInput {
  if (measures === null) return {};
  const { complexity, changes, growthBytes, contentBytes } = measures;
  return {
    measures: {
      complexity: [complexity.measured, complexity.lowerBound, complexity.language],
      changes: [changes.files, changes.changedLines, changes.total],
      ...(growthBytes.size === 0 ? {} : {
        growth: [...growthBytes].map(([at, bytes]) =>
          [redaction.cover(at, "names"), bytes] as const
        ),
      }),
      ...(contentBytes === null ? {} : { content_bytes: contentBytes }),
    },
  };
}
