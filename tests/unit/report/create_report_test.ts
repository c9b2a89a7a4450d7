import { assert, assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { createReport, totalOf } from "../../../src/core/report/create_report.ts";
import { parsePolicy } from "../../../src/core/policy/parse_policy.ts";
import { maxTallyKeys } from "../../../src/core/report/tally.ts";
import golden from "./day_report.json" with { type: "json" };
import {
  dayOfWork,
  dayReport,
  decision,
  entry,
  noFilter,
  observed,
  options,
} from "./report_entries.ts";

describe("createReport()", () => {
  it("tells a day of work, exactly (the JSON form is a contract)", () => {
    assertEquals(JSON.parse(JSON.stringify(dayReport)), golden);
  });

  it("of an empty log is empty, not an error", () => {
    const report = createReport([], options);
    assertEquals(report.range, null);
    assertEquals(report.decisions.count, 0);
    assertEquals(report.stops.rows, []);
    assertEquals(report.proposal, { releases: [], releases_left_out: 0, stopped: 0, released: 0 });
  });

  it("counts only the decisions of an agent, and every event of the log", () => {
    const filter = { ...noFilter, agent: "other" };
    const report = createReport(dayOfWork, { ...options, filter });
    assertEquals(report.decisions.count, 1);
    assertEquals(report.range?.first_seq, 7);
    assertEquals(report.events, dayReport.events);
  });

  it("counts only the decisions of a session", () => {
    const filter = { ...noFilter, session: "s1" };
    assertEquals(createReport(dayOfWork, { ...options, filter }).decisions.count, 7);
    const nobody = { ...noFilter, session: "S1" };
    assertEquals(createReport(dayOfWork, { ...options, filter: nobody }).decisions.count, 0);
  });

  it("adds up: rows shown and the rest are all operations", () => {
    const entries = Array.from({ length: 300 }, (_, i) => {
      return observed(i, { type: "file_write", files: [`f${i % 40}/prod.env`] }, [
        "protected.files",
        "path_protected",
      ]);
    });
    const { folders, stops } = createReport(entries, { ...options, top: 7 });
    assertEquals(folders.rows.length, 7);
    assertEquals(folders.distinct, 40);
    assertEquals(folders.rows.reduce((sum, row) => sum + row.operations, folders.other), 300);
    assertEquals(stops.rows.map(totalOf), [300]);
    assertEquals(stops.rows[0]?.examples.length, 3);
  });

  it("holds no more names than its bound, and still counts all", () => {
    const count = maxTallyKeys + 500;
    function* many() {
      for (let i = 0; i < count; i++) {
        yield decision(i, { type: "tool_call", tool: `t${i}`, session: `s${i}`, agent: `a${i}` });
      }
    }
    const { tools, sessions, agents } = createReport(many(), options);
    for (const { distinct, other } of [tools, sessions, agents]) {
      assertEquals(distinct, maxTallyKeys);
      assertEquals(other, count - 10);
    }
  });

  it("reads entries it does not understand without failing", () => {
    const strange = [
      entry(1, "audit.decision", {}),
      entry(2, "audit.decision", { operation: [], effects: "x", codes: { a: 1 }, violated: [7] }),
      entry(3, "audit.decision", { decision: "maybe", operation: { files: [null, 3, "a"] } }),
    ];
    const { decisions } = createReport(strange, options);
    assertEquals(decisions.count, 3);
    assertEquals(decisions.deny, 3, "an unreadable verdict was no permission");
  });

  it("names each reason once an operation was stopped by two", () => {
    const both = decision(1, { type: "file_write", files: ["/etc/x.env"] }, {
      decision: "deny",
      codes: ["path_protected", "path_outside_root"],
      violated: ["builtin.paths", "protected.files"],
    });
    const { stops, proposal } = createReport([both], options);
    assertEquals(stops.rows.map(({ policy, code }) => [policy, code]), [
      ["builtin.paths", "path_outside_root"],
      ["protected.files", "path_protected"],
    ]);
    assertEquals(proposal.releases, []);
    assertEquals(proposal.stopped, 1);
  });

  it("shows no pattern where none of the present policy matches", () => {
    const gone = observed(1, { type: "file_write", files: ["old.secret"] }, [
      "protected.files",
      "path_protected",
    ]);
    assertEquals(createReport([gone], options).stops.rows[0]?.pattern, null);
    const unknown = createReport([gone], { ...options, policy: null });
    assertEquals(unknown.stops.rows[0]?.pattern, null);
  });

  it("finds the pattern of a secret file, which reading alone meets", () => {
    const text = 'version: "1.0"\nprotected:\n  secret_files: ["keys/"]\n';
    const policy = parsePolicy(text, "policy.yaml");
    const read = observed(1, { type: "file_read", files: ["keys/a"] }, [
      "protected.secret_files",
      "path_protected",
    ]);
    const by = decision(2, { type: "command", command: "make" }, {
      would_deny: true,
      codes: ["command_opaque"],
      violated: ["commands.opaque"],
      effects: ["execute shell", "?read keys/a"],
    });
    const { stops, proposal } = createReport([read, by], { ...options, policy });
    assertEquals(stops.rows.map(({ pattern }) => pattern), ["keys/", "keys/"]);
    assertEquals(proposal.releases, []);
  });

  it("says why nobody could judge, and by how much a limit was passed, as entries say it", () => {
    const stop = (
      seq: number,
      codes: readonly string[],
      violated: readonly string[],
      reason: string,
    ) =>
      decision(seq, { type: "command", command: "npm test" }, {
        would_deny: true,
        codes,
        violated,
        reason,
      });
    const size = "File size in bytes is";
    const { stops, unverified } = createReport([
      stop(1, ["command_opaque"], ["commands.opaque"], "It is known what: npm runs scripts"),
      stop(2, ["command_opaque"], ["commands.opaque"], "It is known what: something else"),
      stop(3, ["limit_exceeded"], ["limits.max_file_size"], `${size} 120: wanted at most 100`),
      stop(4, ["limit_exceeded"], ["limits.max_file_size"], `${size} 700: wanted at most 100`),
      stop(5, ["limit_exceeded"], ["limits.max_file_size"], "it is claimed"),
      // Of two, which one the reason is about is not told.
      stop(
        6,
        ["limit_exceeded"],
        ["limits.a", "limits.max_file_size"],
        `${size} 900: wanted at most 1`,
      ),
    ], options);
    assertEquals(unverified.rows.map(({ why, operations }) => [why, operations]), [
      ["npm runs scripts", 2],
    ]);
    const limit = stops.rows.find(({ policy }) => policy === "limits.max_file_size");
    assertEquals(limit?.highest, 700);
  });

  it("calls grave events of others alarms, and harmless ones nothing", () => {
    const { events } = createReport([
      entry(1, "deploy.done", {}),
      entry(2, "deploy.failed", { reason: "x" }, { severity: "CRITICAL" }),
      entry(3, "audit.recovery", {}, { severity: "HIGH" }),
      entry(4, "audit.state", {}),
    ], options);
    assertEquals(events.alarms.rows.map(({ seq, summary }) => [seq, summary]), [[2, "x"]]);
    assertEquals(events.tampering.rows.map(({ seq }) => seq), [3]);
  });

  it("keeps the newest events, and counts all", () => {
    const alarms = Array.from({ length: 95 }, (_, i) => entry(i, "audit.alarm", {}));
    const { count, rows } = createReport(alarms, options).events.alarms;
    assertEquals(count, 95);
    assertEquals(rows.map(({ seq }) => seq), [85, 86, 87, 88, 89, 90, 91, 92, 93, 94]);
  });

  it("names the limits where nothing else was unverified", () => {
    const unmeasured = decision(1, { type: "file_write", files: ["a.rs"] }, {
      would_deny: true,
      codes: ["operation_unverified"],
      violated: ["enforcement.on_unverified"],
      unmeasured: ["limits.max_complexity"],
    });
    const { stops, unverified, proposal } = createReport([unmeasured], options);
    assertEquals(stops.rows[0]?.subject, "limits.max_complexity");
    assertEquals(unverified.rows[0]?.why, "nobody could measure the operation");
    assertEquals(proposal.releases, []);
  });

  it("shows what an entry cannot be judged by", () => {
    assert(dayReport.unverified.rows.some(({ code }) => code === "command_opaque"));
    assertEquals(dayReport.unmeasured.rows, [{ limit: "limits.max_complexity", operations: 1 }]);
  });
});
