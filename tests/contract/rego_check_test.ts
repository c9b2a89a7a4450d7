import { assert, assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { defaultCheckLimits } from "../../src/core/check/check_limits.ts";
import { encodeCheckRequest } from "../../src/core/check/check_request.ts";
import { loadCheck } from "../../src/sandbox/load_check.ts";

const folder = new URL("../../src/checks/rego/", import.meta.url);
const check = loadCheck({
  module: Deno.readFileSync(new URL("protected_branches.wasm", folder)),
  abi: "opa-1",
  entrypoint: "sealward/protected_branches/violations",
  result: "violations",
  data: Deno.readFileSync(new URL("data.json", folder)),
  limits: defaultCheckLimits,
});

const night = "2026-11-23T03:00:00Z";
const noon = "2026-11-23T12:00:00Z";

function codesOf(command: string, now: string | null, settings = {}): readonly string[] {
  const outcome = check.run(encodeCheckRequest({
    v: 1,
    kind: "operation",
    operation: { type: "command", command, effects: [] },
    settings,
    policy: { id: "checks.protected-branches", version: "1.0" },
    now,
  }));
  if (outcome.status === "failed") throw new Error(`${outcome.code}: ${outcome.message}`);
  assert(outcome.fuel < defaultCheckLimits.fuel / 10, `${outcome.fuel}`);
  return outcome.violations.map(({ code }) => code).sort();
}

describe("the check in Rego: protected branches", () => {
  const rows: readonly (readonly [command: string, now: string | null, ...codes: string[]])[] = [
    ["git push origin main", noon],
    ["git push origin main", night, "push_outside_hours"],
    ["git push origin main", null, "push_outside_hours"],
    ["git push origin main", "2026-11-23T12:00:00+14:00", "push_outside_hours"],
    ["git push origin topic", night],
    ["git push origin HEAD:main", night, "push_outside_hours"],
    ["git push origin HEAD:refs/heads/main", night, "push_outside_hours"],
    ["git push", night, "push_outside_hours"],
    ["git push --force origin main", noon, "forced_push"],
    ["git push origin +main", noon, "forced_push"],
    ["git push -f origin topic", noon],
    ["git push -f origin main", night, "forced_push", "push_outside_hours"],
    ["git status", night],
    ["", night],
  ];
  for (const [command, now, ...codes] of rows) {
    it(`${command || "no command"} at ${now}: ${codes.join(" and ") || "nothing"}`, () => {
      assertEquals(codesOf(command, now), codes);
    });
  }

  it("takes its branches from the settings", () => {
    assertEquals(codesOf("git push origin release", night), []);
    const settings = { branches: ["release"] };
    assertEquals(codesOf("git push origin release", night, settings), ["push_outside_hours"]);
    assertEquals(codesOf("git push origin main", night, settings), []);
  });

  it("is told nothing of operations without a command", () => {
    const request = encodeCheckRequest({
      v: 1,
      kind: "operation",
      operation: { type: "file_write", affected_files: ["a"], effects: [] },
      settings: {},
      policy: { id: "checks.protected-branches", version: "1.0" },
      now: null,
    });
    const outcome = check.run(request);
    assertEquals(outcome.status === "ok" && outcome.violations, []);
  });
});
