/** What a person reads of approvals: below a decision, and of an entry. */
import { assertEquals, assertStringIncludes } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import type { Entry } from "../../src/core/audit/entry.ts";
import type { OverrideNote } from "../../src/core/decision/decision.ts";
import type { JsonObject } from "../../src/core/operation/operation.ts";
import { parseOperation } from "../../src/core/operation/parse_operation.ts";
import { plainStyle } from "../../src/edge/cli/colour.ts";
import type { RenderOptions } from "../../src/edge/render.ts";
import { renderDecision } from "../../src/edge/render_decision.ts";
import { renderEvents } from "../../src/edge/render_events.ts";
import { renderExplainedEntry } from "../../src/edge/render_explanation.ts";
import { renderOverrideNote } from "../../src/edge/render_override_note.ts";
import { fakeDecision } from "../support/fake_engine.ts";

const table: RenderOptions = { format: "table", style: plainStyle, width: null };
const operation = parseOperation({ type: "file_write", affected_files: ["prod.env"] });
const requestId = "a".repeat(32);
const offered: OverrideNote = {
  status: "offered",
  request_id: requestId,
  phrase: "AAAAA-BBBBB",
  expires_at: "2026-11-23T09:05:59.9Z",
};
const granted: OverrideNote = {
  status: "granted",
  override_id: "b".repeat(32),
  request_id: requestId,
  kind: "once",
  approved_by: "alice",
  override_trust: "guarded",
  approved_until: "2026-11-23T09:30:00Z",
};
const show = (note: OverrideNote): string => renderOverrideNote(note, plainStyle);

describe("renderOverrideNote()", () => {
  it("says what a person types and compares, and until when", () => {
    const line = `a person may approve it: sealward override approve ${requestId}, ` +
      "phrase AAAAA-BBBBB, until 2026-11-23 09:05:59Z";
    assertEquals(show(offered), line);
    const decision = { ...fakeDecision(operation), override: offered };
    const text = renderDecision(decision, { ...table, overrideNote: line }, operation);
    assertStringIncludes(text, `\n  ${line}\n  audit #17 `);
  });

  it("says who granted it, how far and how sure", () => {
    assertEquals(
      show(granted),
      `granted by alice (guarded), this once: override ${"b".repeat(32)} of request ` +
        `${requestId}, until 2026-11-23 09:30Z`,
    );
    const wide = show({ ...granted, kind: "session", override_trust: "same_uid" });
    assertStringIncludes(
      wide,
      "(the asker's own user could have forged it), for the whole session",
    );
    assertStringIncludes(show({ ...granted, kind: "pattern" }), "for every file of a pattern");
  });

  it("says when to ask again", () => {
    const text = show({ status: "too_many", retry_at: "2026-11-23T10:00:00Z" });
    assertStringIncludes(text, "before 2026-11-23 10:00Z");
  });

  it("BIND-07 escapes whatever a server calls an approver", () => {
    const text = show({ ...granted, approved_by: "al\u001b[2Jice\u202e" });
    assertEquals(/[^ -~]/.test(text), false, text);
  });

  it("is passed through as it is to programs", () => {
    for (const override of [offered, granted]) {
      const decision = { ...fakeDecision(operation), override };
      const text = renderDecision(decision, { ...table, format: "json" }, operation);
      assertEquals(JSON.parse(text).override, override);
    }
  });
});

describe("renderExplainedEntry() of an approval", () => {
  const explain = (override: JsonObject | null, format: "table" | "json" = "table"): string => {
    const entry: Entry = {
      version: 1,
      seq: 17,
      key: "00000000.0",
      at: "2026-11-23T09:00:00.000000Z",
      prev: "0".repeat(64),
      mac: "3".repeat(64),
      type: "audit.decision",
      severity: "HIGH",
      details: { decision: "deny", ...(override === null ? {} : { override }) },
    };
    const replay = { seq: 17, status: "agrees", decision: "deny", engine: null } as const;
    return renderExplainedEntry({ entry, replay, explanation: null }, { ...table, format });
  };

  it("names the request a denial opened, and when it ends", () => {
    const text = explain({ at: 1, request: requestId, document: "d", expires_at: 1_795_424_700 });
    const end = new Date(1_795_424_700_000).toISOString();
    assertStringIncludes(
      text,
      `  a person was asked to approve it: request ${requestId}, until ${end}\n`,
    );
  });

  it("names the override that allowed it, and what was lifted", () => {
    const text = explain({ at: 1, grant: "b".repeat(32), lifted: "deny" });
    const line = `a person approved it: override ${"b".repeat(32)}, without it: deny`;
    assertStringIncludes(text, `  ${line}\n`);
  });

  it("says that nobody could be asked", () => {
    const text = explain({ at: 1, refused: "too_many" });
    assertStringIncludes(text, "  nobody could be asked to approve it: too_many\n");
  });

  it("gives programs the entry's own words, and nothing where there are none", () => {
    const override = { request: requestId };
    assertEquals(JSON.parse(explain(override, "json")).recorded.override, override);
    assertEquals("override" in JSON.parse(explain(null, "json")).recorded, false);
    assertEquals(explain(null).includes("approve"), false);
  });
});

describe("renderEvents() of an approval", () => {
  const row = (override: JsonObject): string => {
    const entry: Entry = {
      version: 1,
      seq: 17,
      key: "00000000.0",
      at: "2026-11-23T09:00:00.000000Z",
      prev: "0".repeat(64),
      mac: "3".repeat(64),
      type: "audit.decision",
      severity: "HIGH",
      details: { decision: "deny", principal: "uid:1", operation: { type: "chmod" }, override },
    };
    return renderEvents([entry], table);
  };

  it("names the request, or the override that was used", () => {
    assertStringIncludes(row({ request: requestId }), `deny chmod request ${requestId} by uid:1`);
    const used = row({ request: requestId, grant: "b".repeat(32) });
    assertStringIncludes(used, `deny chmod override ${"b".repeat(32)} by uid:1`);
    assertStringIncludes(row({}), "deny chmod by uid:1");
  });
});
