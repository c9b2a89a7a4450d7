import { assertEquals, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { EngineError } from "../../../src/core/errors.ts";
import { writeOutput } from "../../../src/edge/cli/output.ts";

/** Takes at most `step` bytes a call; throws what `failure` returns, if anything. */
function fakeWriter(step: number, failure: (call: number) => Error | null = () => null) {
  const taken: number[] = [];
  let calls = 0;
  const writeSync = (bytes: Uint8Array): number => {
    const error = failure(calls++);
    if (error !== null) throw error;
    const part = bytes.subarray(0, step);
    taken.push(...part);
    return part.length;
  };
  return { writeSync, text: () => new TextDecoder().decode(new Uint8Array(taken)) };
}

function wouldBlock(): Error {
  const error = new Error("try again");
  error.name = "WouldBlock";
  return error;
}

describe("writeOutput()", () => {
  it("writes every byte over short writes", () => {
    for (const step of [1, 3, 1_000]) {
      const writer = fakeWriter(step);
      writeOutput(writer, "ALLOW \u{1f600}\n");
      assertEquals(writer.text(), "ALLOW \u{1f600}\n");
    }
  });

  it("does not touch the stream for empty text", () => {
    writeOutput(fakeWriter(1, () => new Error("touched")), "");
  });

  for (const name of ["BrokenPipe", "Error", "BadResource"]) {
    it(`FLT-13 refuses to go on after ${name}, also midway`, () => {
      for (const failing of [0, 2]) {
        const writer = fakeWriter(2, (call) => {
          const error = new Error("no\x1b[31m");
          error.name = name;
          return call === failing ? error : null;
        });
        const error = assertThrows(() => writeOutput(writer, "0123456789"), EngineError);
        assertEquals([error.code, error.exit], ["output_unwritable", 1]);
        assertEquals(error.message.includes("\x1b"), false);
      }
    });
  }

  it("waits for a full pipe and goes on", () => {
    let waits = 0;
    const writer = fakeWriter(4, (call) => call % 2 === 0 ? wouldBlock() : null);
    writeOutput(writer, "0123456789", () => void waits++);
    assertEquals([writer.text(), waits], ["0123456789", 3]);
  });

  it("FLT-13 gives up on a reader that takes nothing", () => {
    let waitedMs = 0;
    for (const writer of [fakeWriter(0), fakeWriter(1, wouldBlock)]) {
      waitedMs = 0;
      const pause = (ms: number): void => void (waitedMs += ms);
      const error = assertThrows(() => writeOutput(writer, "x", pause), EngineError);
      assertEquals(error.code, "output_unwritable");
      assertEquals(waitedMs, 5_000);
    }
  });
});
