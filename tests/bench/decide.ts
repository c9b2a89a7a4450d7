import { openDisk } from "../../src/adapter/path_resolver.ts";
import { decide } from "../../src/core/decision/decide.ts";
import { measureComplexity } from "../../src/core/operation/complexity.ts";
import { gatherFacts } from "../../src/core/decision/gather_facts.ts";
import { parseOperation } from "../../src/core/operation/parse_operation.ts";
import { planEffects } from "../../src/core/operation/plan_effects.ts";
import { parsePolicy } from "../../src/core/policy/parse_policy.ts";
import { type BenchRow, benchRow, quantile } from "./row.ts";

const rounds = 5_000;

/** `decide` alone, facts given: 100 patterns, 10 files. */
export function benchDecide(): Promise<readonly BenchRow[]> {
  const folder = Deno.makeTempDirSync();
  const patterns = Array.from({ length: 100 }, (_, i) => `"dir${i}/**/*.${i % 7}conf"`);
  const policy = parsePolicy(
    `version: "1.0"\nprotected:\n  files: [${patterns.join(", ")}]\n`,
    "p",
  );
  const files = Array.from({ length: 10 }, (_, i) => `src/module${i}/file${i}.ts`);
  const operation = parseOperation({ type: "file_write", affected_files: files });
  const plan = planEffects(operation, policy.customOperations);
  const disk = openDisk(folder);
  const asked = { operation, plan, policy, principal: "uid:1", scope: "policy" } as const;
  const question = { ...asked, denials: null };
  const facts = gatherFacts(operation, plan, { disk, measureComplexity });
  const decideUs = sample(() => decide({ ...question, facts }));
  const gatherUs = sample(() => gatherFacts(operation, plan, { disk, measureComplexity }));
  const text = JSON.stringify(operation);
  const baselineUs = sample(() => JSON.parse(text));
  Deno.removeSync(folder, { recursive: true });
  const baseline = {
    name: "JSON.parse of the same operation",
    value: quantile(baselineUs, 0.5),
    unit: "us",
  };
  const row = (name: string, value: number, limit: number) =>
    benchRow({ name, value, unit: "us", baseline, target: `<= ${limit} us`, met: value <= limit });
  return Promise.resolve([
    row("decide_p50", quantile(decideUs, 0.5), 20),
    row("decide_p99", quantile(decideUs, 0.99), 100),
    row("gather_facts_10_missing_files_p50", quantile(gatherUs, 0.5), 1_000),
  ]);
}

function sample(act: () => unknown): readonly number[] {
  for (let i = 0; i < 1_000; i++) act();
  return Array.from({ length: rounds }, () => {
    const start = performance.now();
    act();
    return (performance.now() - start) * 1000;
  });
}
