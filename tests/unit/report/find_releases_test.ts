import { assert, assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import type { JsonObject } from "../../../src/core/operation/operation.ts";
import { findReleases } from "../../../src/core/report/find_releases.ts";
import { readLoggedDecision } from "../../../src/core/report/logged_decision.ts";
import { decision, entry, options } from "./report_entries.ts";

function releasesOf(codes: readonly string[], operation: JsonObject, effects?: readonly string[]) {
  const logged = readLoggedDecision(
    decision(1, operation, { codes, ...(effects === undefined ? {} : { effects }) }),
  );
  return logged === null ? null : findReleases(logged, options)?.flatMap(({ values }) => values) ??
    null;
}

const opaque = (command: string) => releasesOf(["command_opaque"], { type: "command", command });
const outside = (...files: string[]) =>
  releasesOf(["path_outside_root"], { type: "file_write", files });
const tool = (name: string, more: JsonObject = {}) =>
  releasesOf(["operation_unverified"], { type: "tool_call", tool: name, ...more });

describe("findReleases() commands", () => {
  const rows: readonly (readonly [command: string, ...released: string[]])[] = [
    ["npm test", "npm test *"],
    ["cd web && CI=1 npm test -- --watch=false 2>&1 | tail -20", "npm test *", "cd *", "tail *"],
    ["npm run build", "npm run build *"],
    ["python tools/gen.py --fast", "python tools/gen.py *"],
    ["./gradlew assemble >/dev/null 2>&1", "./gradlew assemble *"],
    ["./scripts/release.sh"],
    ["npm run"],
    ["make"],
    ["python -c 'import os'"],
    ["node -e 1"],
    ["deno eval 1"],
    ["stdbuf make all"],
    ["bash build.sh"],
    ["zsh build.sh"],
    ["sudo make install"],
    ["env A=1 make install"],
    ["xargs rm"],
    ["npm test && curl x.example"],
    ["npm $(cat x)"],
    ["npm `cat x`"],
    ["npm test > out.txt"],
    ['make "$TARGET"'],
    ["make 'a b'"],
    ["docker run image"],
    ["npm test ..."],
    ["git push*"],
    ["cat a"],
    [""],
  ];
  for (const [command, ...released] of rows) {
    const what = released.length === 0 ? "stays closed" : `is ${released.join(", ")}`;
    it(`${JSON.stringify(command)} ${what}`, () => {
      assertEquals(opaque(command), released.length === 0 ? null : released);
    });
  }

  it("releases nothing that may meet a protected file", () => {
    const make = { type: "command", command: "make all" };
    const may = (path: string) => releasesOf(["command_opaque"], make, ["execute shell", path]);
    assertEquals(may("?write out.o"), ["make all *"]);
    assertEquals(may("?write deep/prod.env"), null);
    assertEquals(may("?write .scalpel/policy.yaml"), null);
  });

  it("releases nothing where the entry had no room for all effects", () => {
    const logged = readLoggedDecision(
      entry(1, "audit.decision", {
        codes: ["command_opaque"],
        violated: ["commands.opaque"],
        operation: { type: "command", command: "make all" },
        effects: ["execute shell"],
        effects_total: 13,
      }),
    );
    assert(logged !== null);
    assertEquals(findReleases(logged, options), null);
  });

  it("releases nothing a rule forbids", () => {
    const logged = readLoggedDecision(
      decision(1, { type: "command", command: "make all" }, {
        codes: ["command_opaque"],
        violated: ["commands.opaque", "rules.no-make"],
      }),
    );
    assert(logged !== null);
    assertEquals(findReleases(logged, options), null);
  });
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

  it("never releases a tool that nothing measured either", () => {
    const logged = readLoggedDecision(
      decision(1, { type: "tool_call", tool: "T" }, {
        codes: ["operation_unverified"],
        unmeasured: ["limits.max_complexity"],
      }),
    );
    assert(logged !== null);
    assertEquals(findReleases(logged, options), null);
  });

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
