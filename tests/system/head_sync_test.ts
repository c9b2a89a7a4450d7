/** When heads and marks become durable: soon, and not on the road of an answer. */
import { assert, assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { maxFlushDelayMs } from "../../src/core/limits.ts";
import { startServer } from "../e2e/fixtures/start_server.ts";
import { binaryPath, Project } from "../support/sealward.ts";

const operation = { type: "file_write", affected_files: ["src/app.ts"] };
const check = ["check", "--type", "file_write", "--file", "src/app.ts", "--format", "json"];
/** How late a timer may be on a busy machine, with every call slowed down by strace. */
const graceMs = 150;

interface Call {
  readonly atMs: number;
  readonly name: string;
  readonly path: string;
}

function parseCalls(trace: string): readonly Call[] {
  return trace.split("\n").flatMap((line) => {
    const [, at = "", name = "", path = ""] = /^\d+ +(\d+\.\d+) (\w+)\(\d+<([^>]*)>/.exec(line) ??
      [];
    return at === "" ? [] : [{ atMs: 1_000 * Number(at), name, path }];
  });
}

function tracer(path: string): readonly string[] {
  const rules = ["-e", "trace=write,writev,sendto,fdatasync", "-e", "signal=none"];
  return ["strace", "-f", "--seccomp-bpf", "-qq", "-ttt", "-y", "-s", "0", "-o", path, ...rules];
}

const isSlot = (path: string) => /\/(?:head|mark)\.[01]$/.test(path);
const isLog = (path: string) => path.endsWith("/audit.log");

describe("heads and marks", () => {
  it("FLT-09 a check syncs the pair it wrote, after its answer", async () => {
    using project = new Project();
    await project.init();
    const tracePath = `${project.folder}/trace`;
    const program = { name: "strace", command: [...tracer(tracePath), binaryPath] };
    assertEquals((await project.run(check, { program })).exit, 0);
    const calls = parseCalls(Deno.readTextFileSync(tracePath));
    const written = calls.filter(({ name, path }) => name === "write" && isSlot(path));
    const synced = calls.filter(({ name, path }) => name === "fdatasync" && isSlot(path));
    assertEquals(synced.map(({ path }) => path), written.map(({ path }) => path));
    assertEquals(synced.length, 2);
    const answer = calls.findIndex(({ name, path }) =>
      name.startsWith("write") && /pipe:/.test(path)
    );
    assert(answer >= 0 && synced.every((call) => calls.indexOf(call) > answer));
  });

  it("FLT-09 a server syncs the newest pair when nobody asks, and under load often enough", async () => {
    using project = new Project();
    await project.init();
    const tracePath = `${project.folder}/trace`;
    const command = [...tracer(tracePath), binaryPath];
    const server = await startServer(project, { name: "strace", command });
    const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
    const ask = async () => {
      const answer = await server.fetch("/v1/check", { body: operation });
      assertEquals(answer.status, 200);
      await answer.body?.cancel();
    };
    await ask();
    await pause(400);
    const endMs = performance.now() + 1_000;
    const caller = async () => {
      while (performance.now() < endMs) await ask();
    };
    await Promise.all([caller(), caller(), caller(), caller()]);
    await pause(400);
    // strace ends with the server, which stops when it is told to.
    const children = new Deno.Command("pgrep", { args: ["-P", String(server.pid)] }).outputSync();
    Deno.kill(Number(new TextDecoder().decode(children.stdout)), "SIGTERM");
    await server.stop().catch(() => {});
    const calls = parseCalls(Deno.readTextFileSync(tracePath));
    const appends = calls.filter(({ name, path }) => name === "fdatasync" && isLog(path));
    const syncs = calls.filter(({ name, path }) => name === "fdatasync" && isSlot(path));
    assert(appends.length > 20, `${appends.length} commits`);
    for (const { atMs } of appends) {
      const next = syncs.find((sync) => sync.atMs > atMs);
      assert(next !== undefined, "a head was never synced");
      assert(next.atMs - atMs < maxFlushDelayMs + graceMs, `${next.atMs - atMs} ms`);
    }
    // Not with each commit: callers would wait for it.
    assert(syncs.length < appends.length, `${syncs.length} syncs, ${appends.length} commits`);
  });
});
