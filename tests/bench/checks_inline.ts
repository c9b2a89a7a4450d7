import { defaultCheckLimits } from "../../src/core/check/check_limits.ts";
import type { CheckAbi, LoadedCheck } from "../../src/core/check/check_job.ts";
import { encodeCheckRequest } from "../../src/core/check/check_request.ts";
import { loadCheck } from "../../src/sandbox/load_check.ts";
import { type BenchRow, benchRow } from "./row.ts";
import { timeRuns } from "./time_runs.ts";

const vectors = new URL("../vectors/wasm/", import.meta.url);

/** 1.6 KB: a small file about to be written. */
const request = encodeCheckRequest({
  v: 1,
  kind: "operation",
  operation: {
    type: "file_write",
    affected_files: ["src/a.ts"],
    content: "let x = 1;\n".repeat(125),
  },
  settings: {},
  policy: { id: "bench", version: "1" },
  now: null,
});

function readModule(name: string): Uint8Array<ArrayBuffer> {
  return Deno.readFileSync(new URL(`${name}/forbidden_word.wasm`, vectors));
}

function open(module: Uint8Array, abi: CheckAbi): LoadedCheck {
  const limits = defaultCheckLimits;
  return loadCheck({ module, abi, entrypoint: null, result: "violations", data: null, limits });
}

/** What no host can do without: an instance of the unmetered module, and the call. */
function bareRun(module: Uint8Array<ArrayBuffer>): () => void {
  const compiled = new WebAssembly.Module(module);
  return () => {
    const { exports } = new WebAssembly.Instance(compiled);
    const { memory, check_alloc, check_eval } = exports as unknown as {
      readonly memory: WebAssembly.Memory;
      readonly check_alloc: (length: number) => number;
      readonly check_eval: (pointer: number, length: number) => bigint;
    };
    const at = check_alloc(request.length);
    new Uint8Array(memory.buffer).set(request, at);
    const packed = check_eval(at, request.length);
    const start = Number(packed >> 32n);
    JSON.parse(
      new TextDecoder().decode(
        new Uint8Array(memory.buffer, start, Number(packed & 0xffff_ffffn)),
      ),
    );
  };
}

/** Whole runs of checks in this process: request in, violations out, an instance for each. */
export function benchChecksInline(): Promise<readonly BenchRow[]> {
  const bare = timeRuns(bareRun(readModule("c_native")));
  const baseline = { name: "bare instance of c_native, unmetered", value: bare, unit: "us" };
  const fixtures: readonly (readonly [string, CheckAbi, number])[] = [
    ["c_native", "native-1", 100],
    ["assemblyscript_native", "native-1", 100],
    ["c_wasi", "wasi-cmd", 300],
    ["rust_wasi", "wasi-cmd", 300],
  ];
  return Promise.resolve(fixtures.map(([name, abi, mostUs]) => {
    const check = open(readModule(name), abi);
    const outcome = check.run(request);
    if (outcome.status !== "ok") throw new Error(`${name}: ${outcome.message}`);
    const value = timeRuns(() => check.run(request));
    return benchRow({
      name: `check_inline_${name}_p50`,
      value,
      unit: "us",
      baseline,
      target: `<= ${mostUs} us`,
      met: value <= mostUs,
    });
  }));
}
