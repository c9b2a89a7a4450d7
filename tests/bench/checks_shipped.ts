import { fileWrite, openShippedCheck } from "../support/shipped_check.ts";
import type { JsonObject } from "../../src/core/operation/operation.ts";
import { type BenchRow, benchRow } from "./row.ts";
import { timeRuns } from "./time_runs.ts";

const rounds = { rounds: 200, warmUps: 50 };

/** Program text as people write it: this project's own, over and over. */
function programText(bytes: number): string {
  const source = Deno.readTextFileSync(
    new URL("../../src/core/operation/measure_javascript.ts", import.meta.url),
  );
  return source.repeat(Math.ceil(bytes / source.length)).slice(0, bytes);
}

const settingsOf: Readonly<Record<string, JsonObject>> = {
  secrets: {},
  complexity: { max_complexity: 1_000 },
  licence_header: { files: ["**"], header: ["/**"] },
};

/** Whole runs of the shipped checks in this process: request in, violations out, metered. */
export function benchChecksShipped(): Promise<readonly BenchRow[]> {
  const rows: BenchRow[] = [];
  for (const [name, settings] of Object.entries(settingsOf)) {
    for (const kilobytes of [10, 100]) {
      const check = openShippedCheck(name);
      const operation = fileWrite(programText(kilobytes * 1_024), "src/a.ts");
      const encoded = timeRuns(() => JSON.stringify(operation).length, rounds);
      const { fuel } = check.ask(operation, settings);
      const value = timeRuns(() => check.ask(operation, settings), rounds);
      const isBudget = name === "secrets" && kilobytes === 10;
      rows.push(benchRow({
        name: `check_shipped_${name}_${kilobytes}kb_p50`,
        value,
        unit: "us",
        baseline: { name: "JSON.stringify of the operation", value: encoded, unit: "us" },
        target: isBudget ? "<= 1000 us" : "none",
        met: !isBudget || value <= 1_000,
      }));
      rows.push(benchRow({
        name: `check_shipped_${name}_${kilobytes}kb_fuel`,
        value: fuel,
        unit: "fuel",
        baseline: { name: "kilobytes", value: kilobytes, unit: "KB" },
        target: "none",
        met: true,
      }));
    }
  }
  return Promise.resolve(rows);
}
