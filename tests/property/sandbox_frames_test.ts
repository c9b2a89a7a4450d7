import { assert, assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { CheckFailure } from "../../src/core/check/check_failure.ts";
import { defaultCheckLimits as limits } from "../../src/core/check/check_limits.ts";
import { type Frame, FrameReader, workerTakes } from "../../src/sandbox/frames.ts";
import { encodeLoad, parseLoad } from "../../src/sandbox/job_frame.ts";
import { encodeOutcome, parseOutcome } from "../../src/sandbox/outcome_frame.ts";
import { fakeJob } from "../support/fake_loader.ts";
import { chooseSeed, type Draw, seeded } from "../support/seeded.ts";

const rounds = 3_000;
const load = encodeLoad(1, fakeJob("ok"));
const outcome = encodeOutcome(1, {
  status: "ok",
  violations: [{ code: "a", message: "m", severity: "LOW", path: "p", details: { x: [1] } }],
  fuel: 3,
  log: "l",
});

/** A few bytes changed, removed or put in. */
function mutate(bytes: Uint8Array, draw: Draw): Uint8Array {
  const changed = [...bytes];
  for (let left = 1 + draw(4); left > 0; left--) {
    const kept = draw(3) === 0 ? [] : [draw(256)];
    changed.splice(draw(changed.length + 1), draw(3), ...kept);
  }
  return new Uint8Array(changed);
}

/** Nothing but the one failure may come of whatever bytes. */
function orCrash<T>(act: () => T): T | null {
  try {
    return act();
  } catch (error) {
    assert(error instanceof CheckFailure && error.code === "sandbox_crash", `${error}`);
    return null;
  }
}

function readFrames(bytes: Uint8Array, takes: ReadonlyMap<number, number>, draw: Draw): Frame[] {
  const reader = new FrameReader(takes);
  const frames: Frame[] = [];
  for (let at = 0; at < bytes.length;) {
    const end = at + 1 + draw(bytes.length);
    reader.push(bytes.subarray(at, end));
    for (let frame = reader.next(); frame !== null; frame = reader.next()) frames.push(frame);
    at = end;
  }
  return frames;
}

describe("frames of a sandbox, property", () => {
  it("mutated bytes to a worker are a job within the ceilings, or a crash", () => {
    const draw = seeded(chooseSeed("frames to a worker"));
    for (let round = 0; round < rounds; round++) {
      for (const frame of orCrash(() => readFrames(mutate(load, draw), workerTakes, draw)) ?? []) {
        const read = orCrash(() => parseLoad(frame.payload));
        if (read === null) continue;
        // What was understood says the same when it is written again.
        assertEquals(parseLoad(encodeLoad(read.id, read.job).subarray(5)), read);
      }
    }
  });

  it("mutated bytes from a worker are an outcome that is one, or a crash", () => {
    const draw = seeded(chooseSeed("frames from a worker"));
    const takes = new Map([[6, 10_000]]);
    for (let round = 0; round < rounds; round++) {
      for (const frame of orCrash(() => readFrames(mutate(outcome, draw), takes, draw)) ?? []) {
        const read = orCrash(() => parseOutcome(frame.payload, { run: 1, limits }));
        if (read === null) continue;
        const again = encodeOutcome(1, read).subarray(5);
        assertEquals(parseOutcome(again, { run: 1, limits }), read);
      }
    }
  });
});
