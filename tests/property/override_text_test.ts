/** Texts a person reads before approving, made of what an agent chose (BIND-08, BIND-09). */
import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { canonicalize } from "@std/json/canonicalize";
import { describe, it } from "@std/testing/bdd";
import fc from "../support/fast_check.ts";
import { sha256 } from "../../src/core/integrity/sha256.ts";
import type { WantedGrant } from "../../src/core/override/approval.ts";
import { approvalText, parseApprovalText } from "../../src/core/override/approval_text.ts";
import { codePhrase, isPhrase } from "../../src/core/override/code_phrase.ts";
import type { RequestDocument } from "../../src/core/override/request_document.ts";
import { requestText } from "../../src/core/override/request_text.ts";
import { showText } from "../../src/core/override/show_text.ts";

/** What terminals, eyes and parsers stumble over. */
const hostile = fc.constantFrom(
  ...["\u001b[2J", "\u001b]8;;x\u0007", "\u0000", "\u007f", "\u009b31m", "\r", "\n", "\t", "\b"],
  ...["\u202e", "\u2066", "\u200b", "\ufeff", "\u00ad", "\u2028", "\u2029", "\ud800", "\udc00"],
  ...["\u0430", "\u00a0", "\u3000", "\u{1f4a9}", "e\u0301", '"', "\\", "\\u0041", "[12 blanks]"],
  ...[" ".repeat(8), " ".repeat(9), " ".repeat(500), "\nbecause: ", '"\napproved: session\n'],
  ...['\napproved: once\nbecause: "x"\n', "document: sha256:0", "request: "],
);
const anyText = fc.array(fc.oneof(hostile, fc.string({ unit: "binary" }), fc.string()), {
  maxLength: 6,
}).map((parts) => parts.join(""));

const hex = (length: number) =>
  fc.array(fc.constantFrom(..."0123456789abcdef"), { minLength: length, maxLength: length })
    .map((digits) => digits.join(""));

const anyDocument: fc.Arbitrary<RequestDocument> = fc.record({
  version: fc.constant(1 as const),
  request: hex(32),
  install: anyText,
  opened_at: fc.nat(),
  expires_at: fc.nat(),
  decision: fc.constantFrom("deny" as const, "ask" as const),
  operation_digest: hex(64).map((digits) => `sha256:${digits}`),
  policy_digest: hex(64).map((digits) => `sha256:${digits}`),
  effects_digest: hex(64).map((digits) => `sha256:${digits}`),
  principal: anyText,
  agent: fc.option(anyText),
  session: fc.option(anyText),
  operation: fc.record({
    type: fc.constant("command"),
    command: anyText,
    tool: anyText,
    input: fc.record({ characters: fc.nat(), text: anyText }),
    folder: anyText,
  }),
  agent_says: fc.option(anyText),
  effects: fc.array(
    fc.record(
      { verb: fc.constant("write"), resource: anyText, real: anyText },
      { requiredKeys: ["verb", "resource"] },
    ),
    { maxLength: 3 },
  ),
  violations: fc.array(
    fc.record({
      policy: anyText,
      code: fc.constant("rule_matched"),
      severity: fc.constant("HIGH"),
      message: anyText,
    }),
    { maxLength: 3 },
  ),
  is_covered: fc.boolean(),
  requests_in_hour: fc.nat(1_000),
  denied_keys: fc.constant([]),
  finding_keys: fc.constant([]),
  finding_kinds: fc.constant([]),
});

const anyGrant: fc.Arbitrary<WantedGrant> = fc.oneof(
  fc.constant({ kind: "once" } as const),
  fc.constant({ kind: "session" } as const),
  anyText.map((pattern) => ({ kind: "pattern", pattern }) as const),
);

function textOf(document: RequestDocument): string {
  return requestText(document, new TextEncoder().encode(canonicalize(document)), sha256);
}

/** How many lines the engine means to write. */
function linesOf(document: RequestDocument): number {
  const said = [document.agent, document.session, document.agent_says];
  return 5 + Object.keys(document.operation).length + 1 + document.effects.length + 1 +
    document.violations.length + (document.is_covered ? 1 : 0) +
    said.filter((text) => text !== null).length + 5;
}

describe("requestText() property", () => {
  it("BIND-08 is printable ASCII in as many lines as the engine writes, whatever is in it", () => {
    fc.assert(
      fc.property(anyDocument, (document) => {
        const text = textOf(document);
        assert(/^(?:[ -~]*\n)+$/.test(text), JSON.stringify(text));
        assertEquals(text.split("\n").length - 1, linesOf(document));
        assert(!/ {9}/.test(text), "blanks that push something out of sight");
      }),
      { numRuns: 500 },
    );
  });

  it("BIND-09 has the asker's words below what the engine found, each in one quoted line", () => {
    fc.assert(fc.property(anyDocument, (document) => {
      const lines = textOf(document).split("\n");
      const first = lines.findIndex((line) => line.startsWith("the asker "));
      const last = lines.findLastIndex((line) => line.startsWith("against it, "));
      assert(first === -1 || first > last + document.violations.length);
      for (const line of lines.filter((line) => line.startsWith("the asker "))) {
        assert(/^the asker [a-z ]+ \(unchecked\): ".*"$/.test(line), line);
      }
    }));
  });
});

describe("showText() property", () => {
  it("shows two texts that differ differently", () => {
    fc.assert(
      fc.property(anyText, anyText, (one, other) => {
        if (one !== other) assertNotEquals(showText(one), showText(other));
      }),
      { numRuns: 2_000 },
    );
    const counts = [" ".repeat(12), "[12 blanks]", "\\u005b12 blanks]", "[12 blanks] "];
    assertEquals(new Set(counts.map(showText)).size, counts.length);
  });
});

describe("parseApprovalText() property", () => {
  it("P1 whatever parses is encoded to the same bytes, and says what was approved", () => {
    let parsed = 0;
    fc.assert(
      fc.property(anyDocument, anyGrant, anyText, (document, grant, justification) => {
        const shown = textOf(document);
        const text = approvalText(shown, { grant, justification });
        assert(/^(?:[ -~]*\n)+$/.test(text));
        const read = parseApprovalText(text);
        const hasBlanks = / {9}/.test(justification) ||
          (grant.kind === "pattern" && / {9}/.test(grant.pattern));
        // What was counted is gone: it is no approval rather than another one.
        if (hasBlanks) return assertEquals(read, null);
        parsed++;
        assertEquals(read, { requestId: document.request, grant, justification });
        if (read !== null) assertEquals(approvalText(shown, read), text);
      }),
      { numRuns: 500 },
    );
    assert(parsed > 100, `${parsed} parsed`);
  });

  it("P1 a text that was changed anywhere is encoded to other bytes, or none at all", () => {
    fc.assert(
      fc.property(
        anyDocument,
        anyGrant,
        fc.nat(),
        hostile,
        (document, grant, at, piece) => {
          const shown = textOf(document);
          const text = approvalText(shown, { grant, justification: "because" });
          const where = at % text.length;
          const changed = `${text.slice(0, where)}${piece}${text.slice(where + 1)}`;
          const read = parseApprovalText(changed);
          if (read === null || changed === text) return;
          // The engine makes the text of the request itself, and never from what was sent.
          if (approvalText(shown, read) !== text) return;
          assertEquals([read.grant, read.justification], [grant, "because"]);
        },
      ),
      { numRuns: 500 },
    );
  });

  it("takes nothing before, after or between its lines for an approval", () => {
    fc.assert(fc.property(anyText, (text) => {
      assertEquals(parseApprovalText(text), null);
    }));
    const id = "0".repeat(32);
    const head = `sealward-override/v1\nrequest: ${id}\n`;
    const end = 'approved: once\nbecause: "yes"\n';
    assertEquals(parseApprovalText(`${head}x\n${end}`)?.justification, "yes");
    for (
      const broken of [
        `\n${head}x\n${end}`,
        `\ufeff${head}x\n${end}`,
        `${head}x\n${end} `,
        `${head}x\n${end}\n`,
        `${head}x\n${end}`.replaceAll("\n", "\r\n"),
        `${head}x\n${end}`.replace("once", "Once"),
        `${head}x\n${end}`.replace("once", "once "),
        `${head}x\n${end}`.replace('"yes"', '"\\u0079es"'),
        `${head}x\n${end}`.replace('"yes"', '"[12 blanks]"'),
        `${head}x\napproved: pattern "a\\/b"\nbecause: "yes"\n`,
        `${head}x\napproved: pattern "\\u0061"\nbecause: "yes"\n`,
      ]
    ) {
      assertEquals(parseApprovalText(broken), null, JSON.stringify(broken));
    }
  });
});

describe("isPhrase() property", () => {
  it("takes a phrase as people retype it, and no other", () => {
    fc.assert(fc.property(hex(64), hex(64), fc.boolean(), (digest, other, isLower) => {
      const phrase = codePhrase(digest, sha256);
      assert(/^[0-9A-HJKMNP-TV-Z]{5}-[0-9A-HJKMNP-TV-Z]{5}$/.test(phrase));
      const loose = phrase.replace("-", "").replaceAll("0", "O").replaceAll("1", "I");
      assert(isPhrase(isLower ? loose.toLowerCase() : loose, phrase));
      if (digest !== other) assert(!isPhrase(codePhrase(other, sha256), phrase));
      assert(!isPhrase(phrase.slice(0, -1), phrase));
      assert(!isPhrase(`${phrase}0`, phrase));
      assert(!isPhrase("", phrase));
    }));
  });
});
