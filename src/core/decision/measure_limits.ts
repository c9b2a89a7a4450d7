/**
 * Compares what an operation measures with the policy's limits. A claimed number counts only when
 * it is the larger one: a claim can make a limit bite, never lift it.
 *
 * @module
 */
import type { Operation } from "../operation/operation.ts";
import type { Effect } from "../operation/effect.ts";
import type { Policy } from "../policy/policy.ts";
import { claimedNumber } from "../operation/claimed_number.ts";
import type { Finding } from "./decision.ts";
import type { Facts } from "./facts.ts";

/** One limit: what is known, and whether that is all there is to know. */
interface Measure {
  readonly id: string;
  readonly limit: number | null;
  readonly what: string;
  readonly claim: number | null | "invalid";
  /** A value the operation has at least; null when nothing is known. */
  readonly atLeast: number | null;
  /** False when the true value may be larger than `atLeast`. */
  readonly isWhole: boolean;
}

export interface LimitOutcome {
  readonly findings: readonly Finding[];
  /** Dotted ids, sorted. */
  readonly unmeasured: readonly string[];
}

/** What limits depend on beside the operation: the policy, and the effects that are certain. */
interface Scope {
  readonly policy: Policy;
  readonly effects: readonly Effect[];
}

/**
 * Complexity and size speak of operations that put bytes somewhere, changes of all that do more
 * than read, files of every operation. Of a command line alone only its files can be counted:
 * content that nobody shows would be unmeasured in every one of them, and is no news.
 */
export function measureLimits(
  operation: Operation,
  facts: Facts,
  scope: Scope,
): LimitOutcome {
  const findings: Finding[] = [];
  const unmeasured: string[] = [];
  for (const measure of measures(operation, facts, scope)) {
    if (measure.limit === null) continue;
    const finding = exceed(measure, measure.limit);
    if (finding !== null) findings.push(finding);
    else if (!isMeasured(measure)) unmeasured.push(measure.id);
  }
  return { findings, unmeasured: unmeasured.sort() };
}

function isMeasured(measure: Measure): boolean {
  return typeof measure.claim === "number" || (measure.atLeast !== null && measure.isWhole);
}

function measures(
  operation: Operation,
  { changes, complexity, ...facts }: Facts,
  { policy: { limits }, effects }: Scope,
): readonly Measure[] {
  const paths = effects.filter(({ kind }) => kind === "path");
  const verbs = new Set(paths.map(({ verb }) => verb));
  const isCommand = isCommandAlone(operation);
  const measures: Measure[] = [{
    id: "limits.max_files_per_operation",
    limit: limits.maxFilesPerOperation,
    what: "Number of files",
    claim: null,
    atLeast: isCommand ? countChanged(paths) : changes.files,
    isWhole: true,
  }];
  const { metadata } = operation;
  if (isCommand || [...verbs].every((verb) => verb === "read")) return measures;
  measures.push({
    id: "limits.max_changes_per_operation",
    limit: limits.maxChangesPerOperation,
    what: "Number of changes",
    claim: claimedNumber(metadata, "changes"),
    atLeast: changes.total,
    isWhole: changes.changedLines !== null,
  });
  if (!verbs.has("write") && !verbs.has("create")) return measures;
  measures.push({
    id: "limits.max_complexity",
    limit: limits.maxComplexity,
    what: "Complexity",
    claim: claimedNumber(metadata, "complexity"),
    // SECURITY: content beside a diff must not hide what the diff holds.
    atLeast: larger(complexity.measured, complexity.lowerBound),
    isWhole: complexity.measured !== null,
  }, {
    id: "limits.max_file_size",
    limit: limits.maxFileSizeBytes,
    what: "File size in bytes",
    claim: claimedNumber(metadata, "file_size"),
    atLeast: largestSize(facts),
    isWhole: true,
  });
  return measures;
}

function isCommandAlone({ type, content, diff }: Operation): boolean {
  return type === "command" && content === null && diff === null;
}

function countChanged(paths: readonly Effect[]): number {
  const changed = paths.filter(({ verb }) => verb !== "read");
  return new Set(changed.map(({ resource }) => resource)).size;
}

function larger(a: number | null, b: number | null): number | null {
  return a === null || b === null ? a ?? b : Math.max(a, b);
}

/** Of content, of every file on disk, and of every file as its diff would leave it. */
function largestSize(
  { paths, contentBytes, growthBytes }: Pick<Facts, "paths" | "contentBytes" | "growthBytes">,
): number | null {
  const sizes = [contentBytes, ...[...paths.values()].map(({ sizeBytes }) => sizeBytes)];
  const onDisk = new Map(
    [...paths.values()].map(({ view, sizeBytes }) => [view.real ?? view.lexical, sizeBytes ?? 0]),
  );
  for (const [file, bytes] of growthBytes) sizes.push((onDisk.get(file) ?? 0) + bytes);
  const known = sizes.filter((size) => size !== null);
  return known.length === 0 ? null : known.reduce((a, b) => Math.max(a, b), 0);
}

function exceed(measure: Measure, limit: number): Finding | null {
  if (measure.claim === "invalid") {
    return finding(measure, `${measure.what} is claimed as something that is no number`);
  }
  const value = Math.max(measure.claim ?? 0, measure.atLeast ?? 0);
  if (value <= limit) return null;
  return finding(measure, `${measure.what} is ${value}: wanted at most ${limit}`);
}

function finding(measure: Measure, message: string): Finding {
  return {
    policy: measure.id,
    code: "limit_exceeded",
    severity: "HIGH",
    message,
    sourceKey: measure.id,
    verdict: "deny",
    overridable: true,
  };
}
