/** The pool over workers that are no processes: when one is asked again, and when one is replaced. */
import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { SandboxPool } from "../../../src/adapter/sandbox/sandbox_pool.ts";
import type { WorkerListener, WorkerSource } from "../../../src/adapter/sandbox/worker_source.ts";
import { version } from "../../../src/core/version.ts";
import {
  dueBit,
  encodeFrame,
  frameKinds,
  FrameReader,
  workerTakes,
} from "../../../src/sandbox/frames.ts";
import { encodeReady, WorkerDesk } from "../../../src/sandbox/worker_desk.ts";
import { fakeJob, fakeLoader } from "../../support/fake_loader.ts";

const request = new TextEncoder().encode("{}");
const mebibyte = 1_048_576;

const words = new Map<number, string>([
  [frameKinds.load, "load"],
  [frameKinds.run, "run"],
  [frameKinds.tidy, "tidy"],
]);

/** Starts workers that answer at once; notes the kinds of frames they were sent, and who ended. */
class FakeSource implements WorkerSource {
  readonly frames: string[] = [];
  readonly killed: number[] = [];
  started = 0;
  left = Infinity;
  /** Says of every run that its job is missing. */
  forgets = false;
  /** Says after every run that there is much to collect. */
  isDue = false;
  hangsTidying = false;

  canStart = () => this.left > 0;

  start(listener: WorkerListener) {
    this.left--;
    const worker = ++this.started;
    const desk = new WorkerDesk(fakeLoader, () => {});
    const reader = new FrameReader(workerTakes);
    const say = (bytes: Uint8Array) => queueMicrotask(() => listener.onBytes(bytes));
    setTimeout(() => say(encodeReady(version)));
    return {
      send: (bytes: Uint8Array<ArrayBuffer>) => {
        reader.push(bytes);
        for (let frame = reader.next(); frame !== null; frame = reader.next()) {
          this.frames.push(`${worker} ${words.get(frame.kind)}`);
          if (frame.kind === frameKinds.tidy && this.hangsTidying) continue;
          const isLost = this.forgets && frame.kind === frameKinds.run;
          const run = frame.payload.slice(0, 4);
          const answer = isLost ? encodeFrame(frameKinds.missing, [run]) : desk.answer(frame);
          if (this.isDue && frame.kind === frameKinds.run) answer[4] = (answer[4] ?? 0) | dueBit;
          say(answer);
        }
      },
      kill: () => {
        this.killed.push(worker);
        setTimeout(() => listener.onEnd());
      },
    };
  }

  close = () => Promise.resolve();
}

function poolOver(source: WorkerSource, hasSpare = false): SandboxPool {
  return new SandboxPool({ source, hasSpare, nowMs: () => 0 });
}

function sized(word: string, mebibytes: number) {
  return { ...fakeJob(word), data: new Uint8Array(mebibytes * mebibyte) };
}

describe("SandboxPool", () => {
  it("WASM-02 loads again what a worker has dropped, and the outcome is the same", async () => {
    const source = new FakeSource();
    const pool = poolOver(source);
    for (const key of ["a", "b", "a"]) {
      const outcome = await pool.run(key, sized("data", 3), request);
      assertEquals([outcome.status, outcome.fuel], ["ok", 3 * mebibyte]);
    }
    const asked = source.frames.map((frame) => frame.slice(2)).filter((word) => word !== "tidy");
    assertEquals(asked, [
      ...["load", "run", "load", "run"],
      ...["run", "load", "run"],
    ]);
    await pool.close();
  });

  it("WASM-01 asks a worker that never has what it loaded twice, and then no more", async () => {
    const source = new FakeSource();
    source.forgets = true;
    const pool = poolOver(source);
    const { status, ...failure } = await pool.run("a", fakeJob("ok"), request);
    assertEquals([status, "code" in failure && failure.code], ["failed", "sandbox_crash"]);
    assertEquals(source.frames, ["1 load", "1 run", "1 load", "1 run"]);
    assertEquals(source.killed, [1]);
    source.forgets = false;
    assertEquals((await pool.run("a", fakeJob("ok"), request)).status, "ok");
    await pool.close();
  });

  for (const hasSpare of [false, true]) {
    it(`WASM-02 replaces a worker after the answer that made it full, spare: ${hasSpare}`, async () => {
      const source = new FakeSource();
      const pool = poolOver(source, hasSpare);
      // More than the breaker would take, were it a death.
      for (let round = 0; round < 4; round++) {
        const before = source.killed.length;
        assertEquals((await pool.run(`a${round}`, sized("data", 16), request)).status, "ok");
        assertEquals(source.killed.length, before);
        assertEquals((await pool.run(`b${round}`, sized("data", 16), request)).status, "ok");
        assertEquals(source.killed, [...Array(before + 1).keys()].map((index) => index + 1));
      }
      assertEquals(pool.status(), { breaker: "closed", isLost: false, waiting: 0 });
      assertEquals((await pool.run("c", fakeJob("ok"), request)).status, "ok");
      assertEquals(source.frames.at(-1), "5 run");
      await pool.close();
    });
  }

  it("WASM-02 lets a worker collect after its answer, before the next run's time begins", async () => {
    const source = new FakeSource();
    source.isDue = true;
    const pool = poolOver(source);
    const runs = ["a", "a"].map((key) => pool.run(key, fakeJob("ok"), request));
    assertEquals((await Promise.all(runs)).map(({ status }) => status), ["ok", "ok"]);
    source.isDue = false;
    assertEquals((await pool.run("a", fakeJob("ok"), request)).status, "ok");
    assertEquals((await pool.run("a", fakeJob("ok"), request)).status, "ok");
    assertEquals(source.frames.map((frame) => frame.slice(2)), [
      ...["load", "run", "tidy"],
      ...["run", "tidy"],
      ...["run", "run"],
    ]);
    await pool.close();
  });

  it("WASM-01 gives the answer though the worker hangs while it collects, and asks another one", async () => {
    const source = new FakeSource();
    source.isDue = source.hangsTidying = true;
    const pool = poolOver(source, true);
    assertEquals((await pool.run("a", fakeJob("ok"), request)).status, "ok");
    source.isDue = false;
    await new Promise((resolve) => setTimeout(resolve, 200));
    // Its turn comes when the other one was killed.
    assertEquals((await pool.run("a", fakeJob("ok"), request)).status, "ok");
    assertEquals([source.killed, source.frames.at(-1)], [[1], "2 run"]);
    await pool.close();
  });

  it("WASM-02 counts what was refused, and keeps the only worker there will be", async () => {
    const source = new FakeSource();
    source.left = 1;
    const pool = poolOver(source);
    for (let times = 0; times < 3; times++) {
      assertEquals((await pool.load("no", sized("refuse", 16)))?.code, "invalid_module");
    }
    assertEquals([source.killed, pool.status().isLost], [[], false]);
    source.left = 1;
    assertEquals((await pool.load("no", sized("refuse", 1)))?.code, "invalid_module");
    assertEquals(source.killed, [1]);
    await pool.close();
  });
});
