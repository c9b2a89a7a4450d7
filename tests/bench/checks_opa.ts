import type { LoadedCheck } from "../../src/core/check/check_job.ts";
import { loadCheck } from "../../src/sandbox/load_check.ts";
import { opaJob } from "../support/opa_wat.ts";
import { type BenchRow, benchRow } from "./row.ts";
import { timeRuns } from "./time_runs.ts";

const vectors = new URL("../vectors/opa/", import.meta.url);

interface Expectation {
  readonly entrypoint: string;
  readonly data: unknown;
  readonly cases: readonly { readonly input: unknown }[];
}

interface OpaExports {
  readonly opa_malloc: (length: number) => number;
  readonly opa_json_parse: (at: number, length: number) => number;
  readonly opa_heap_ptr_get: () => number;
  readonly opa_json_dump: (value: number) => number;
  readonly entrypoints: () => number;
  readonly opa_eval: (...args: readonly number[]) => number;
}

const encode = (value: unknown) => new TextEncoder().encode(JSON.stringify(value));

/** What no host can do without: a memory, an instance of the unmetered module, data, the call. */
function bareRun(
  module: Uint8Array<ArrayBuffer>,
  { data, input, entrypoint }: {
    readonly data: Uint8Array;
    readonly input: Uint8Array;
    readonly entrypoint: string | null;
  },
): () => void {
  const compiled = new WebAssembly.Module(module);
  const open = () => {
    const memory = new WebAssembly.Memory({ initial: 2, maximum: 512 });
    const stop = () => {
      throw new Error("called back");
    };
    const names = WebAssembly.Module.imports(compiled).map(({ name }) => [name, stop] as const);
    const env = { ...Object.fromEntries(names), memory };
    const { exports } = new WebAssembly.Instance(compiled, { env });
    return { memory, exports: exports as unknown as OpaExports };
  };
  const copyIn = ({ memory, exports }: ReturnType<typeof open>, bytes: Uint8Array) => {
    const at = exports.opa_malloc(bytes.length);
    new Uint8Array(memory.buffer).set(bytes, at);
    return at;
  };
  const readJson = ({ memory }: ReturnType<typeof open>, at: number) => {
    const bytes = new Uint8Array(memory.buffer).subarray(at);
    return JSON.parse(new TextDecoder().decode(bytes.subarray(0, bytes.indexOf(0))));
  };
  const first = open();
  const known = readJson(first, first.exports.opa_json_dump(first.exports.entrypoints()));
  const number: number = entrypoint === null ? 0 : known[entrypoint];
  return () => {
    const opened = open();
    const { exports } = opened;
    const dataAt = exports.opa_json_parse(copyIn(opened, data), data.length);
    const at = copyIn(opened, input);
    const free = exports.opa_heap_ptr_get();
    readJson(opened, exports.opa_eval(0, number, dataAt, at, input.length, free, 0));
  };
}

interface Subject {
  readonly name: string;
  readonly module: Uint8Array<ArrayBuffer>;
  readonly entrypoint: string | null;
  readonly result: "allow" | "violations";
  readonly data: Uint8Array;
  readonly input: Uint8Array;
}

/** Roles, grants and a user, as OPA's own compiler made it. */
async function readSubject(): Promise<Subject> {
  const text = await Deno.readTextFile(new URL("rbac.json", vectors));
  const { data, cases, entrypoint }: Expectation = JSON.parse(text);
  const module = await Deno.readFile(new URL("rbac.wasm", vectors));
  const asked = { data: encode(data), input: encode(cases[1]?.input) };
  return { name: "rbac", module, entrypoint, result: "allow", ...asked };
}

function open({ module, entrypoint, result, data }: Subject): LoadedCheck {
  return loadCheck(opaJob(module, {
    result,
    data,
    ...(entrypoint === null ? {} : { entrypoint }),
  }));
}

/** Whole runs of a module of OPA: a memory, an instance and the data anew for each. */
export async function benchChecksOpa(): Promise<readonly BenchRow[]> {
  const subject = await readSubject();
  const check = open(subject);
  const outcome = check.run(subject.input);
  if (outcome.status !== "ok") throw new Error(`${subject.name}: ${outcome.message}`);
  const bare = timeRuns(bareRun(subject.module, subject));
  const value = timeRuns(() => check.run(subject.input));
  return [benchRow({
    name: `check_opa_${subject.name}_fresh_p50`,
    value,
    unit: "us",
    baseline: { name: "the same, unmetered and without a host's care", value: bare, unit: "us" },
    target: "<= 500 us",
    met: value <= 500,
  })];
}
