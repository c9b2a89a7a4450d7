import { assertEquals, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import fc from "../support/fast_check.ts";
import { EngineError } from "../../src/core/errors.ts";
import {
  encodeApproval,
  parseApproval,
  type SentApproval,
} from "../../src/core/override/approval_body.ts";

const hex = fc.stringMatching(/^[0-9a-f]{32}$/);
const name = fc.stringMatching(/^[a-z][a-z0-9_.-]{0,31}$/);
const digits = fc.stringMatching(/^[0-9]{6}$/);
const approvals: fc.Arbitrary<SentApproval> = fc.record({
  requestId: hex,
  phrase: fc.stringMatching(/^[0-9A-HJKMNP-TV-Z]{5}-[0-9A-HJKMNP-TV-Z]{5}$/),
  justification: fc.string({ unit: "grapheme", minLength: 3, maxLength: 40 }).filter((text) =>
    text.trim().length >= 3
  ),
  grant: fc.oneof(
    fc.record({ kind: fc.constant("once" as const) }),
    fc.record({ kind: fc.constant("session" as const) }),
    fc.record({
      kind: fc.constant("pattern" as const),
      pattern: fc.string({ minLength: 1, maxLength: 50 }),
    }),
  ),
  proof: fc.oneof(
    fc.record({ kind: fc.constant("totp" as const), approver: fc.option(name), code: digits }),
    fc.record({
      kind: fc.constant("recovery" as const),
      approver: name,
      code: fc.stringMatching(/^[0-9A-Z-]{1,40}$/),
    }),
    fc.record({
      kind: fc.constant("ssh" as const),
      signature: fc.stringMatching(/^[\x20-\x7e\n]{1,200}$/)
        .map((text) => new TextEncoder().encode(text)),
    }),
  ),
});

describe("parseApproval()", () => {
  it("BIND-01 reads back exactly what encodeApproval() wrote", () => {
    fc.assert(
      fc.property(approvals, (approval) => {
        assertEquals(parseApproval(encodeApproval(approval)), approval);
      }),
      { numRuns: 300 },
    );
  });

  it("TOTP-17 refuses whatever else a code is, without quoting it", () => {
    const base = { request_id: "a".repeat(32), phrase: "A", justification: "why not" };
    const isCode = (value: unknown): boolean =>
      typeof value === "string" && value.length === 6 &&
      [...value].every((c) => c >= "0" && c <= "9");
    fc.assert(
      fc.property(fc.jsonValue().filter((value) => !isCode(value)), (code) => {
        const text = JSON.stringify({ ...base, code });
        const error = assertThrows(() => parseApproval(text), EngineError);
        assertEquals(error.code, "operation_invalid");
      }),
      { numRuns: 300 },
    );
  });
});
