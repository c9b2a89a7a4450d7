import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { isHookRun } from "../../../src/edge/hook/is_hook_run.ts";

describe("isHookRun()", () => {
  const rows: readonly (readonly [string, boolean])[] = [
    ["hook claude-code", true],
    ["hook codex --root /x", true],
    ["hook generic --bad", true],
    ["hook claude", true],
    ["hook", true],
    ["hook --server x claude-code", true],
    ["--quiet hook codex", true],
    ["--root /x hook claude-code", true],
    ["hooks claude-code", true],
    ["Hook codex", true],
    ["check codex", false],
    ["hook install claude-code", false],
    ["hook uninstall codex", false],
    ["hook status", false],
    ["hook --help", false],
    ["check --file hook", false],
    ["check hook", false],
    ["exec -- tool hook codex", false],
    ["--root /x exec --uid 5 -- hook claude-code", false],
    ["hook codex -- exec", true],
    ["hook -- exec codex", true],
    ["", false],
  ];
  for (const [line, expected] of rows) {
    it(`"${line}" ${expected ? "is" : "is not"} one`, () => {
      assertEquals(isHookRun(line.split(" ").filter((word) => word !== "")), expected);
    });
  }
});
