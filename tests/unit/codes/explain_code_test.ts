import { assert, assertEquals, assertMatch } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { logVerdicts } from "../../../src/core/audit/log_report.ts";
import { violationCodes } from "../../../src/core/decision/decision.ts";
import { errorTable } from "../../../src/core/errors.ts";
import { overrideEvents } from "../../../src/core/override/override_events.ts";
import { lintCodes } from "../../../src/core/policy/lint/weakness.ts";
import { closestCode, explainCode, explainedCodes } from "../../../src/edge/codes/explain_code.ts";
import { commandNames } from "./command_names.ts";

const families = {
  error: Object.keys(errorTable),
  violation: violationCodes,
  lint: Object.keys(lintCodes),
  log_verdict: logVerdicts,
} as const;

describe("explainCode()", () => {
  for (const [kind, codes] of Object.entries(families)) {
    it(`knows every ${kind} code`, () => {
      assert(codes.length >= 10);
      for (const code of codes) {
        const found = explainCode(code).filter((each) => each.kind === kind);
        assertEquals(found.length, 1, code);
        assertEquals(found[0]?.code, code);
      }
    });
  }

  it("explains nothing that there is not, but why a replay cannot be made", () => {
    const known: readonly string[] = Object.values(families).flat();
    const events: readonly string[] = Object.values(overrideEvents);
    for (const type of events) assertEquals(explainCode(type)[0]?.kind, "event", type);
    const others = explainedCodes().filter((code) => !known.includes(code))
      .filter((code) => !events.includes(code));
    assertEquals(others.every((code) => explainCode(code)[0]?.kind === "replay"), true);
    assertEquals(others.length, 8);
  });

  it("says of each what it means, why, and what to do, in whole plain sentences", () => {
    for (const { code, means, why, fix } of explainedCodes().flatMap(explainCode)) {
      for (const text of [means, why, fix]) {
        assertMatch(text, /^\S.{10,600}[.!]$/, code);
        // deno-lint-ignore no-control-regex -- control characters are what must not be there
        assertEquals(/[\u0000-\u001f\u007f-\uffff]| {2}/.test(text), false, `${code}: ${text}`);
      }
    }
  });

  it("names no command that does not exist", async () => {
    const commands = await commandNames();
    const named = explainedCodes().flatMap(explainCode)
      .flatMap((
        { means, why, fix },
      ) => [...`${means} ${why} ${fix}`.matchAll(/`sealward ([^`]*)`/g)])
      .map(([, words = ""]) => words);
    assert(named.length > 30);
    for (const words of named) {
      const [first = "", second = ""] = words.split(" ");
      assert(commands.has(first) || commands.has(`${first} ${second}`), words);
    }
  });

  it("takes case and dashes as they come, and suggests", () => {
    assertEquals(explainCode("ok-unanchored")[0]?.code, "OK-UNANCHORED");
    assertEquals(explainCode("Path-Protected")[0]?.code, "path_protected");
    assertEquals(explainCode("policy_tampered").map(({ kind }) => kind), ["error", "violation"]);
    assertEquals(explainCode("nonsense"), []);
    assertEquals(explainCode("__proto__"), []);
    assertEquals(closestCode("path_protectd"), "path_protected");
    assertEquals(closestCode("x".repeat(10_000)).length > 0, true);
  });
});
