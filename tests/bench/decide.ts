import { type CountedHistory, foldCounted } from "../../src/core/audit/budget_state.ts";
import { readHistory } from "../../src/core/audit/read_history.ts";
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
  const policyText = `version: "1.0"\nprotected:\n  files: [${patterns.join(", ")}]\n`;
  const policy = parsePolicy(policyText, "p");
  const files = Array.from({ length: 10 }, (_, i) => `src/module${i}/file${i}.ts`);
  const operation = parseOperation({ type: "file_write", affected_files: files });
  const plan = planEffects(operation, policy.customOperations);
  const disk = openDisk(folder);
  const asked = { operation, plan, policy, principal: "uid:1", scope: "policy" } as const;
  const question = { ...asked, denials: null };
  const facts = gatherFacts(operation, plan, { disk, measureComplexity });
  const decideUs = sample(() => decide({ ...question, facts }));
  const counting = parsePolicy(`${policyText}${budgets}`, "p");
  const counted = fillHistory(counting);
  const budgetsUs = sample(() => {
    const history = readHistory(counted, { principal: "uid:1", session: "s", now: start });
    return decide({ ...question, policy: counting, facts, history });
  });
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
    row("decide_20_budgets_more_p50", quantile(budgetsUs, 0.5) - quantile(decideUs, 0.5), 50),
    row("gather_facts_10_missing_files_p50", quantile(gatherUs, 0.5), 1_000),
  ]);
}

const start = 1_790_000_000;

/** Of every kind, half of them with patterns of files. */
const budgets = `budgets:\n${
  Array.from({ length: 20 }, (_, i) => {
    const count = ["operations", "files", "deletes", "lines", "commands"][i % 5];
    const per = ["session", "hour", "day"][i % 3];
    const match = i % 2 === 0 ? "" : `match: {files: ["src/module${i}/*.ts"]}, `;
    return `  - {id: b${i}, count: ${count}, ${match}per: ${per}, max: 1000000}\n`;
  }).join("")
}`;

/** As much as an hour of work leaves behind. */
function fillHistory({ budgets }: ReturnType<typeof parsePolicy>): CountedHistory | null {
  const counts = Object.fromEntries(budgets.map(({ counterId }) => [counterId, 1]));
  const entry = { session: "s", counts, met: [], isAsked: false, seq: 0, principal: "uid:1" };
  let history: CountedHistory | null = null;
  for (let at = start - 3_600; at <= start; at += 60) {
    history = foldCounted(history, { ...entry, at }, "allow");
  }
  return history;
}

function sample(act: () => unknown): readonly number[] {
  for (let i = 0; i < 1_000; i++) act();
  return Array.from({ length: rounds }, () => {
    const start = performance.now();
    act();
    return (performance.now() - start) * 1000;
  });
}
