import { assert, assertEquals, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { CheckFailure, checkFailureCodes } from "../../../src/core/check/check_failure.ts";
import type { CheckOutcome, CheckViolation } from "../../../src/core/check/check_job.ts";
import { defaultCheckLimits as limits } from "../../../src/core/check/check_limits.ts";
import { encodeNumbers } from "../../../src/sandbox/frames.ts";
import {
  cutToLine,
  encodeOutcome,
  encodeRefusal,
  maxOutcomeBytes,
  maxRefusalBytes,
  parseOutcome,
  parseRefusal,
} from "../../../src/sandbox/outcome_frame.ts";

const violation: CheckViolation = {
  code: "secret.aws-key",
  message: "line 1\nline 2 \u0000 \ud83d\ude00",
  severity: "HIGH",
  path: "src/a.ts",
  details: { line: 3, more: [null, true, -1.5, { "": "" }] },
};
const ok: CheckOutcome = { status: "ok", violations: [violation], fuel: 21_167, log: "said" };
const failed: CheckOutcome = { status: "failed", code: "trap", message: "unreachable", fuel: 5 };
const options = { run: 7, limits };

const payloadOf = (outcome: unknown) => encodeOutcome(7, outcome as CheckOutcome).subarray(5);

function assertCrash(act: () => unknown): void {
  assertEquals(assertThrows(act, CheckFailure).code, "sandbox_crash");
}

describe("parseOutcome()", () => {
  it("gives back what was written", () => {
    assertEquals(parseOutcome(payloadOf(ok), options), ok);
    assertEquals(parseOutcome(payloadOf(failed), options), failed);
    const bare = { ...violation, severity: null, path: null, details: null };
    const other = { ...ok, violations: [bare] };
    assertEquals(parseOutcome(payloadOf(other), options), other);
  });

  it("refuses the outcome of another run", () => {
    assertCrash(() => parseOutcome(payloadOf(ok), { run: 8, limits }));
  });

  it("refuses every truncation and every surplus byte", () => {
    for (const outcome of [ok, failed]) {
      const payload = payloadOf(outcome);
      for (let end = 0; end < payload.length; end++) {
        assertCrash(() => parseOutcome(payload.subarray(0, end), options));
      }
      for (const surplus of [0, 123, 125]) {
        assertCrash(() => parseOutcome(new Uint8Array([...payload, surplus]), options));
      }
    }
  });

  it("never takes a changed byte for more than another outcome", () => {
    const payload = payloadOf(ok);
    for (let at = 0; at < payload.length; at++) {
      for (const mask of [1, 2, 4, 8, 16, 32, 64, 128, 255]) {
        const changed = payload.slice();
        changed[at] = (changed[at] ?? 0) ^ mask;
        try {
          const outcome = parseOutcome(changed, options);
          assert(outcome.status === "ok" && outcome.violations.length === 1);
        } catch (error) {
          assert(error instanceof CheckFailure && error.code === "sandbox_crash", `${error}`);
        }
      }
    }
  });

  it("WASM-03 refuses whatever has another form, a word for `allow` among it", () => {
    const { fuel: _fuel, ...noFuel } = failed;
    const wrong: readonly unknown[] = [
      null,
      [],
      1,
      "ok",
      {},
      noFuel,
      { ...ok, allow: true },
      { ...failed, allow: true },
      { ...ok, status: "allow" },
      { ...ok, fuel: -1 },
      { ...ok, fuel: 1.5 },
      { ...ok, fuel: "1" },
      { ...ok, fuel: 2 ** 53 },
      { ...ok, violations: {} },
      { ...ok, violations: null },
      { ...ok, violations: [null] },
      { ...ok, violations: [[]] },
      { ...ok, violations: Array(101).fill(violation) },
      { ...ok, log: null },
      { ...ok, log: "x".repeat(limits.logBytes + 1) },
      { ...failed, code: "allowed" },
      { ...failed, message: "two\nlines" },
      { ...failed, message: "x".repeat(1_001) },
      { ...failed, message: null },
    ];
    for (const outcome of wrong) assertCrash(() => parseOutcome(payloadOf(outcome), options));
  });

  it("WASM-09 refuses every violation of another form", () => {
    const wrong: readonly unknown[] = [
      {},
      { ...violation, code: "" },
      { ...violation, code: "Upper" },
      { ...violation, code: "a".repeat(65) },
      { ...violation, code: "a\n" },
      { ...violation, message: 1 },
      { ...violation, message: "x".repeat(1_001) },
      { ...violation, severity: "NONE" },
      { ...violation, severity: undefined },
      { ...violation, path: 1 },
      { ...violation, path: "x".repeat(4_097) },
      { ...violation, details: [] },
      { ...violation, details: "text" },
      { ...violation, effect: "warn" },
    ];
    for (const one of wrong) {
      assertCrash(() => parseOutcome(payloadOf({ ...ok, violations: [one] }), options));
    }
  });

  it("refuses the codes that are the parent's to give", () => {
    const taken = checkFailureCodes.filter((code) => {
      try {
        parseOutcome(payloadOf({ ...failed, code }), options);
        return true;
      } catch {
        return false;
      }
    });
    const parents = checkFailureCodes.filter((code) => !taken.includes(code));
    assertEquals(parents.length, 5);
    assert(parents.includes("deadline") && parents.includes("sandbox_unavailable"));
  });

  it("refuses two meanings: duplicate keys, lone surrogates, bytes that are no text", () => {
    const texts = [
      '{"status":"ok","status":"ok","violations":[],"fuel":1,"log":""}',
      '{"status":"ok","violations":[],"fuel":1,"log":"\\ud800"}',
      '{"status":"ok","violations":[],"fuel":1e400,"log":""}',
      '{"status":"ok","violations":[],"fuel":1,"log":"","__proto__":{}}',
      `${"[".repeat(100)}${"]".repeat(100)}`,
    ];
    for (const text of texts) {
      const bytes = new TextEncoder().encode(text);
      assertCrash(() => parseOutcome(new Uint8Array([...encodeNumbers(7), ...bytes]), options));
    }
    assertCrash(() => parseOutcome(new Uint8Array([...encodeNumbers(7), 34, 255, 34]), options));
  });

  it("has room for the worst that a check may say", () => {
    const bytes = limits.outputBytes;
    const worst: CheckOutcome = {
      ...ok,
      violations: [{ ...violation, details: { "": "\u0001".repeat(bytes) } }],
      log: "\u0001".repeat(limits.logBytes),
    };
    const payload = payloadOf(worst);
    assert(payload.length <= 4 + maxOutcomeBytes(limits));
    assertEquals(parseOutcome(payload, options), worst);
  });
});

describe("parseRefusal()", () => {
  it("gives back code, offset and a message of one line", () => {
    const failure = new CheckFailure("invalid_module", `${"é\n\u202e".repeat(500)}\ud800`, 12);
    const frame = encodeRefusal(3, failure);
    assert(frame.length - 5 <= maxRefusalBytes);
    const { code, message, offset } = parseRefusal(frame.subarray(5), 3);
    assertEquals({ code, offset }, { code: "invalid_module", offset: 12 });
    assertEquals(message, cutToLine(failure.message));
    assert(!/[\n\r\u2028]/.test(message) && message.length <= 1_000 && message.isWellFormed());
    const bare = parseRefusal(encodeRefusal(3, new CheckFailure("abort", "x")).subarray(5), 3);
    assertEquals([bare.code, bare.message, bare.offset], ["abort", "x", null]);
  });

  it("refuses that of another job, every truncation, and an offset that is none", () => {
    const payload = encodeRefusal(3, new CheckFailure("abort", "x", 1)).subarray(5);
    assertCrash(() => parseRefusal(payload, 4));
    for (let end = 0; end < payload.length; end++) {
      assertCrash(() => parseRefusal(payload.subarray(0, end), 3));
    }
    for (const offset of [-1, 1.5, "1", undefined]) {
      const text = JSON.stringify({ code: "abort", message: "x", offset });
      const bytes = [...encodeNumbers(3), ...new TextEncoder().encode(text)];
      assertCrash(() => parseRefusal(new Uint8Array(bytes), 3));
    }
  });
});
