import { assertEquals } from "@std/assert";
import { measureComplexity } from "../../../src/core/operation/complexity.ts";
import { describe, it } from "@std/testing/bdd";
import { gatherFacts } from "../../../src/core/decision/gather_facts.ts";
import { matchPath, unresolvable } from "../../../src/core/decision/match_paths.ts";
import type { Effect, Verb } from "../../../src/core/operation/effect.ts";
import { parseOperation } from "../../../src/core/operation/parse_operation.ts";
import { parsePolicy } from "../../../src/core/policy/parse_policy.ts";
import { createFakeDisk } from "../../support/fake_disk.ts";

const policy = parsePolicy(
  'version: "1.0"\nenforcement:\n  on_unverified: ask\n' +
    'protected:\n  files: ["x.txt", "*.env", "a/b/c"]\n',
  "policy.yaml",
);
const disk = createFakeDisk("/p", {
  "/p/.scalpel/policy.yaml": { kind: "file", bytes: 1, inode: 1 },
  "/p/other.txt": { kind: "file", bytes: 1, inode: 1 },
  "/p/has/deep/x.env": { kind: "file", bytes: 1 },
  "/p/plain/y.txt": { kind: "file", bytes: 1 },
  "/p/closed": { kind: "folder", isClosed: true },
  "/p/loop": { kind: "link", target: "loop" },
  "/p/to-env": { kind: "link", target: "has/deep/x.env" },
});

function match(verb: Verb, path: string): string {
  const operation = parseOperation({ type: "file_read", affected_files: [path] });
  const effect: Effect = { verb, resource: path, kind: "path" };
  const facts = gatherFacts(operation, {
    effects: [effect],
    isTypeKnown: true,
    doubts: [],
    calls: [],
  }, {
    disk,
    measureComplexity,
  });
  const fact = facts.paths.get(path);
  const findings = fact === undefined
    ? [unresolvable(effect, "?")]
    : matchPath(effect, fact, policy);
  return findings.map(({ code, policy, pattern, verdict, overridable }) =>
    [code.replace("path_", ""), policy, pattern, verdict, overridable ? "" : "fixed"]
      .filter((part) => part !== "" && part !== undefined).join(" ")
  ).join("; ");
}

describe("matchPath()", () => {
  const rows: readonly (readonly [Verb, string, string])[] = [
    ["write", "y.txt", ""],
    ["write", "x.txt", "protected protected.files x.txt deny"],
    ["read", "x.txt", ""],
    ["execute", "x.txt", "protected protected.files x.txt deny"],
    ["write", "to-env", "protected protected.files *.env deny"],
    ["write", ".scalpel/new", "protected builtin.files .scalpel/ deny fixed"],
    ["read", ".scalpel/policy.yaml", ""],
    [
      "write",
      "other.txt",
      "protected builtin.files deny fixed; operation_unverified enforcement.on_unverified ask",
    ],
    ["read", "other.txt", ""],
    ["write", "../y", "outside_root builtin.paths deny"],
    ["read", "../y", ""],
    ["write", "~/y", "suspicious builtin.paths deny"],
    ["write", "loop", "unresolvable builtin.paths deny fixed"],
    ["read", "loop", "unresolvable builtin.paths deny"],
    ["delete", "has", "protected protected.files *.env deny"],
    ["delete", "plain", ""],
    ["delete", "a", "protected protected.files a/b/c deny"],
    ["chmod", "a/b", "protected protected.files a/b/c deny"],
    ["create", "a", ""],
    ["link", ".git", "protected builtin.files **/.git/hooks/ deny fixed"],
    ["delete", "closed", "operation_unverified enforcement.on_unverified ask"],
    [
      "write",
      ".",
      "protected builtin.files .scalpel/ deny fixed; " +
      "protected protected.files a/b/c deny",
    ],
  ];
  for (const [verb, path, wanted] of rows) {
    it(`${verb} ${path}`, () => assertEquals(match(verb, path), wanted));
  }

  it("names the entry of a folder it found", () => {
    const operation = parseOperation({ type: "file_delete", affected_files: ["has"] });
    const effect: Effect = { verb: "delete", resource: "has", kind: "path" };
    const facts = gatherFacts(operation, {
      effects: [effect],
      isTypeKnown: true,
      doubts: [],
      calls: [],
    }, {
      disk,
      measureComplexity,
    });
    const fact = facts.paths.get("has");
    const [finding] = fact === undefined ? [] : matchPath(effect, fact, policy);
    assertEquals(finding?.message.includes("has/deep/x.env"), true);
  });
});
