import { assertEquals, assertNotEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import {
  encodeHookLine,
  type HookLine,
  isOwnCommand,
  parseHookLine,
} from "../../../src/edge/hook/wiring/hook_line.ts";

const plain: HookLine = {
  program: "/opt/sealward",
  host: "claude-code",
  root: "/home/u/p",
  server: null,
  tokenFile: null,
  serverKey: null,
  onUnenrolled: null,
};

describe("encodeHookLine()", () => {
  it("guards the gate, and lets no other event stop anything", () => {
    assertEquals(
      encodeHookLine(plain, "gate"),
      `/bin/sh -c '"$@" || { s=$?; [ "$s" -eq 2 ] || ` +
        `echo "sealward: the hook failed; blocked" >&2; exit 2; }' sealward ` +
        `'/opt/sealward' hook claude-code --root '/home/u/p'`,
    );
    assertEquals(
      encodeHookLine(plain, "record"),
      `/bin/sh -c '"$@" || exit 1' sealward '/opt/sealward' hook claude-code --root '/home/u/p'`,
    );
  });

  it("is read back whatever the words hold", () => {
    const rows: readonly HookLine[] = [
      plain,
      { ...plain, root: null },
      { ...plain, host: "codex", server: "http://127.0.0.1:8787", onUnenrolled: "deny" },
      { ...plain, root: "/a b/$(touch x)/`id`/it's\"q\\" },
      { ...plain, root: "--server", server: "--root" },
      { ...plain, program: "/opt/it's/sealward", root: "" },
      { ...plain, root: "/new\nline" },
    ];
    for (const line of rows) {
      for (const purpose of ["gate", "record"] as const) {
        const text = encodeHookLine(line, purpose);
        const parsed = parseHookLine(text, purpose);
        // A root that is spelled like a flag may be read as none; never as another root.
        if (line.root?.startsWith("--")) assertNotEquals(parsed?.root, "--root");
        else assertEquals(parsed, line, text);
      }
    }
  });
});

describe("parseHookLine() refuses", () => {
  const text = encodeHookLine(plain, "gate");
  const rows: readonly (readonly [string, string])[] = [
    ["another guard", text.replace("exit 2", "exit 0")],
    ["no guard", "'/opt/sealward' hook claude-code --root '/home/u/p'"],
    ["a command after it", `${text}; touch /tmp/x`],
    ["a flag of its own", `${text} '--quiet'`],
    ["an unknown host", text.replace("claude-code", "emacs")],
    ["another quoting", text.replace("'/opt/sealward'", "/opt/sealward")],
    ["an unquoted substitution", text.replace("'/home/u/p'", "$(touch /tmp/x)")],
    ["a blank at its end", `${text} `],
    ["the other purpose", encodeHookLine(plain, "record")],
    ["nothing", ""],
  ];
  for (const [name, each] of rows) {
    it(name, () => assertEquals(parseHookLine(each, "gate"), null));
  }
});

describe("isOwnCommand()", () => {
  const own = [
    encodeHookLine(plain, "gate"),
    encodeHookLine({ ...plain, program: "/somewhere/else" }, "record"),
    "sealward hook claude-code",
    '"/opt/my tools/sealward" hook codex || exit 2',
    "/opt/sealward-0.1 hook generic",
  ];
  const others = [
    "",
    "prettier --write",
    "echo sealward hook claude-code",
    "notsealward hook claude-code",
    "sealward status",
    "sealward hook status",
    "/bin/sh -c 'true' sealward",
    "'unclosed sealward hook codex",
  ];
  for (const command of own) {
    it(`knows ${command}`, () => assertEquals(isOwnCommand(command), true));
  }
  for (const command of others) {
    it(`leaves ${command || "nothing"}`, () => assertEquals(isOwnCommand(command), false));
  }
});
