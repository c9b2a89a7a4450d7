import { assertEquals, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { parseCallerEvent } from "../../../src/core/audit/caller_event.ts";
import { EngineError } from "../../../src/core/errors.ts";
import { maxDetailsBytes } from "../../../src/core/limits.ts";

const good = { type: "POLICY_CHECK", severity: "LOW", details: { a: 1 } } as const;

describe("parseCallerEvent()", () => {
  it("takes the guide's events and copies their details", () => {
    const details = { list: [1] };
    const event = parseCallerEvent({ ...good, details });
    details.list.push(2);
    assertEquals(event, { ...good, details: { list: [1] } });
  });
  it("takes types that only resemble reserved ones", () => {
    for (
      const type of ["audit", "state", "auditing.x", "my.audit.x", "STATE_CHANGE", "x".repeat(64)]
    ) {
      assertEquals(parseCallerEvent({ ...good, type }).type, type);
    }
  });
  it("takes the guide's own events about overrides", () => {
    const custom = ["CUSTOM_OVERRIDE", "OVERRIDE", "OVERRIDE_APPROVED_BY", "MY.OVERRIDE_DENIED"];
    for (const type of custom) {
      assertEquals(parseCallerEvent({ ...good, type, severity: "CRITICAL" }).type, type);
    }
  });
  const overrideEvents = [
    "OVERRIDE_TIMEOUT",
    "INVALID_OVERRIDE_CODE",
    "OVERRIDE_REUSE_ATTEMPTED",
    "OVERRIDE_APPROVED",
    "OVERRIDE_DENIED",
  ];
  for (const type of overrideEvents) {
    it(`BIND-17 lets nobody claim ${type}`, () => {
      const titled = type[0] + type.slice(1).toLowerCase();
      const greek = type.replace("O", "\u039f");
      for (const spelled of [type, type.toLowerCase(), titled, greek, `${type}\n`, ` ${type}`]) {
        const refused = () => parseCallerEvent({ ...good, type: spelled });
        assertEquals(assertThrows(refused, EngineError).code, "event_invalid", spelled);
      }
    });
  }
  const rows: readonly [string, object][] = [
    ["a reserved prefix", { type: "audit.genesis" }],
    ["a reserved prefix", { type: "state.policy_accepted" }],
    ["a reserved prefix in another case", { type: "State.x" }],
    ["a reserved prefix in another case", { type: "AUDIT.x" }],
    ["a reserved prefix in full-width letters", { type: "\uff41udit.x" }],
    ["a reserved prefix with a long s", { type: "\u017ftate.x" }],
    ["an empty type", { type: "" }],
    ["a long type", { type: "x".repeat(65) }],
    ["a type with a line feed", { type: "A\n" }],
    ["a type that is no string", { type: ["A"] }],
    ["a lower-case severity", { severity: "low" }],
    ["an unknown severity", { severity: "FATAL" }],
    ["no severity", { severity: undefined }],
    ["an inherited severity", { severity: "toString" }],
    ["no details", { details: undefined }],
    ["details that are too large", { details: { a: "x".repeat(maxDetailsBytes) } }],
  ];
  for (const [name, part] of rows) {
    it(`refuses ${name}`, () => {
      const refused = () => parseCallerEvent({ ...good, ...part });
      assertEquals(assertThrows(refused, EngineError).code, "event_invalid");
    });
  }
});
