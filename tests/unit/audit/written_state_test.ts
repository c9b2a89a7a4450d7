import { assertEquals, assertStrictEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { emptyWritten, foldWritten } from "../../../src/core/audit/written_state.ts";
import { maxWrittenFiles } from "../../../src/core/limits.ts";

describe("foldWritten()", () => {
  it("remembers what was let go, each once, the last written last", () => {
    let state = foldWritten(emptyWritten, { decision: "allow", writes: ["a", "b"] });
    state = foldWritten(state, { decision: "ask", writes: ["c", "a"] });
    assertEquals(state.written, ["b", "c", "a"]);
  });

  it("remembers nothing of a denial, and nothing that is no list", () => {
    for (
      const details of [
        { decision: "deny", writes: ["a"] },
        { decision: "allow" },
        { decision: "allow", writes: [] },
        { decision: "allow", writes: "a" },
      ]
    ) {
      assertStrictEquals(foldWritten(emptyWritten, details), emptyWritten);
    }
  });

  it("holds no more than its bound; the oldest fall out", () => {
    const writes = Array.from({ length: maxWrittenFiles + 10 }, (_, i) => `${i}`);
    const { written } = foldWritten(emptyWritten, { decision: "allow", writes });
    assertEquals([written.length, written[0]], [maxWrittenFiles, "10"]);
  });
});
