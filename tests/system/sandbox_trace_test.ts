/** What the sandbox's processes ask of the kernel, as strace saw it. */
import { assert, assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import type { CheckAbi } from "../../src/core/check/check_job.ts";
import { brokerWords, encodeBrokerWord } from "../../src/sandbox/broker_protocol.ts";
import { encodeFrame, encodeNumbers, frameKinds } from "../../src/sandbox/frames.ts";
import { encodeLoad } from "../../src/sandbox/job_frame.ts";
import { checkJob, checkRequest } from "../support/check_jobs.ts";
import { binaryPath } from "../support/sealward.ts";

const vectors = new URL("../vectors/wasm/", import.meta.url);
const request = checkRequest({ operation: { type: "command", command: "cat forbidden" } });
const fixtures: readonly (readonly [string, CheckAbi])[] = [
  ["c_native", "native-1"],
  ["assemblyscript_native", "native-1"],
  ["c_wasi", "wasi-cmd"],
  ["rust_wasi", "wasi-cmd"],
];

interface Traced {
  readonly calls: readonly string[];
  readonly stdout: Uint8Array;
}

/** Calls of a role that is told `frames`, one after the other, and then nothing more. */
async function trace(
  word: string,
  frames: readonly Uint8Array<ArrayBuffer>[],
  pauseMs: number,
): Promise<Traced> {
  const tracePath = await Deno.makeTempFile({ prefix: "sealward-trace-" });
  const rules = "trace=%file,%network,execve,execveat,fork,vfork,clone,clone3,write,ptrace";
  const child = new Deno.Command("/usr/bin/strace", {
    args: ["-f", "-qq", "-s", "4096", "-e", rules, "-o", tracePath, binaryPath, word],
    clearEnv: true,
    stdin: "piped",
    stdout: "piped",
    stderr: "null",
  }).spawn();
  const input = child.stdin.getWriter();
  for (const frame of frames) await input.write(frame);
  await new Promise((resolve) => setTimeout(resolve, pauseMs));
  await input.close();
  const { code, stdout } = await child.output();
  assertEquals(code, 0);
  const calls = (await Deno.readTextFile(tracePath)).split("\n");
  await Deno.remove(tracePath);
  return { calls, stdout };
}

describe("the sandbox under strace", () => {
  it("WASM-11 a worker that said it is ready opens, connects and executes nothing", async () => {
    const frames = fixtures.flatMap(([name, abi], id) => {
      const module = Deno.readFileSync(new URL(`${name}/forbidden_word.wasm`, vectors));
      const run = encodeFrame(frameKinds.run, [encodeNumbers(id, id), request]);
      return [encodeLoad(id, checkJob(module, { abi })), run, run];
    });
    const { calls, stdout } = await trace("__sandbox-worker", frames, 300);
    const ready = calls.findIndex((call) => /^\d+ +write\(1, /.test(call));
    assert(ready > 0, "it never said that it is ready");
    const said = new TextDecoder().decode(stdout);
    assertEquals(said.split("forbidden_word").length - 1, 2 * fixtures.length);
    const before = calls.slice(0, ready);
    // The test can see: opening is what it does before.
    assert(before.some((call) => call.includes("openat(")));
    const after = calls.slice(ready).filter((call) => !isHarmless(call));
    assertEquals(after, []);
  });

  it("WASM-11 a broker executes its own program and nothing else", async () => {
    const start = encodeBrokerWord(brokerWords.start, 0);
    const { calls } = await trace("__sandbox-broker", [start], 1_500);
    const executed = calls.flatMap((call) => /\bexecve(?:at)?\((.*?), \[/.exec(call)?.[1] ?? []);
    assertEquals(executed, [JSON.stringify(binaryPath), JSON.stringify(binaryPath)]);
    assertEquals(calls.filter((call) => /\b(?:connect|bind|listen)\(/.test(call)), []);
    const worker = calls.filter((call) => call.includes("__sandbox-worker"));
    // Its environment is empty: strace counts the variables.
    assert(worker.some((call) => call.includes("/* 0 vars */")), worker.join("\n"));
  });
});

/** Answers, threads of the same process, and ends of calls and processes. */
function isHarmless(call: string): boolean {
  // A thread of the runtime may look late what processors there are; nobody can name it a file.
  if (/ openat\(AT_FDCWD, "\/sys\/devices\/system\/cpu\/[^"]*", O_RDONLY/.test(call)) return true;
  return /^$|^\d+ +(?:write\(\d+, |[+]{3} |-{3} |<[.]{3} )/.test(call) ||
    call.includes("CLONE_THREAD");
}
