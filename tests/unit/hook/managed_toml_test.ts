import { assertEquals, assertMatch } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import type { HookLine } from "../../../src/edge/hook/wiring/hook_line.ts";
import { encodeHookLine } from "../../../src/edge/hook/wiring/hook_line.ts";
import {
  compareManagedToml,
  encodeManagedToml,
  findManagedGate,
  hasHooksDisabledToml,
  hasManagedOnlyToml,
} from "../../../src/edge/hook/wiring/managed_toml.ts";

const line: HookLine = {
  program: "/opt/sealward",
  host: "codex",
  root: null,
  server: null,
  tokenFile: null,
  serverKey: null,
  onUnenrolled: "deny",
};
const { top, tables } = encodeManagedToml(line);
const file = `# ours\n${top}\n[other]\nx = 1\n\n${tables}`;

describe("encodeManagedToml()", () => {
  it("is what compareManagedToml() takes, wherever it was pasted", () => {
    assertMatch(tables, /^\[\[hooks\.PreToolUse\]\]\n\[\[hooks\.PreToolUse\.hooks\]\]\ntype = /);
    assertEquals(compareManagedToml(file, line), []);
    assertEquals(compareManagedToml(file.replaceAll("\n", "\r\n"), line), []);
    assertEquals(compareManagedToml(file.trimEnd(), line), []);
    assertEquals(findManagedGate(file), encodeHookLine(line, "gate"));
  });

  it("finds what was pasted wrongly or changed", () => {
    const rows: readonly (readonly [string, number])[] = [
      [file.replace(top, ""), 1],
      [`[other]\n${top}${tables}`, 1],
      [file.replace("timeout = 30", "timeout = 1"), 1],
      [file.replaceAll("/opt/sealward", "/tmp/sealward"), 4],
      [file.replace("exit 2", "exit 0"), 1],
      ["", 5],
    ];
    for (const [text, count] of rows) {
      assertEquals(compareManagedToml(text, line).length, count, text);
    }
  });
});

describe("switches in TOML", () => {
  it("are seen in every spelling", () => {
    const off = [
      "[features]\nhooks = false\n",
      "a = 1\n[features]\nother = true\n  codex_hooks=false # x\n",
      "features.hooks = false",
      "features = { hooks = false }",
    ];
    for (const text of off) assertEquals(hasHooksDisabledToml(text), true, text);
    const on = [
      "",
      "[features]\nhooks = true",
      "[other]\nhooks = false",
      "# features.hooks = false",
    ];
    for (const text of on) assertEquals(hasHooksDisabledToml(text), false, text);
    assertEquals(hasManagedOnlyToml("allow_managed_hooks_only = true"), true);
    assertEquals(hasManagedOnlyToml("# allow_managed_hooks_only = true"), false);
  });
});
