/** Checks that need no WebAssembly: what a module does stands in its bytes, as a word. */
import { CheckFailure } from "../../src/core/check/check_failure.ts";
import {
  type CheckJob,
  type CheckOutcome,
  type LoadedCheck,
} from "../../src/core/check/check_job.ts";
import { encodeFrame, encodeNumbers, frameKinds } from "../../src/sandbox/frames.ts";
import { encodeOutcome } from "../../src/sandbox/outcome_frame.ts";
import { defaultCheckLimits } from "../../src/core/check/check_limits.ts";

/** A job for fakeLoader. */
export function fakeJob(word: string, limits: Partial<CheckJob["limits"]> = {}): CheckJob {
  return {
    module: new TextEncoder().encode(word),
    abi: "native-1",
    entrypoint: null,
    result: "violations",
    data: null,
    limits: { ...defaultCheckLimits, ...limits },
  };
}

const ok: CheckOutcome = { status: "ok", violations: [], fuel: 1, log: "" };

/** Does what the word says. */
export function fakeLoader({ module, data }: CheckJob): LoadedCheck {
  const word = new TextDecoder().decode(module);
  if (word === "refuse") throw new CheckFailure("invalid_module", "No module\nat all", 7);
  if (word === "hang-load") hang();
  if (word === "crash-load") throw new Error("a bug");
  const runs: Readonly<Record<string, (request: Uint8Array) => CheckOutcome>> = {
    ok: () => ok,
    data: () => ({ ...ok, fuel: data?.length ?? 0 }),
    echo: (request) => ({
      ...ok,
      fuel: request.length,
      violations: [{
        code: "echo",
        message: new TextDecoder().decode(request.subarray(0, 500)),
        severity: null,
        path: null,
        details: { bytes: request.length },
      }],
    }),
    fail: () => ({ status: "failed", code: "trap", message: "two\nlines", fuel: 3 }),
    hang: () => hang(),
    crash: () => {
      throw new Error("a bug");
    },
    exit: () => Deno.exit(0),
    garbage: () => write(crypto.getRandomValues(new Uint8Array(64))),
    // Two answers in one breath.
    surplus: () => {
      const answer = encodeOutcome(0, ok);
      Deno.stdout.writeSync(new Uint8Array([...answer, ...answer]));
      return ok;
    },
    // Of a run that nobody asked for.
    "not-that": () => {
      Deno.stdout.writeSync(encodeFrame(frameKinds.missing, [encodeNumbers(0)]));
      return ok;
    },
    lie: () => ({ ...ok, violations: "none" } as unknown as CheckOutcome),
    pretend: () => ({ status: "failed", code: "sandbox_unavailable", message: "", fuel: 0 }),
    flood: () => {
      for (;;) Deno.stdout.writeSync(new Uint8Array(65_536).fill(0xff));
    },
    // A whole frame of the right kind, as long as a length can say.
    "long-frame": () => {
      Deno.stdout.writeSync(new Uint8Array([255, 255, 255, 255, 6]));
      for (;;) Deno.stdout.writeSync(new Uint8Array(65_536));
    },
    "half-frame": () => {
      Deno.stdout.writeSync(new Uint8Array([9, 0, 0, 0, 6, 1]));
      return Deno.exit(0);
    },
  };
  const run = runs[word];
  if (run === undefined) throw new CheckFailure("invalid_module", `No fake "${word}"`);
  return { run };
}

function write(bytes: Uint8Array): never {
  for (;;) Deno.stdout.writeSync(bytes);
}

function hang(): never {
  for (;;);
}
