// deno-lint-ignore-file no-console -- a script talks to its terminal
/**
 * Every number the README states, as JSON, each with its baseline measured in the same run.
 * Medians of several rounds; ratios are what counts, machines are shared and noisy.
 *
 *   task bench [ROW...]
 */
import { benchAppend } from "../tests/bench/append.ts";
import { benchChecksInline } from "../tests/bench/checks_inline.ts";
import { benchChecksOpa } from "../tests/bench/checks_opa.ts";
import { benchChecksProcess } from "../tests/bench/checks_process.ts";
import { benchChecksShipped } from "../tests/bench/checks_shipped.ts";
import { benchClient } from "../tests/bench/client.ts";
import { benchDecide } from "../tests/bench/decide.ts";
import { benchExec } from "../tests/bench/exec.ts";
import { benchHttp } from "../tests/bench/http.ts";
import { benchLineBatch } from "../tests/bench/line_batch.ts";
import { benchMcp } from "../tests/bench/mcp.ts";
import { benchMeter } from "../tests/bench/meter.ts";
import { benchOneShot } from "../tests/bench/one_shot.ts";
import { benchOverrides } from "../tests/bench/overrides.ts";
import { benchPolicyFiles } from "../tests/bench/policy_files.ts";
import { benchReport } from "../tests/bench/report.ts";
import { benchRotate } from "../tests/bench/rotate.ts";
import type { BenchRow } from "../tests/bench/row.ts";
import { benchShell } from "../tests/bench/shell.ts";
import { benchTotp } from "../tests/bench/totp.ts";
import { benchTree } from "../tests/bench/tree.ts";
import { benchWholeLog } from "../tests/bench/whole_log.ts";

const benches: Readonly<Record<string, () => Promise<readonly BenchRow[]>>> = {
  one_shot: benchOneShot,
  exec: benchExec,
  decide: benchDecide,
  policy_files: benchPolicyFiles,
  report: benchReport,
  shell: benchShell,
  http: benchHttp,
  client: benchClient,
  mcp: benchMcp,
  append: benchAppend,
  whole_log: benchWholeLog,
  rotate: benchRotate,
  tree: benchTree,
  line_batch: benchLineBatch,
  totp: benchTotp,
  overrides: benchOverrides,
  checks_inline: benchChecksInline,
  checks_opa: benchChecksOpa,
  checks_shipped: benchChecksShipped,
  meter: benchMeter,
  checks_process: benchChecksProcess,
};

const wanted = Deno.args.length > 0 ? Deno.args : Object.keys(benches);
const rows: BenchRow[] = [];
for (const name of wanted) {
  const bench = benches[name];
  if (bench === undefined) {
    console.error(`bench: no row "${name}": wanted ${Object.keys(benches).join(", ")}`);
    Deno.exit(64);
  }
  console.error(`bench: ${name}`);
  rows.push(...await bench());
}
console.log(JSON.stringify({ machine: machine(), rows }, null, 2));
Deno.exit(0);

function machine(): Record<string, unknown> {
  return {
    target: Deno.build.target,
    cores: navigator.hardwareConcurrency,
    deno: Deno.version.deno,
    date: new Date().toISOString().slice(0, 10),
  };
}
