import { assert, assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import fc from "../support/fast_check.ts";
import { CheckFailure } from "../../src/core/check/check_failure.ts";
import type { CheckViolation } from "../../src/core/check/check_job.ts";
import { severities } from "../../src/core/policy/policy.ts";
import { parseCheckOutput } from "../../src/sandbox/parse_check_output.ts";

const numRuns = 2_000;
const encoder = new TextEncoder();

const text = fc.string({ unit: "grapheme", minLength: 1, maxLength: 30 });
const violation = fc.record({
  code: fc.stringMatching(/^[a-z][a-z0-9_.-]{0,10}$/),
  message: text,
  severity: fc.option(fc.constantFrom(...severities)),
  path: fc.option(text),
  details: fc.option(fc.dictionary(text.filter((key) => key !== "__proto__"), fc.maxSafeInteger())),
});
/** Words a check might try. */
const key = fc.constantFrom("violations", "allow", "decision", "code", "message", "severity");
const anything = fc.letrec<{ json: unknown }>((tie) => ({
  json: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    fc.constantFrom(null, true, false, "allow", "HIGH", 0, 2, -1),
    text,
    violation,
    fc.array(tie("json"), { maxLength: 3 }),
    fc.dictionary(key, tie("json"), { maxKeys: 3 }),
  ),
})).json;

/** Null: refused, by the one code there is for it. */
function parse(bytes: Uint8Array): readonly CheckViolation[] | null {
  try {
    return parseCheckOutput(bytes);
  } catch (error) {
    assert(error instanceof CheckFailure, `not a CheckFailure: ${error}`);
    assertEquals(error.code, "bad_output");
    return null;
  }
}

describe("parseCheckOutput() property", () => {
  it("gives back violations as they were written", () => {
    fc.assert(
      fc.property(fc.array(violation, { maxLength: 5 }), (violations) => {
        assertEquals(parse(encoder.encode(JSON.stringify({ violations }))), violations);
      }),
      { numRuns },
    );
  });

  it("WASM-10 reads nothing into an answer but violations it wrote there", () => {
    let read = 0;
    fc.assert(
      fc.property(fc.oneof(anything, fc.record({ violations: anything })), (answer) => {
        const violations = parse(encoder.encode(JSON.stringify(answer)));
        if (violations === null) return;
        read++;
        const { violations: written, ...more } = answer as Record<string, unknown>;
        assertEquals(more, {});
        assert(Array.isArray(written));
        assertEquals(written.length, violations.length);
      }),
      { numRuns },
    );
    assert(read > 0);
  });

  it("WASM-03 refuses or reads any bytes, and throws nothing else", () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => void parse(bytes)), {
      numRuns,
    });
    const sound = encoder.encode(`{"violations":[{"code":"a","message":"m","details":{"k":1}}]}`);
    fc.assert(
      fc.property(fc.nat(sound.length - 1), fc.nat(255), (at, byte) => {
        const changed = sound.slice();
        changed[at] = byte;
        const violations = parse(changed);
        assert(violations === null || violations.length === 1);
      }),
      { numRuns },
    );
  });
});
