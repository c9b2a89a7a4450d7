import { assertEquals, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { CheckFailure } from "../../../src/core/check/check_failure.ts";
import { defaultCheckLimits as limits } from "../../../src/core/check/check_limits.ts";
import {
  encodeFrame,
  encodeNumbers,
  type FrameKind,
  frameKinds,
} from "../../../src/sandbox/frames.ts";
import { encodeLoad } from "../../../src/sandbox/job_frame.ts";
import { parseOutcome, parseRefusal } from "../../../src/sandbox/outcome_frame.ts";
import { encodeReady, isReady, WorkerDesk } from "../../../src/sandbox/worker_desk.ts";
import { fakeJob, fakeLoader } from "../../support/fake_loader.ts";

const request = new TextEncoder().encode("{}");

function load(desk: WorkerDesk, id: number, word: string) {
  const payload = encodeLoad(id, fakeJob(word)).subarray(5);
  return desk.answer({ kind: frameKinds.load, payload });
}

function run(desk: WorkerDesk, number: number, id: number) {
  const payload = new Uint8Array([...encodeNumbers(number, id), ...request]);
  return desk.answer({ kind: frameKinds.run, payload });
}

describe("WorkerDesk", () => {
  it("loads a job and runs it any number of times; says of another that it is not there", () => {
    const desk = new WorkerDesk(fakeLoader, () => {});
    assertEquals(load(desk, 5, "echo"), encodeFrame(frameKinds.loaded, [encodeNumbers(5)]));
    for (const number of [1, 2]) {
      const answer = run(desk, number, 5);
      const outcome = parseOutcome(answer.subarray(5), { run: number, limits });
      assertEquals(outcome.status === "ok" && outcome.violations[0]?.message, "{}");
    }
    assertEquals(run(desk, 3, 6), encodeFrame(frameKinds.missing, [encodeNumbers(3)]));
  });

  it("says why a job is refused, and keeps nothing of it", () => {
    const desk = new WorkerDesk(fakeLoader, () => {});
    const answer = load(desk, 5, "refuse");
    const { code, message, offset } = parseRefusal(answer.subarray(5), 5);
    assertEquals([code, message, offset], ["invalid_module", "No module at all", 7]);
    assertEquals(run(desk, 1, 5), encodeFrame(frameKinds.missing, [encodeNumbers(1)]));
  });

  it("makes a message of one line of what failed", () => {
    const desk = new WorkerDesk(fakeLoader, () => {});
    load(desk, 1, "fail");
    const answer = run(desk, 2, 1);
    const wanted = { status: "failed", code: "trap", message: "two lines", fuel: 3 } as const;
    assertEquals(parseOutcome(answer.subarray(5), { run: 2, limits }), wanted);
  });

  it("lets through whatever is no refusal: the worker must end", () => {
    const desk = new WorkerDesk(fakeLoader, () => {});
    assertThrows(() => load(desk, 1, "crash-load"), Error, "a bug");
    load(desk, 1, "crash");
    assertThrows(() => run(desk, 1, 1), Error, "a bug");
  });

  it("WASM-02 says when there is much to collect, and collects when it is told to", () => {
    let collections = 0;
    const leaving = () => ({ status: "ok", violations: [], fuel: 0, log: "" }) as const;
    const desk = new WorkerDesk((_, memory) => ({
      run: () => {
        memory.leaves(60 * 1_048_576);
        return leaving();
      },
    }), () => void collections++);
    load(desk, 1, "any");
    const tidy = () => desk.answer({ kind: frameKinds.tidy, payload: new Uint8Array(0) });
    assertEquals([run(desk, 1, 1)[4], tidy()[4], collections], [6, 9, 0]);
    assertEquals([run(desk, 2, 1)[4], run(desk, 3, 2)[4], collections], [0x86, 0x87, 0]);
    assertEquals([tidy()[4], tidy()[4], collections], [9, 9, 1]);
    assertEquals(run(desk, 4, 1)[4], 6);
  });

  it("takes no frame that is a worker's own, nor one of the wrong length", () => {
    const desk = new WorkerDesk(fakeLoader, () => {});
    for (const kind of [0, 1, 3, 4, 6, 7, 9, 0x82, 255] as FrameKind[]) {
      const answer = () => desk.answer({ kind, payload: new Uint8Array(8) });
      assertEquals(assertThrows(answer, CheckFailure).code, "sandbox_crash");
    }
    for (const length of [0, 3, 7]) {
      const payload = new Uint8Array(length);
      assertThrows(() => desk.answer({ kind: frameKinds.run, payload }), CheckFailure);
    }
  });
});

describe("isReady()", () => {
  it("holds for this version of program and frames alone", () => {
    const payload = encodeReady("1.2.3").subarray(5);
    assertEquals(isReady(payload, "1.2.3"), true);
    assertEquals(isReady(payload, "1.2.4"), false);
    assertEquals(isReady(payload, "1.2.30"), false);
    assertEquals(isReady(new Uint8Array(0), "1.2.3"), false);
    const older = payload.map((byte, i) => i === 0 ? byte - 1 : byte);
    assertEquals(isReady(older, "1.2.3"), false);
  });
});
