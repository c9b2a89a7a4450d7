import { assertEquals, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { CheckFailure } from "../../../src/core/check/check_failure.ts";
import type { CheckJob } from "../../../src/core/check/check_job.ts";
import { checkCeilings, defaultCheckLimits } from "../../../src/core/check/check_limits.ts";
import { maxDataBytes, workerTakes } from "../../../src/sandbox/frames.ts";
import { encodeLoad, fitsFrame, parseLoad } from "../../../src/sandbox/job_frame.ts";

const job: CheckJob = {
  module: new Uint8Array([0, 97, 115, 109]),
  abi: "opa-1",
  entrypoint: "policy/deny",
  result: "allow",
  data: new Uint8Array([123, 125]),
  limits: defaultCheckLimits,
};

function assertCrash(act: () => unknown): void {
  assertEquals(assertThrows(act, CheckFailure).code, "sandbox_crash");
}

/** A load whose settings were changed as text. */
function edited(from: string, to: string): Uint8Array {
  const payload = encodeLoad(1, { ...job, data: null }).subarray(5);
  const settingsBytes = new DataView(payload.buffer, payload.byteOffset).getUint32(4, true);
  const text = new TextDecoder().decode(payload.subarray(12, 12 + settingsBytes));
  if (!text.includes(from)) throw new Error(`no ${from} in ${text}`);
  const settings = new TextEncoder().encode(text.replace(from, to));
  const bytes = new Uint8Array([
    ...payload.subarray(0, 12),
    ...settings,
    ...payload.subarray(12 + settingsBytes),
  ]);
  new DataView(bytes.buffer).setUint32(4, settings.length, true);
  return bytes;
}

describe("parseLoad()", () => {
  it("gives back the job, with data, with empty data and without", () => {
    for (const data of [job.data, new Uint8Array(0), null]) {
      const sent = { ...job, data, limits: checkCeilings };
      assertEquals(parseLoad(encodeLoad(9, sent).subarray(5)), { id: 9, job: sent });
    }
  });

  it("refuses every truncation of a job without data, and bytes after it", () => {
    const payload = encodeLoad(9, { ...job, data: null }).subarray(5);
    for (let end = 0; end < payload.length; end++) {
      assertCrash(() => parseLoad(payload.subarray(0, end)));
    }
    assertCrash(() => parseLoad(new Uint8Array([...payload, 0])));
  });

  it("refuses settings that are not what a parent writes", () => {
    assertEquals(parseLoad(edited("opa-1", "opa-1")).job.abi, "opa-1");
    const edits = [
      ["opa-1", "opa-2"],
      ['"allow"', '"deny"'],
      ['"policy/deny"', "1"],
      ['"has_data":false', '"has_data":0'],
      ['"has_data":false', '"has_data":false,"more":1'],
      ["2097152", "8388609"],
      ["2097152", "-1"],
      ["2097152", "1.5"],
      ["2097152,", ""],
      ["[2097152", "[1,2097152"],
    ] as const;
    for (const [from, to] of edits) assertCrash(() => parseLoad(edited(from, to)));
  });
});

describe("fitsFrame()", () => {
  it("holds exactly for what a worker takes", () => {
    const largest = {
      ...job,
      entrypoint: "\u0001".repeat(500),
      module: new Uint8Array(checkCeilings.moduleBytes),
      data: new Uint8Array(maxDataBytes),
    };
    assertEquals(fitsFrame(largest), true);
    const takes = workerTakes.get(2) ?? 0;
    assertEquals(encodeLoad(1, largest).length - 5 <= takes, true);
    const longer = (bytes: Uint8Array) => new Uint8Array(bytes.length + 1);
    assertEquals(fitsFrame({ ...largest, module: longer(largest.module) }), false);
    assertEquals(fitsFrame({ ...largest, data: longer(largest.data) }), false);
    assertEquals(fitsFrame({ ...largest, entrypoint: "a".repeat(501) }), false);
  });
});
