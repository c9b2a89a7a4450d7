import { assert, assertEquals, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { EngineError } from "../../../src/core/errors.ts";
import { maxEdits } from "../../../src/core/limits.ts";
import { applyEdits, type TextEdit } from "../../../src/edge/hook/apply_edits.ts";

function times(count: number, oldText: string, newText: string): readonly TextEdit[] {
  return Array.from({ length: count }, () => ({ oldText, newText, all: true }));
}

function refused(text: string, edits: readonly TextEdit[]): void {
  const startedMs = performance.now();
  const error = assertThrows(() => applyEdits(text, edits), EngineError);
  assertEquals(error.code, "operation_too_large");
  // Below the hook's own deadline, which cannot interrupt this, also on a machine under load.
  assert(performance.now() - startedMs < 5_000);
}

describe("applyEdits()", () => {
  it("replaces the first, or all", () => {
    assertEquals(applyEdits("aXbX", [{ oldText: "X", newText: "$&", all: false }]), "a$&bX");
    assertEquals(applyEdits("aXbX", [{ oldText: "X", newText: "$&", all: true }]), "a$&b$&");
  });

  it("fits nothing that is not there", () => {
    assertEquals(applyEdits("a", [{ oldText: "b", newText: "c", all: false }]), null);
    assertEquals(applyEdits("a", [{ oldText: "", newText: "c", all: false }]), null);
    assertEquals(applyEdits(null, [{ oldText: "", newText: "c", all: false }]), "c");
  });

  it("refuses a text that doubles, also when the last edit empties it again", () => {
    refused("SECRET=1\n", times(40, "E", "EE"));
    refused("SECRET=1\n", [...times(26, "E", "EE"), ...times(1, "E", "")]);
    refused("e", times(1, "e", "e".repeat(4_194_305)));
  });

  it("refuses more edits, and more work, than its bounds", () => {
    refused("Z", times(maxEdits + 1, "Z", "Z"));
    refused("y".repeat(500_000) + "Z", times(900, "Z", "Z"));
    refused("ab".repeat(250_000), times(900, "a", "a"));
  });
});
