/** What people see of a module: nothing it says reaches a terminal as it is. */
import { assert, assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { EngineError } from "../../../src/core/errors.ts";
import { CheckFailure } from "../../../src/core/check/check_failure.ts";
import { renderBench, spreadOf } from "../../../src/edge/check_report/render_bench.ts";
import { renderInspection } from "../../../src/edge/check_report/render_inspection.ts";
import {
  renderTrial,
  trialExit,
  type TrialReport,
} from "../../../src/edge/check_report/trial_report.ts";
import { plainStyle } from "../../../src/edge/cli/colour.ts";
import type { ParsedArguments } from "../../../src/edge/cli/command.ts";
import { parseLimits } from "../../../src/edge/cli/commands/check_flags.ts";

const evil = "a\x1b[2J\u202eb\rc\u0085\nd";
const table = { format: "table", style: plainStyle, width: null } as const;
const json = { ...table, format: "json" } as const;

const base: TrialReport = {
  file: evil,
  sha256: "0".repeat(64),
  abi: "native-1",
  isGuessed: true,
  isolation: "process",
  requestBytes: 12,
  maxFuel: 100,
  outcome: {
    status: "ok",
    violations: [{ code: "x", message: evil, severity: null, path: evil, details: { k: evil } }],
    fuel: 7,
    wallMicros: 3,
    log: `${evil}\n${"y".repeat(100_000)}\n${"z\n".repeat(1_000)}`,
  },
};

/** Control characters other than line ends, and marks that reorder text. */
// deno-lint-ignore no-control-regex -- they are what is looked for
const unsafe = /[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028-\u202e]/;

describe("checks run", () => {
  it("WASM-09 escapes all that a module said, and cuts it", () => {
    const text = renderTrial(base, table);
    assertEquals(unsafe.test(text), false);
    assert(text.length < 30_000, `${text.length}`);
    assertStringIncludes(text, "lines more");
    assertStringIncludes(text, "1 VIOLATION");
    assertEquals(unsafe.test(renderTrial(base, json)), false);
    assertEquals(JSON.parse(renderTrial(base, json)).violations[0].message, evil);
  });

  it("ends with 0 for nothing, 2 for violations, 1 for no answer", () => {
    const nothing = { ...base.outcome, status: "ok", violations: [], log: "" } as const;
    const failed = {
      status: "failed",
      code: "trap",
      message: evil,
      fuel: 1,
      wallMicros: 1,
    } as const;
    assertEquals(trialExit(base), 2);
    assertEquals(trialExit({ outcome: nothing }), 0);
    assertEquals(trialExit({ outcome: failed }), 1);
    const text = renderTrial({ ...base, outcome: failed }, table);
    assertStringIncludes(text, "NO ANSWER, which denies: trap: a\\u001b[2J");
    assertStringIncludes(renderTrial({ ...base, outcome: nothing }, table), "NO VIOLATION");
    assertEquals(JSON.parse(renderTrial({ ...base, outcome: failed }, json)).code, "trap");
  });
});

describe("checks inspect", () => {
  const found = {
    file: evil,
    sha256: "0".repeat(64),
    bytes: 9,
    abi: null,
    refusals: [{ abi: null, code: "import_refused", message: evil, offset: 17 }],
    facts: {
      abi: null,
      fits: [{ abi: "native-1", failure: new CheckFailure("import_refused", evil, 17) }],
      imports: Array.from({ length: 50 }, () => ({ module: evil, name: evil, type: "memory" })),
      exports: [{ name: evil, type: "memory" }],
      features: ["SIMD"],
      customSections: [evil],
      instructions: 3,
      hasStart: true,
      headroom: [
        { limit: "types", got: 1, wanted: 10_000 },
        { limit: "tables", got: 3, wanted: 2 },
        { limit: "none", got: 1, wanted: 0 },
      ],
    },
  } as const;

  it("WASM-09 escapes names, says rule and byte, and shows the headroom", () => {
    const text = renderInspection(found, table);
    assertEquals(unsafe.test(text), false);
    assertStringIncludes(text, "REFUSED");
    assertStringIncludes(text, "import_refused: a\\u001b");
    assertStringIncludes(text, "(byte 17)");
    assertStringIncludes(text, "and 10 more");
    assertStringIncludes(text, "<1 %");
    assertStringIncludes(text, "150 %");
    assertStringIncludes(text, "over");
  });

  it("tells programs all of it, and stops where there is nothing to tell", () => {
    const value = JSON.parse(renderInspection(found, json));
    assertEquals([value.refused, value.imports.length, value.headroom[1].at_most], [true, 50, 2]);
    const bare = { ...found, facts: null };
    assertEquals(JSON.parse(renderInspection(bare, json)).imports, undefined);
    assertEquals(renderInspection(bare, table).includes("Headroom"), false);
  });
});

describe("checks bench", () => {
  it("shows medians and spread", () => {
    const values = Array.from({ length: 101 }, (_, i) => 100 - i);
    assertEquals(spreadOf(values), { median: 50, p95: 95, least: 0, most: 100, times: 101 });
    const costs = { loadMs: [1.234], wallMicros: values, fuel: [7, 7] };
    const report = { ...base, ...costs };
    assertStringIncludes(renderBench(report, table), "1.23");
    assertEquals(JSON.parse(renderBench(report, json)).fuel.median, 7);
  });
});

describe("limits of a trial", () => {
  const parse = (...texts: readonly string[]) => {
    const flags = { text: () => null, texts: () => texts, isSet: () => false };
    return parseLimits({ flags, format: "table", positionals: [], rest: [] } as ParsedArguments);
  };

  it("have the names of the policy", () => {
    assertEquals(parse("fuel=7", "memory_pages=2", "log_bytes=0", "fuel_per_input_byte=0"), {
      fuel: 7,
      memoryPages: 2,
      logBytes: 0,
      fuelPerInputByte: 0,
    });
  });

  for (
    const given of [
      "fuel",
      "fuel=",
      "fuel=-1",
      "fuel=1.5",
      "fuel=0",
      "fuel=2000000001",
      "x=1",
      "=1",
    ]
  ) {
    it(`refuse ${given}`, () => {
      assertEquals(assertThrows(() => parse(given), EngineError).code, "usage");
    });
  }
});
