/** One line of a terminal in raw mode, and asking for it. */
import { assertEquals, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { askPerson } from "../../../src/adapter/ask_person.ts";
import { createLineKeys } from "../../../src/adapter/line_keys.ts";

const bytesOf = (text: string) => new TextEncoder().encode(text);

/** What comes of typing: the line, what was shown, and how many bytes were taken. */
function type(bytes: Uint8Array) {
  const shown: string[] = [];
  const keys = createLineKeys((text) => shown.push(text));
  for (const [at, byte] of bytes.entries()) {
    const ended = keys(byte);
    if (ended !== "more") return { line: ended.line, shown: shown.join(""), taken: at + 1 };
  }
  return { line: undefined, shown: shown.join(""), taken: bytes.length };
}

describe("createLineKeys()", () => {
  it("ends at Enter and leaves what follows", () => {
    assertEquals(type(bytesOf("ab\rcd\r")), { line: "ab", shown: "ab", taken: 3 });
    assertEquals(type(bytesOf("\n")), { line: "", shown: "", taken: 1 });
    assertEquals(type(bytesOf("ab")).line, undefined);
  });

  it("gives up for Ctrl-C, for Ctrl-D at the beginning, and at the end of input", () => {
    assertEquals(type(bytesOf("ab\x03")).line, null);
    assertEquals(type(bytesOf("\x04")).line, null);
    assertEquals(type(bytesOf("ab\x04\r")).line, "ab");
    assertEquals(createLineKeys(() => {})(null), { line: null });
  });

  it("edits by whole characters", () => {
    assertEquals(type(bytesOf("a\u00e9\u{1f600}\x7f\x7fb\r")).line, "ab");
    assertEquals(type(bytesOf("\x7f\x08x\r")).line, "x");
    assertEquals(type(bytesOf("abc\x15d\r")), {
      line: "d",
      shown: `abc${"\b \b".repeat(3)}d`,
      taken: 6,
    });
  });

  it("does nothing for arrows and other control keys", () => {
    assertEquals(type(bytesOf("a\x1b[A\x1b[1;5C\x1bOP\x1bx\t\x01b\r")).line, "ab");
    assertEquals(type(bytesOf("a\x1b\r")).line, "a");
    assertEquals(type(bytesOf("a\x1b[3\x03")).line, null);
  });

  it("SECURITY shows nothing that a terminal obeys", () => {
    const { line, shown } = type(new Uint8Array([0x61, 0xc2, 0x9b, 0x32, 0x9b, 0xff, 0x0d]));
    assertEquals([line, shown], ["a\u009b2\ufffd\ufffd", "a.2."]);
  });

  it("drops what goes on for ever", () => {
    assertEquals(type(bytesOf(`${"x".repeat(10_000)}\r`)).line?.length, 4_096);
  });
});

describe("askPerson()", () => {
  function terminalOf(typed: string, isTerminal = true) {
    const bytes = [...bytesOf(typed)];
    const events: string[] = [];
    return {
      events,
      left: () => bytes.length,
      terminal: {
        isTerminal: () => isTerminal,
        setRaw: (isRaw: boolean) => void events.push(isRaw ? "raw" : "cooked"),
        readSync: (buffer: Uint8Array) => {
          const byte = bytes.shift();
          if (byte === undefined) return null;
          buffer[0] = byte;
          return 1;
        },
        writeSync: (text: Uint8Array) => events.push(new TextDecoder().decode(text)) && text.length,
      },
    };
  }

  it("switches the echo off before it asks, and on again", () => {
    const { events, terminal } = terminalOf("012345\rrest");
    assertEquals(askPerson("Code:", "hidden", terminal), "012345");
    assertEquals(events, ["raw", "Code: ", "cooked", "\n"]);
  });

  it("shows what is typed where it may be seen", () => {
    const { events, terminal } = terminalOf("ab\r");
    assertEquals(askPerson("Why?", "shown", terminal), "ab");
    assertEquals(events.join(""), "rawWhy? abcooked\n");
  });

  it("leaves the next answer alone", () => {
    const { terminal, left } = terminalOf("one\rtwo\r");
    assertEquals([askPerson("1", "shown", terminal), left()], ["one", 4]);
    assertEquals(askPerson("2", "hidden", terminal), "two");
    assertEquals(askPerson("3", "hidden", terminal), null);
  });

  it("TOTP-15 reads nothing of what is no terminal", () => {
    const { events, terminal, left } = terminalOf("012345\n", false);
    assertEquals([askPerson("Code:", "hidden", terminal), events, left()], [null, [], 7]);
  });

  it("leaves the terminal as it was when reading fails", () => {
    const { events, terminal } = terminalOf("");
    const failing = {
      ...terminal,
      readSync: () => {
        throw new Error("gone");
      },
    };
    assertThrows(() => askPerson("Code:", "hidden", failing), Error, "gone");
    assertEquals(events, ["raw", "Code: ", "cooked", "\n"]);
  });
});
