import type { Entry } from "../../src/core/audit/entry.ts";
import type { Json, JsonObject } from "../../src/core/operation/operation.ts";
import { parsePolicy } from "../../src/core/policy/parse_policy.ts";
import { starterPolicy } from "../../src/core/policy/starter_policy.ts";
import { createReport } from "../../src/core/report/create_report.ts";
import { type BenchRow, benchRow } from "./row.ts";

const count = 100_000;
const limitMs = 3_000;

/** A report of 100,000 verified entries in memory, with more names than it tells apart. */
export function benchReport(): Promise<readonly BenchRow[]> {
  const text = JSON.stringify(Array.from({ length: count }, (_, i) => entryOf(i)));
  const parseStart = performance.now();
  const entries = JSON.parse(text) as readonly Entry[];
  const parseMs = performance.now() - parseStart;
  const filter = { since: null, until: null, session: null, agent: null };
  const policy = parsePolicy(starterPolicy, "p");
  const start = performance.now();
  createReport(entries, { root: "/home/ada/project", policy, filter, top: 10 });
  const value = performance.now() - start;
  return Promise.resolve([benchRow({
    name: "report_100k_entries",
    value,
    unit: "ms",
    baseline: { name: "JSON.parse of the same entries", value: parseMs, unit: "ms" },
    target: `<= ${limitMs} ms`,
    met: value <= limitMs,
  })]);
}

/** What agents do all day, each a fifth: allowed, opaque, protected, unverified, outside. */
function shapeOf(i: number): readonly [operation: JsonObject, code: string, policy: string] {
  switch (i % 5) {
    case 0:
      return [{ type: "file_write", files: [`src/m${i % 977}/f${i}.ts`] }, "", ""];
    case 1:
      return [
        { type: "command", command: `cd web && npm run t${i % 300} -- --x=${i} 2>&1 | tail -5` },
        "command_opaque",
        "commands.opaque",
      ];
    case 2:
      return [
        { type: "file_write", files: [`c${i}/prod.env`, "a", "b"] },
        "path_protected",
        "protected.files",
      ];
    case 3:
      return [
        { type: "tool_call", tool: `mcp__x__t${i % 20_000}` },
        "operation_unverified",
        "enforcement.on_unverified",
      ];
    default:
      return [
        { type: "file_write", files: [`/tmp/b${i}/o`] },
        "path_outside_root",
        "builtin.paths",
      ];
  }
}

function entryOf(i: number): Json {
  const [operation, code, policy] = shapeOf(i);
  return {
    version: 1,
    seq: i,
    key: "00000000.0",
    at: `2026-11-${10 + (i % 20)}T10:00:00.000000Z`,
    prev: "0".repeat(64),
    mac: "1".repeat(64),
    type: "audit.decision",
    severity: "LOW",
    details: {
      decision: "allow",
      codes: code === "" ? [] : [code],
      violated: policy === "" ? [] : [policy],
      ...(code === "" ? {} : { would_deny: true }),
      principal: "uid:1000",
      operation: { ...operation, agent: `a${i % 5}`, session: `s${i % 2_000}` },
    },
  };
}
