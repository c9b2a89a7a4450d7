import { assertEquals, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { CheckFailure } from "../../../src/core/check/check_failure.ts";
import {
  BrokerReader,
  brokerSlots,
  brokerWords,
  encodeBrokerWord,
} from "../../../src/sandbox/broker_protocol.ts";

const { start, kill, data, ended } = brokerWords;

/** Words as text, pieces of data in one slot put together. */
function readAll(chunks: readonly Uint8Array[]): string {
  const reader = new BrokerReader();
  let [text, last] = ["", ""];
  for (const chunk of chunks) {
    for (const { word, slot, bytes } of reader.read(chunk)) {
      const name = `${word}/${slot}`;
      text += bytes === null || name !== last ? ` ${name}` : "";
      last = bytes === null ? "" : name;
      text += bytes === null ? "" : `:${[...bytes].join(":")}`;
    }
  }
  return text.trim();
}

describe("BrokerReader", () => {
  it("reads one-byte words and passes data on, in whatever pieces they come", () => {
    const stream = new Uint8Array([
      ...encodeBrokerWord(start, 0),
      ...encodeBrokerWord(data, 0, new Uint8Array([0x10, 0x20, 0xff])),
      ...encodeBrokerWord(data, 2, new Uint8Array(0)),
      ...encodeBrokerWord(kill, 1),
      ...encodeBrokerWord(ended, 3),
    ]);
    for (let first = 0; first <= stream.length; first++) {
      for (let second = first; second <= stream.length; second++) {
        const chunks = [
          stream.subarray(0, first),
          stream.subarray(first, second),
          stream.subarray(second),
        ];
        assertEquals(readAll(chunks), "1/0 3/0:16:32:255 2/1 4/3");
      }
    }
  });

  it("one byte is a word for each word and slot, and nothing for any other byte", () => {
    for (let byte = 0; byte < 256; byte++) {
      const [word, slot] = [byte >> 4, byte & 15];
      const read = () => readAll([new Uint8Array([byte])]);
      if (word >= 1 && word <= 4 && slot < brokerSlots) {
        assertEquals(read(), word === data ? "" : `${word}/${slot}`);
      } else {
        assertEquals(assertThrows(read, CheckFailure).code, "sandbox_crash");
      }
    }
  });
});
