/**
 * What a module costs: for people, and as one document.
 *
 * @module
 */
import type { CheckAbi } from "../../core/check/check_job.ts";
import type { CheckIsolation } from "../../core/check/check_spec.ts";
import { renderText } from "../cli/colour.ts";
import { renderTable } from "../cli/table.ts";
import { renderJson, type RenderOptions } from "../render.ts";

export interface BenchReport {
  readonly file: string;
  readonly sha256: string;
  readonly abi: CheckAbi;
  readonly isolation: CheckIsolation;
  readonly requestBytes: number;
  /** At least one of each. */
  readonly loadMs: readonly number[];
  readonly wallMicros: readonly number[];
  readonly fuel: readonly number[];
}

export function renderBench(report: BenchReport, options: RenderOptions): string {
  const { file, sha256, abi, isolation, requestBytes } = report;
  const load = spreadOf(report.loadMs);
  const run = spreadOf(report.wallMicros);
  const fuel = spreadOf(report.fuel);
  if (options.format !== "table") {
    const facts = { file, sha256, abi, isolation, request_bytes: requestBytes };
    const costs = { load_ms: load, run_us: run, fuel };
    return renderJson({ schema_version: 1, ...facts, ...costs }, options.format);
  }
  const rows = [["load, ms", load], ["run, us", run], ["fuel", fuel]] as const;
  const numbers = (spread: Spread) => [spread.median, spread.p95, spread.least, spread.most];
  const table = renderTable(
    ["", "MEDIAN", "P95", "LEAST", "MOST", "TIMES"]
      .map((header, i) => i === 0 ? { header } : { header, align: "right" as const }),
    rows.map(([name, spread]) => [
      { text: name },
      ...[...numbers(spread), spread.times].map((number) => ({ text: String(number) })),
    ]),
    { ...options, indent: 2 },
  );
  return `${renderText(options.style, file)}: ${abi}, ${isolation}, ${requestBytes} bytes asked\n` +
    table;
}

export interface Spread {
  readonly median: number;
  readonly p95: number;
  readonly least: number;
  readonly most: number;
  /** How many there were. */
  readonly times: number;
}

/** Two digits after the point. */
export function spreadOf(values: readonly number[]): Spread {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (part: number) => {
    const value = sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? 0;
    return Math.round(value * 100) / 100;
  };
  return { median: at(0.5), p95: at(0.95), least: at(0), most: at(1), times: sorted.length };
}
