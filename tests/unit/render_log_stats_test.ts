import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { LogStatsBuilder } from "../../src/core/report/log_stats.ts";
import { plainStyle } from "../../src/edge/cli/colour.ts";
import { displayWidth } from "../../src/edge/cli/table.ts";
import type { RenderOptions } from "../../src/edge/render.ts";
import { renderHourChart } from "../../src/edge/render_hour_chart.ts";
import { renderLogStats } from "../../src/edge/render_log_stats.ts";
import { decision, entry } from "./report/report_entries.ts";

const table: RenderOptions = { format: "table", style: plainStyle, width: null };
const coloured = { colour: true, unicode: true };
const hostile = "\u001b[31m\u202egpj\r\n=1";

function stats() {
  const builder = new LogStatsBuilder(5);
  builder.add(entry(0, "audit.genesis", {}, { severity: "CRITICAL" }));
  const denied = { decision: "deny", violated: [hostile] };
  for (let i = 1; i < 2_000; i++) builder.add(decision(i, { type: "x", files: [hostile] }, denied));
  builder.add(entry(2_000, "NOTE", {}, { day: 1, severity: "HIGH" }));
  return builder.finish({});
}

describe("renderHourChart()", () => {
  const { hours } = stats();
  it("shows every hour up to the last, and every severity that was met", () => {
    const lines = renderHourChart(hours, table).trimEnd().split("\n");
    assertEquals(lines.length, 1 + 24);
    assertMatch(lines[1] ?? "", /^11-20 11h$/);
    assertMatch(lines.at(-1) ?? "", /^11-21 10h {2}#+ 1$/);
    const short = hours.map((row, i) => ({ ...row, span: `2026-11-21T0${8 + i}` }));
    const [, first] = renderHourChart(short, table).split("\n");
    assertMatch(first ?? "", /^11-21 08h {2}!-+ 2000$/);
  });
  for (const width of [20, 40, 80, 200]) {
    it(`fits ${width} columns`, () => {
      const longest = Math.max(
        ...renderHourChart(hours, { ...table, width }).split("\n").slice(1).map(displayWidth),
      );
      assert(longest <= Math.max(width, 27), `${longest}`);
    });
  }
  it("is plain ASCII without colour, and colour only repeats the marks", () => {
    const plain = renderHourChart(hours, table);
    assertMatch(plain, /^[\n -~]*$/);
    const painted = renderHourChart(hours, { ...table, style: coloured });
    assertStringIncludes(painted, "\u001b[");
    // deno-lint-ignore no-control-regex -- escape sequences are what is taken away
    assertEquals(painted.replace(/\u001b\[[0-9;]*m/g, ""), plain);
  });
});

describe("renderLogStats()", () => {
  // deno-lint-ignore no-control-regex -- control characters are what is searched
  const unsafe = /[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e]/;
  it("AUD-32 lets nothing through that a terminal obeys", () => {
    for (const style of [plainStyle, { colour: false, unicode: true }]) {
      for (const format of ["table", "json"] as const) {
        const text = renderLogStats(stats(), { ...table, style, format });
        assertEquals(unsafe.exec(text), null);
        assert(text.length > 500);
      }
    }
  });
  it("says how much there is", () => {
    const text = renderLogStats(stats(), table);
    assertMatch(text, /^2001 entries, \d+ kB, \d+ kB a day\n#0 2026-11-20 10:00:00Z to #2000 /);
    assertStringIncludes(text, "decisions: 0 allowed, 0 asked, 1999 denied");
  });
  it("says that there is nothing", () => {
    assertEquals(renderLogStats(new LogStatsBuilder(1).finish({}), table), "No entries.\n");
  });
});
