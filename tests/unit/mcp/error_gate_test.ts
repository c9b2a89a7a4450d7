/** How much of a server's stderr comes through. */
import { assert, assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { createErrorGate } from "../../../src/edge/mcp/error_gate.ts";

describe("createErrorGate()", () => {
  it("MCP-13 lets a burst and then a trickle through, and says what it dropped", () => {
    let atMs = 0;
    let passed = "";
    const gate = createErrorGate((bytes) => passed += new TextDecoder().decode(bytes), () => atMs);
    const kilobyte = new TextEncoder().encode("x".repeat(1_024));
    for (let i = 0; i < 1_000; i++) gate(kilobyte);
    assertEquals(passed.length, 262_144);
    atMs += 1_000;
    gate(new TextEncoder().encode("later\n"));
    assert(passed.includes(`sealward: ${(1_000 - 256) * 1_024} bytes`), passed.slice(-200));
    assert(passed.endsWith("later\n"));
  });
});
