import { openPolicyStore } from "../../src/adapter/policy_store.ts";
import { parseGlob, PatternError } from "../../src/core/operation/glob.ts";
import { compilePatternSet } from "../../src/core/operation/pattern_set.ts";
import type { PolicySnapshot } from "../../src/core/integrity/policy_snapshot.ts";
import { parseKeptPolicy } from "../../src/core/policy/kept_policy.ts";
import { keepPolicy } from "../../src/core/policy/load_policy.ts";
import { guidePolicy } from "../../src/core/policy/starter_policy.ts";
import { type BenchRow, benchRow, median } from "./row.ts";

/** Looking at a policy, loading it, and matching by it. */
export async function benchPolicyFiles(): Promise<readonly BenchRow[]> {
  const policyFolder = Deno.makeTempDirSync();
  const path = `${policyFolder}/policy.yaml`;
  try {
    Deno.writeTextFileSync(path, guidePolicy);
    const look = openPolicyStore({ policyFolder });
    const snapshot = look();
    // Until then times cannot tell two writes apart, and every look reads the bytes.
    await new Promise((resolve) => setTimeout(resolve, 3_100));
    look();
    const lstatUs = sampleUs(() => Deno.lstatSync(path), 2_000);
    const unchangedUs = sampleUs(() => look(), 2_000);
    const loadMs = sampleUs(loader(snapshot), 20).map((us) => us / 1_000);
    const changedMs = readChanged(path, policyFolder);
    const parseMs = sampleUs(() => JSON.parse(bigJson), 20).map((us) => us / 1_000);
    return [
      row("policy_unchanged", median(unchangedUs), ["us", 20], ["one lstat(2)", median(lstatUs)]),
      row("policy_changed_100_kb", median(changedMs), ["ms", 1], baseOf(parseMs)),
      row("policy_load_guide_first", loadMs[0] ?? NaN, ["ms", 3], baseOf(parseMs)),
      row("policy_load_guide_p50", median(loadMs), ["ms", 3], baseOf(parseMs)),
      row("globs_10000_x_1000_files", globsMs(), ["ms", 200], baseOf(parseMs)),
      row("glob_hostile_worst", hostileMs(), ["ms", 5], baseOf(parseMs)),
    ];
  } finally {
    Deno.removeSync(policyFolder, { recursive: true });
  }
}

const bigJson = JSON.stringify(Array.from({ length: 10_000 }, (_, i) => ({ i, text: `${i}` })));

function baseOf(samples: readonly number[]): readonly [string, number] {
  return ["JSON.parse of 10,000 small objects", median(samples)];
}

function row(
  name: string,
  value: number,
  [unit, limit]: readonly [string, number],
  [baseName, baseValue]: readonly [string, number],
): BenchRow {
  const baseline = { name: baseName, value: baseValue, unit };
  return benchRow({
    name,
    value,
    unit,
    baseline,
    target: `<= ${limit} ${unit}`,
    met: value <= limit,
  });
}

/** As a one-shot does: from the kept form, no YAML reader. */
function loader(snapshot: PolicySnapshot): () => void {
  const kept = keepPolicy(snapshot);
  return () => void parseKeptPolicy(kept, snapshot);
}

/** Read and hashed again, as every look at a file this fresh is. */
function readChanged(path: string, policyFolder: string): readonly number[] {
  Deno.writeTextFileSync(path, `${guidePolicy}# ${"x".repeat(100_000)}\n`);
  const look = openPolicyStore({ policyFolder });
  return sampleUs(() => look(), 50).map((us) => us / 1_000);
}

function globsMs(): number {
  const shapes = (i: number) =>
    [`*.e${i}`, `secret${i}/`, `config/a${i}/*`, `p${i}*`, `x${i}/**/y*z`][i % 5] ?? "";
  const set = compilePatternSet(Array.from({ length: 10_000 }, (_, i) => parseGlob(shapes(i))));
  const files = Array.from({ length: 1_000 }, (_, i) => [`packages/m${i % 40}/file-${i}.test.ts`]);
  const match = () => files.forEach((file) => set.match(file));
  return median(sampleUs(match, 5)) / 1_000;
}

/** The slowest of threats' patterns on the slowest path; a refused one costs its refusal. */
function hostileMs(): number {
  const patterns = [
    "*a*a*a*a*a*a*a*a*a*a*a*a*b",
    "*".repeat(200),
    "*a".repeat(200),
    "**/a/".repeat(8),
    "**/a*/".repeat(8) + "b",
    "**/" + "*/".repeat(30) + "b",
    "*[!b]".repeat(200),
    "[a-z]*".repeat(170),
    "*a".repeat(15_000),
  ];
  const paths = ["a".repeat(4_096), "a/".repeat(2_048), "\u00e9a".repeat(2_048)];
  const times = patterns.flatMap((pattern) => paths.map((path) => matchMs(pattern, path)));
  return Math.max(...times);
}

function matchMs(pattern: string, path: string): number {
  const match = () => {
    try {
      compilePatternSet([parseGlob(pattern)]).match([path]);
    } catch (error) {
      if (!(error instanceof PatternError)) throw error;
    }
  };
  // The best: this is a bound, and machines have other things to do.
  return Math.min(...sampleUs(match, 15)) / 1_000;
}

function sampleUs(act: () => unknown, rounds: number): readonly number[] {
  return Array.from({ length: rounds }, () => {
    const start = performance.now();
    act();
    return (performance.now() - start) * 1_000;
  });
}
