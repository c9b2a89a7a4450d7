import { parseOperation } from "../../src/core/operation/parse_operation.ts";
import { planCommand } from "../../src/core/operation/shell/plan_command.ts";
import { findProgram } from "../../src/core/operation/shell/programs/find_program.ts";
import type { ShellSurroundings } from "../../src/core/operation/shell/surroundings.ts";
import { type BenchRow, benchRow, quantile } from "./row.ts";

const rounds = 200;

/** An empty disk: what is measured is reading the command, not the machine's folders. */
const surroundings: ShellSurroundings = {
  root: "/p",
  home: "/home/u",
  realPath: () => null,
  kindOf: () => "missing",
  listNames: () => [],
  listBelow: () => [],
  readText: () => null,
  wasWritten: () => false,
  isProtected: () => false,
  trackedProtected: () => [],
};

/** Lines as agents write them. */
const typical: readonly string[] = [
  "git status --short",
  "git add -A && git commit -m 'Fix the parser'",
  "npm test 2>&1 | tail -20",
  "cd src && ls -la",
  "grep -rn TODO src --include='*.ts' | head",
  "sed -n '1,20p' src/app.ts",
  "find . -name '*.ts' -not -path './node_modules/*' | head -20",
  "curl -s http://localhost:8080/health | jq .",
  "mkdir -p src/a && cp src/app.ts src/a/b.ts",
  'for f in a b c; do echo "$f"; done',
];

/** 16 KiB that cost the walk the most, of all that were tried. */
const worst: readonly string[] = [
  "for i in 1 2 3; do ".repeat(700),
  `echo ${"{1..900} ".repeat(1_800)}`,
  Array.from({ length: 1_800 }, (_, i) => `a${i}=1`).join("&&"),
  `ls ${"*a".repeat(8_000)}`,
  "select x in a; do ".repeat(900),
  `a=xx;${"a=$a$a;".repeat(2_000)}`,
  `${"eval ".repeat(3_000)}ls`,
  "f(){ f|f& };f",
  "a;".repeat(8_000),
].map((command) => command.slice(0, 16_384));

/** Plans of warm commands: a typical line, and the worst of 16 KiB. */
export function benchShell(): Promise<readonly BenchRow[]> {
  const baseline = {
    name: "parseOperation of the same commands",
    value: quantile(
      typical.flatMap((command) => sample(() => parseOperation({ type: "command", command }))),
      0.5,
    ),
    unit: "us",
  };
  const typicalUs = quantile(typical.flatMap((command) => sample(plan(command))), 0.5);
  const worstMs = Math.max(
    ...worst.map((command) => quantile(sample(plan(command), 5), 0.5) / 1_000),
  );
  return Promise.resolve([
    benchRow({
      name: "shell_plan_typical_p50",
      value: typicalUs,
      unit: "us",
      baseline,
      target: "<= 50 us",
      met: typicalUs <= 50,
    }),
    benchRow({
      name: "shell_plan_worst_16_kib",
      value: worstMs,
      unit: "ms",
      baseline,
      target: "<= 50 ms",
      met: worstMs <= 50,
    }),
  ]);
}

function plan(command: string): () => unknown {
  return () => planCommand(command, null, surroundings, findProgram);
}

function sample(act: () => unknown, count = rounds): readonly number[] {
  for (let i = 0; i < count; i++) act();
  return Array.from({ length: count }, () => {
    const start = performance.now();
    act();
    return (performance.now() - start) * 1_000;
  });
}
