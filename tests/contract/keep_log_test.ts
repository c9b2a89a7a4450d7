import { assert, assertEquals, assertRejects } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { headCode, keepLog, keepSize, type KeptLog } from "../../src/compose/keep_log.ts";
import { EngineError, TamperDetectedError } from "../../src/core/errors.ts";

const head = { seq: 41, mac: "9b91c6a2f1c4d0e7a355".padEnd(64, "0"), sizeBytes: 9 };
const never = 1_000_000;

/** A log that is full until it is rotated, and what was done to it. */
function fakeLog(rotate: () => Promise<boolean> = () => Promise.resolve(true)) {
  const did: string[] = [];
  let isFull = true;
  const log: KeptLog = {
    isFull: () => isFull,
    segment: () => isFull ? 0 : 1,
    rotate: async () => {
      did.push("rotate");
      isFull = false;
      return await rotate();
    },
    head: () => Promise.resolve(head),
  };
  return { log, did };
}

async function waitFor(isTrue: () => boolean): Promise<void> {
  for (let i = 0; i < 400 && !isTrue(); i++) await new Promise((done) => setTimeout(done, 5));
  assert(isTrue());
}

describe("keepLog()", () => {
  it("says the head code at start, with each closed segment, and again and again", async () => {
    const { log, did } = fakeLog();
    const said: string[] = [];
    const stop = keepLog(log, (line) => said.push(line), { look: 5, say: 30 });
    await waitFor(() => said.length >= 4);
    await stop();
    assertEquals(new Set(said), new Set(["head 41:9b91c6a2f1c4d0e7a355"]));
    assertEquals(did, ["rotate"]);
    const count = said.length;
    await new Promise((done) => setTimeout(done, 60));
    assertEquals(said.length, count);
  });
  it("says what stands against closing a segment, and goes on", async () => {
    const { log } = fakeLog(() => Promise.reject(new EngineError("audit_busy", "held")));
    const said: string[] = [];
    const stop = keepLog(log, (line) => said.push(line), { look: 5, say: never });
    await waitFor(() => said.includes("log: audit_busy: held"));
    await stop();
  });
});

describe("keepSize()", () => {
  it("leaves a busy log to the next one, and never an entry that was changed", async () => {
    await keepSize(fakeLog(() => Promise.reject(new EngineError("audit_busy", "held"))).log);
    const tampered = fakeLog(() => Promise.reject(new TamperDetectedError("audit_tampered", "x")));
    await assertRejects(() => keepSize(tampered.log), TamperDetectedError);
  });
});

describe("headCode()", () => {
  it("has 80 bits of the MAC", () => assertEquals(headCode(head), "41:9b91c6a2f1c4d0e7a355"));
});
