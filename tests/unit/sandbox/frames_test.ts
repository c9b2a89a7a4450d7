import { assertEquals, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { CheckFailure } from "../../../src/core/check/check_failure.ts";
import {
  encodeFrame,
  encodeNumbers,
  type Frame,
  frameKinds,
  FrameReader,
  PayloadReader,
} from "../../../src/sandbox/frames.ts";

const takes = new Map<number, number>([[frameKinds.run, 8], [frameKinds.missing, 0]]);
const run = encodeFrame(frameKinds.run, [encodeNumbers(1, 0xdead_beef)]);
const missing = encodeFrame(frameKinds.missing, []);

function readAll(chunks: readonly Uint8Array[]): { frames: readonly Frame[]; isEmpty: boolean } {
  const reader = new FrameReader(takes);
  const frames: Frame[] = [];
  for (const chunk of chunks) {
    reader.push(chunk);
    for (let frame = reader.next(); frame !== null; frame = reader.next()) frames.push(frame);
  }
  return { frames, isEmpty: reader.isEmpty };
}

function assertCrash(act: () => unknown, message: string): void {
  const failure = assertThrows(act, CheckFailure, message);
  assertEquals(failure.code, "sandbox_crash");
}

describe("FrameReader", () => {
  it("cuts frames out of any chunks, and gives what was written", () => {
    const stream = new Uint8Array([...run, ...missing, ...missing, ...run]);
    for (let first = 0; first <= stream.length; first++) {
      for (let second = first; second <= stream.length; second++) {
        const chunks = [
          stream.subarray(0, first),
          stream.subarray(first, second),
          stream.subarray(second),
        ];
        const { frames, isEmpty } = readAll(chunks);
        assertEquals(frames.map(({ kind }) => kind), [5, 7, 7, 5]);
        assertEquals(frames[3]?.payload, run.subarray(5));
        assertEquals(isEmpty, true);
      }
    }
  });

  it("tells of every truncation: no frame comes, and it is not empty", () => {
    for (let end = 1; end < run.length; end++) {
      assertEquals(readAll([run.subarray(0, end)]), { frames: [], isEmpty: false });
    }
    assertEquals(readAll([]).isEmpty, true);
  });

  it("refuses every kind that may not come, before its payload", () => {
    for (let kind = 0; kind < 256; kind++) {
      if (takes.has(kind)) continue;
      const head = new Uint8Array([0, 0, 0, 0, kind]);
      assertCrash(() => readAll([head]), `Got a frame of kind ${kind}, which may not come`);
    }
  });

  it("refuses every length above the bound of the kind, before there is a payload", () => {
    for (const length of [9, 256, 65_536, 2 ** 31, 2 ** 32 - 1]) {
      const head = new Uint8Array([...encodeNumbers(length), frameKinds.run]);
      assertCrash(() => readAll([head]), `Got a frame of ${length} bytes: wanted at most 8`);
    }
    assertCrash(() => readAll([new Uint8Array([1, 0, 0, 0, frameKinds.missing])]), "at most 0");
  });

  it("lets the bits it is told of stand beside a kind, and no others", () => {
    const read = (kind: number, bits: number) => {
      const reader = new FrameReader(takes, bits);
      reader.push(new Uint8Array([0, 0, 0, 0, kind]));
      return reader.next()?.kind;
    };
    const marked = frameKinds.missing | 0x80;
    assertEquals([read(marked, 0x80), read(frameKinds.missing, 0x80)], [
      marked,
      frameKinds.missing,
    ]);
    assertCrash(() => read(marked, 0), "may not come");
    assertCrash(() => read(frameKinds.missing | 0x40, 0x80), "may not come");
  });

  it("does not let a new question begin in the middle of an answer", () => {
    const reader = new FrameReader(takes);
    reader.push(run.subarray(0, 7));
    assertEquals(reader.next(), null);
    assertCrash(() => reader.expect(takes), "Got bytes that nobody asked for");
    reader.push(run.subarray(7));
    assertEquals(reader.next()?.kind, frameKinds.run);
    reader.expect(new Map());
    reader.push(run);
    assertCrash(() => reader.next(), "may not come");
  });
});

describe("PayloadReader", () => {
  it("wants all of a payload and no more", () => {
    const reader = new PayloadReader(new Uint8Array([1, 0, 0, 0, 7, 8]));
    assertEquals(reader.number(), 1);
    assertCrash(() => reader.end(), "Got 2 bytes after the end of a frame");
    assertCrash(() => reader.number(), "Got a frame of 6 bytes: wanted 8 or more");
    assertEquals(reader.rest(), new Uint8Array([7, 8]));
    reader.end();
    assertEquals(new PayloadReader(encodeNumbers(2 ** 32 - 1)).number(), 2 ** 32 - 1);
  });
});
