import { assertEquals, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { encodeFilter } from "../../../src/core/audit/encode_filter.ts";
import type { Entry } from "../../../src/core/audit/entry.ts";
import type { EventFilter } from "../../../src/core/audit/event_filter.ts";
import { EventMatcher } from "../../../src/core/audit/event_matcher.ts";
import { EngineError } from "../../../src/core/errors.ts";
import type { JsonObject } from "../../../src/core/operation/operation.ts";
import { startMicros } from "../../support/audit_log.ts";
import { decision, entry, root } from "../report/report_entries.ts";

const context = { root, nowMicros: startMicros };
const matches = (filter: EventFilter, one: Entry) => new EventMatcher(filter, context).matches(one);

const write = (files: readonly string[], more: JsonObject = {}): JsonObject => {
  return { type: "file_write", files, ...more };
};
const denied = decision(7, write(["src/.env"], { agent: "builder", session: "s-1" }), {
  decision: "deny",
  violated: ["protected.files"],
  effects: ["write src/.env"],
});

describe("EventMatcher", () => {
  const rows: readonly [EventFilter, boolean][] = [
    [{ decision: "deny" }, true],
    [{ decision: "allow" }, false],
    [{ policy: "protected.files" }, true],
    [{ policy: "protected" }, false],
    [{ agent: "builder" }, true],
    [{ agent: "build" }, false],
    [{ session: "s-1" }, true],
    [{ session: "s-2" }, false],
    [{ principal: "uid:1000" }, true],
    [{ principal: "uid:1" }, false],
    [{ type: ["NOTE", "audit.decision"] }, true],
    [{ type: ["NOTE", "OTHER"] }, false],
    [{ type: [] }, false],
    [{ severity: ["LOW", "HIGH"] }, true],
    [{ severity: ["HIGH", "CRITICAL"] }, false],
    [{ minSeverity: "LOW" }, true],
    [{ minSeverity: "MEDIUM" }, false],
    [{ minSeverity: "HIGH", severity: "LOW" }, false],
    [{ file: "*.env" }, true],
    [{ file: "src/" }, true],
    [{ file: "/home/ada/project/src/" }, true],
    [{ file: "//home/ada/project/src/" }, true],
    [{ file: "lib/" }, false],
    [{ file: "SRC/.ENV" }, true],
    [{ decision: "deny", agent: "other" }, false],
    [{ since: "2026-11-20T10:00:00Z" }, true],
    [{ since: "2026-11-20T10:00:00.000008Z" }, false],
    [{ until: "2026-11-20T10:00:00.000007Z" }, true],
    [{ until: "2026-11-20T10:00:00.000006Z" }, false],
    [{ since: "3d" }, true],
    [{ since: "1d" }, false],
    [{ until: "today" }, true],
  ];
  for (const [filter, wanted] of rows) {
    it(`${wanted ? "takes" : "leaves"} a denial by ${JSON.stringify(filter)}`, () => {
      assertEquals(matches(filter, denied), wanted);
    });
  }

  it("reads paths from the operation's folder and from the root", () => {
    const below = decision(1, write(["a.ts", "../b.ts", "/etc/passwd"], { cwd: "web/src" }), {
      effects: ["write web/out.js", "?write /tmp/x", "execute rm", "connect example.org"],
    });
    const hits = ["web/src/a.ts", "web/b.ts", "//etc/passwd", "web/out.js", "//tmp/"];
    for (const file of hits) assertEquals(matches({ file }, below), true, file);
    for (const file of ["rm", "example.org"]) assertEquals(matches({ file }, below), false, file);
  });

  it("finds a folder before a cut, not the name it cut", () => {
    const cut = decision(1, write([`deep/${"x".repeat(80)}...`]));
    assertEquals(matches({ file: "deep/" }, cut), true);
    assertEquals(matches({ file: "*.env" }, cut), false);
  });

  it("knows a label however it was cut for the entry", () => {
    const long = "\u00e4".repeat(200);
    const cut = `${"\u00e4".repeat(36)}...`;
    assertEquals(matches({ agent: long }, decision(1, write([], { agent: cut }))), true);
    const bell = decision(1, write([], { agent: "a\\u0007b" }));
    assertEquals(matches({ agent: "a\u0007b" }, bell), true);
  });

  it("asks only decisions what only decisions say", () => {
    const fake = entry(3, "NOTE", {
      decision: "deny",
      violated: ["protected.files"],
      operation: { agent: "builder", session: "s-1", files: [".env"] },
      session: "s-1",
      principal: "uid:1000",
      recorded_by: "library",
    });
    const filters: readonly EventFilter[] = [
      { decision: "deny" },
      { policy: "protected.files" },
      { agent: "builder" },
      { session: "s-1" },
      { file: ".env" },
    ];
    for (const filter of filters) assertEquals(matches(filter, fake), false);
  });

  it("SEC believes the engine's word on a principal, never a caller's", () => {
    const claimed = entry(3, "NOTE", { principal: "uid:0", recorded_by: "uid:1000" });
    assertEquals(matches({ principal: "uid:0" }, claimed), false);
    assertEquals(matches({ principal: "uid:1000" }, claimed), true);
  });

  it("finds a session in what was reported of it", () => {
    const outcome = entry(4, "audit.outcome", { session: "s-1", principal: "token:agent" });
    assertEquals(matches({ session: "s-1" }, outcome), true);
    assertEquals(matches({ session: "s-2" }, outcome), false);
  });

  it("refuses what it cannot mean", () => {
    for (const filter of [{ since: "noon" }, { until: "2x" }, { file: "a{b}" }, { file: "" }]) {
      const error = assertThrows(() => new EventMatcher(filter, context), EngineError);
      assertEquals(error.code, "usage");
    }
  });

  it("does not read details that the head of a line rules out", () => {
    const trap: Entry = {
      ...denied,
      get details(): JsonObject {
        throw new Error("read");
      },
    };
    const ruledOut: readonly EventFilter[] = [
      { type: "NOTE", decision: "deny" },
      { minSeverity: "HIGH", file: ".env" },
      { since: "1d", agent: "x" },
      { afterSeq: 7, policy: "x" },
    ];
    for (const filter of ruledOut) assertEquals(matches(filter, trap), false);
    assertEquals(matches({ type: "audit.decision" }, trap), true);
    assertThrows(() => matches({ decision: "deny" }, trap));
  });
});

describe("encodeFilter()", () => {
  it("names every option in wire words and resolves times", () => {
    const filter: EventFilter = {
      type: ["A", "B"],
      minSeverity: "HIGH",
      since: "2h",
      until: "9999-01-01",
      afterSeq: 3,
      agent: "x".repeat(500),
    };
    assertEquals(encodeFilter(filter, startMicros), {
      type: ["A", "B"],
      min_severity: "HIGH",
      since: "2026-11-22T16:00:00.000000Z",
      until: "9999-01-01",
      agent: `${"x".repeat(256)}...`,
      after: 3,
    });
    assertEquals(encodeFilter({}, startMicros), {});
  });
});
