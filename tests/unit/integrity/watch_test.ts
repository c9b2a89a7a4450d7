import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { emptyState } from "../../../src/core/audit/state.ts";
import { pathKey } from "../../../src/core/audit/outcome_key.ts";
import { compareWatch, isExplained } from "../../../src/core/integrity/compare_watch.ts";
import { watchPlaces } from "../../../src/core/integrity/watch_places.ts";
import { parsePolicy } from "../../../src/core/policy/parse_policy.ts";
import { sha256 } from "../../support/audit_log.ts";

const policyOf = (...patterns: readonly string[]) =>
  parsePolicy(`version: "1.0"\nprotected:\n  files: ${JSON.stringify(patterns)}\n`, "p.yaml");

describe("watchPlaces()", () => {
  it("looks near by where a pattern's plain names lead from the root", () => {
    const rows = [
      [".env", "/p/.env", "below"],
      ["/a/b.txt", "/p/a/b.txt", "below"],
      ["secrets/", "/p/secrets", "below"],
      ["**/x/y", "/p/x/y", "below"],
      ["*.pem", "/p", "inside"],
      ["a/*.pem", "/p/a", "inside"],
      ["a/**/b", "/p/a", "inside"],
      ["a/[bc]/d", "/p/a", "inside"],
    ] as const;
    for (const [pattern, path, reach] of rows) {
      const { near } = watchPlaces("/p", policyOf(pattern));
      assertEquals(near.at(-1), { path, reach }, pattern);
    }
    const away = watchPlaces("/p", policyOf("//etc/x")).near;
    assertEquals(away.length, watchPlaces("/p", null).near.length);
    assertEquals(watchPlaces("/", policyOf("*.pem", "a")).near.slice(-2), [
      { path: "/", reach: "inside" },
      { path: "/a", reach: "below" },
    ]);
  });

  it("wants what patterns match, in whatever case, and nothing else", () => {
    const { isWanted } = watchPlaces("/p", policyOf("*.env", "/a/b"));
    const wanted = ["/p/x.env", "/p/d/X.ENV", "/p/a/b/c", "/p/.claude/settings.json"];
    assertEquals(wanted.filter((path) => !isWanted(path)), []);
    const others = ["/p/env", "/p/c/a/b", "/p/.claude/notes.md", "/q/a/b"];
    assertEquals(others.filter(isWanted), []);
    assertEquals(watchPlaces("/p", null).isWanted("/p/x.env"), false);
  });

  it("leaves out large folders, unless an anchored pattern leads into them", () => {
    const { isPruned } = watchPlaces("/p", policyOf("*.env", "/node_modules/a/b"));
    assertEquals(isPruned("/p/x/node_modules"), true);
    assertEquals(isPruned("/p/.git/objects"), true);
    assertEquals(isPruned("/p/.git/modules/m/objects"), true);
    assertEquals(isPruned("/p/node_modules"), false);
    assertEquals(isPruned("/p/objects"), false);
    assertEquals(isPruned("/p/.git"), false);
    assertEquals(isPruned("/p/node_modules_2"), false);
  });
});

describe("compareWatch()", () => {
  const rules = { isWanted: () => true, isSamePolicy: true, isBuiltin: () => false };
  const before = { files: new Map([["a", "1"], ["b", "1"]]), cutAt: null, isWhole: true };
  const now = (files: Readonly<Record<string, string>>, near: readonly string[] = []) => ({
    files: new Map(Object.entries(files)),
    near: new Set(near),
    isWhole: true,
  });
  const told = (changes: ReturnType<typeof compareWatch>) =>
    changes.map(({ path, what }) => `${what} ${path}`);

  it("tells what was added, changed and removed, sorted", () => {
    assertEquals(compareWatch(before, now({ a: "1", b: "1" }), rules), []);
    assertEquals(told(compareWatch(before, now({ c: "1", b: "2" }), rules)), [
      "removed a",
      "changed b",
      "added c",
    ]);
  });

  it("calls nothing new that only could not be seen before", () => {
    const files = now({ a: "1", b: "1", c: "1", d: "1" }, ["c"]);
    assertEquals(told(compareWatch({ ...before, isWhole: false }, files, rules)), ["added c"]);
    const cut = { ...before, isWhole: false, cutAt: "c" };
    assertEquals(compareWatch(cut, files, rules), []);
  });

  it("calls nothing a change that only another policy brought or took", () => {
    const other = { ...rules, isSamePolicy: false };
    const files = now({ a: "1", c: "1", d: "1" });
    const gone = { ...other, isWanted: (path: string) => path !== "b" };
    assertEquals(compareWatch(before, files, gone), []);
    const builtin = { ...gone, isBuiltin: (path: string) => path === "d" };
    assertEquals(told(compareWatch(before, files, builtin)), ["added d"]);
  });
});

describe("isExplained()", () => {
  const touched = [{ seq: 3, path: pathKey("a/b", sha256), is_asked: false }];
  const asked = touched.map((one) => ({ ...one, is_asked: true }));
  const by = (own: readonly string[] = []) => ({ own, sha256 });

  it("takes the path itself or a folder above it, by whole names", () => {
    const state = { ...emptyState, touched };
    const rows: readonly (readonly [string, boolean])[] = [
      ["a/b", true],
      ["a/b/c", true],
      ["a", false],
      ["a/bc", false],
      ["b", false],
    ];
    for (const [path, wanted] of rows) {
      assertEquals(isExplained(path, state, by()), wanted, path);
    }
    assertEquals(isExplained("a/b", { ...emptyState, touched: asked }, by()), false);
    assertEquals(isExplained("x", emptyState, by(["x"])), true);
  });

  it("takes an acceptance only after the record, and only for its inputs", () => {
    const accepted = {
      policy_digest: "sha256:x",
      inputs: [{ path: ".scalpel/policy.yaml", sha256: "0" }],
      values_sha256: null,
      seq: 7,
      at: "",
    };
    const watched = { digest: "", seq: 6, policy_digest: null, is_whole: true, is_blocked: false };
    const at = (seq: number) => ({ ...emptyState, accepted, watched: { ...watched, seq } });
    assertEquals(isExplained(".scalpel/policy.yaml", at(6), by()), true);
    assertEquals(isExplained(".scalpel/policy.yaml", at(8), by()), false);
    assertEquals(isExplained(".scalpel/other", at(6), by()), false);
  });
});
