import { assert, assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import {
  builtinPatterns,
  builtinPatternSet,
} from "../../../src/core/operation/builtin_patterns.ts";
import { viewPath } from "../../../src/core/operation/path.ts";

const root = "/home/u/proj";

function builtinsOf(path: string): readonly string[] {
  const absolute = path.startsWith("/") ? path : `${root}/${path}`;
  const { forms } = viewPath({
    written: path,
    lexical: absolute,
    real: absolute,
    kind: "missing",
    sizeBytes: null,
    linkCount: null,
    identity: null,
    failure: null,
  }, root);
  return builtinPatternSet().match(forms).map((i) => builtinPatterns[i]?.pattern ?? "");
}

describe("builtinPatternSet()", () => {
  const always = [
    ".scalpel",
    ".scalpel/policy.yaml",
    ".scalpel/checks/deep/x",
    "packages/a/.scalpel/policy.yaml",
    "scalpel.policy.yaml",
    "sub/budget.yaml",
    "overrides.yaml",
    ".claude/settings.json",
    ".claude/settings.local.json",
    "packages/a/.claude/hooks/pre.sh",
    ".cursor/hooks.json",
    ".Cursor/MCP.json",
    ".codex/config.toml",
    ".gemini/settings.json",
    ".vscode/settings.json",
    ".vscode/tasks.json",
    ".mcp.json",
    ".github/hooks/pre.json",
    ".git/hooks/pre-commit",
    ".git/config",
    "vendor/lib/.git/config",
    "/etc/sealward/x/policy.yaml",
    "/etc/claude-code/managed-settings.json",
    "/etc/codex/requirements.toml",
    "/etc/gemini-cli/settings.json",
    "/etc/cursor/hooks.json",
    "/etc/github-copilot/policy.d/x.json",
    ".github/hooks/sealward-copilot.json",
    ".github/copilot/settings.json",
    ".github/copilot/settings.local.json",
    "/home/u/.copilot/hooks/sealward-vscode.json",
    "/home/u/.copilot/settings.json",
    "/var/lib/sealward/x/key",
    "/home/u/.local/state/sealward/x/log/mark",
    "/usr/local/bin/sealward",
  ];
  for (const path of always) {
    it(`FILE-11 GLOB-17 protects ${path} without any policy`, () => {
      assert(builtinsOf(path).length > 0);
    });
  }

  const open = [
    ".scalpel-notes/x",
    "scalpel/x",
    "src/app.ts",
    ".claude/commands/x.md",
    ".github/workflows/ci.yml",
    ".github/copilot/instructions.md",
    ".github/copilot-instructions.md",
    ".copilot/skills/x.md",
    ".git/index",
    ".vscode/launch.json",
    "etc/sealward/x",
    "etc/claude-code/managed-settings.json",
    "/etc/codex.d/x",
    "my-budget.yaml",
    "package.json",
    "Makefile",
  ];
  for (const path of open) {
    it(`FILE-15 leaves ${path} alone`, () => assertEquals(builtinsOf(path), []));
  }

  it("PATH-09 lists what deleting a folder would take along", () => {
    const set = builtinPatternSet();
    for (const folder of [".claude", "packages/a/.git", ".vscode", ".github"]) {
      assert(set.mayMatchBelow([folder]).length > 0, folder);
    }
    assertEquals(set.mayMatchBelow(["src"]), []);
    assertEquals(set.mayMatchBelow(["etc"]), []);
  });

  it("gives every pattern a reason and is compiled once", () => {
    for (const { why } of builtinPatterns) assert(why !== "");
    assert(builtinPatternSet() === builtinPatternSet());
  });
});
