import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import type { JsonObject } from "../../../src/core/operation/operation.ts";
import { findReleases } from "../../../src/core/report/find_releases.ts";
import { readLoggedDecision } from "../../../src/core/report/logged_decision.ts";
import { decision, root } from "./report_entries.ts";

function releasesOf(codes: readonly string[], operation: JsonObject, effects?: readonly string[]) {
  const logged = readLoggedDecision(
    decision(1, operation, { codes, ...(effects === undefined ? {} : { effects }) }),
  );
  return logged === null ? null : findReleases(logged, root)?.map((part) => part.values[0]) ?? null;
}

const opaque = (command: string) => releasesOf(["command_opaque"], { type: "command", command });
const outside = (...files: string[]) =>
  releasesOf(["path_outside_root"], { type: "file_write", files });
const tool = (name: string, more: JsonObject = {}) =>
  releasesOf(["operation_unverified"], { type: "tool_call", tool: name, ...more });

describe("findReleases() commands", () => {
  const rows: readonly (readonly [command: string, released: string | null])[] = [
    ["npm test", "npm test"],
    ["cd web && CI=1 npm test -- --watch=false 2>&1 | tail -20", "npm test"],
    ["npm run build", "npm run build"],
    ["python tools/gen.py --fast", "python tools/gen.py"],
    ["./scripts/release.sh", null],
    ["./gradlew assemble >/dev/null 2>&1", "./gradlew assemble"],
    ["npm run", null],
    ["make", null],
    ["python -c 'import os'", null],
    ["node -e 1", null],
    ["deno eval 1", null],
    ["stdbuf make all", null],
    ["bash build.sh", null],
    ["zsh build.sh", null],
    ["sudo make install", null],
    ["env A=1 make install", null],
    ["xargs rm", null],
    ["npm test && curl x.example", null],
    ["npm $(cat x)", null],
    ["npm `cat x`", null],
    ["npm test > out.txt", null],
    ['make "$TARGET"', null],
    ["make 'a b'", null],
    ["docker run image", null],
    ["npm test ...", null],
    ["git push*", null],
    ["", null],
  ];
  for (const [command, released] of rows) {
    it(`${JSON.stringify(command)} ${released === null ? "stays closed" : `is "${released}"`}`, () => {
      assertEquals(opaque(command), released === null ? null : [released]);
    });
  }
});

describe("findReleases() places", () => {
  const rows: readonly (readonly [file: string, pattern: string | null])[] = [
    ["/tmp/build/a.o", "//tmp/build/"],
    ["/tmp/a.o", "//tmp/a.o"],
    ["../other/src/a.ts", "//home/ada/other/src/"],
    ["/home/ada/notes.txt", "//home/ada/notes.txt"],
    ["/data/set/one/a.csv", "//data/set/one/"],
    ["/tmp/b*d/[x]", "//tmp/b\\*d/"],
    ["/etc/passwd", null],
    ["/usr/local/bin/x", null],
    ["/home/ada/.ssh/authorized_keys", null],
    ["/home/ada/.bashrc", null],
    ["/tmp/.X11-unix/x", null],
    ["~/notes.txt", null],
    ["/root/x/y/z", null],
    ["/dev/sda", null],
    ["/", null],
    ["..", null],
    ["/home", null],
    ["/tmp/very-long...", null],
    ["/tmp/a\\u202eb/c", null],
  ];
  for (const [file, pattern] of rows) {
    it(`${file} ${pattern === null ? "stays closed" : `is ${pattern}`}`, () => {
      assertEquals(outside(file), pattern === null ? null : [pattern]);
    });
  }

  it("releases nothing where one of the files may not be", () => {
    assertEquals(outside("/tmp/build/a.o", "/etc/passwd"), null);
  });

  it("looks at effects of commands, less those that may not happen", () => {
    const effects = ["execute shell", "write /tmp/out/a", "?write /etc/passwd"];
    assertEquals(releasesOf(["path_outside_root"], { type: "command", command: "x" }, effects), [
      "//tmp/out/",
    ]);
  });
});

describe("findReleases() tools", () => {
  it("names a tool exactly", () => assertEquals(tool("mcp__a__b"), ["mcp__a__b"]));

  for (const name of ["*", "a*", "a b", "", "{", "a\\u202eb", `${"x".repeat(125)}...`]) {
    it(`never proposes ${JSON.stringify(name.slice(-12))}`, () => assertEquals(tool(name), null));
  }

  it("never releases the tool that runs a command: it is the shell", () => {
    assertEquals(tool("Bash", { command: "x" }), null);
    assertEquals(tool("Bash", { type: "command" }), null);
  });
});

describe("findReleases() other reasons", () => {
  const closed = [
    "path_protected",
    "path_unresolvable",
    "path_suspicious",
    "operation_protected",
    "operation_unknown",
    "limit_exceeded",
    "default_deny",
    "policy_unaccepted",
    "policy_tampered",
    "a_code_of_tomorrow",
  ];
  for (const code of closed) {
    it(`${code} is released by nothing, alone or beside another`, () => {
      const call = { type: "tool_call", tool: "WebFetch" };
      assertEquals(releasesOf([code], call), null);
      assertEquals(releasesOf(["operation_unverified", code], call), null);
    });
  }

  it("no reason at all is nothing to release", () => {
    assertEquals(releasesOf([], { type: "tool_call", tool: "WebFetch" }), null);
  });
});
