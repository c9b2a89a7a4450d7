import { assert, assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import type { Judgement } from "../../../src/core/decision/decision.ts";
import { gatherFacts } from "../../../src/core/decision/gather_facts.ts";
import { anyFile, isWritten, writtenPaths } from "../../../src/core/decision/written_paths.ts";
import { sha256 } from "../../../src/core/integrity/sha256.ts";
import type { Effect } from "../../../src/core/operation/effect.ts";
import { parseOperation } from "../../../src/core/operation/parse_operation.ts";
import { createFakeDisk } from "../../support/fake_disk.ts";

const disk = createFakeDisk("/p", { "/p/link.sh": { kind: "link", target: "real.sh" } });

function keysOf(effects: readonly Effect[], verdict: Judgement["verdict"] = "allow") {
  const operation = parseOperation({ type: "command", command: "x" });
  const plan = { effects, isTypeKnown: true, doubts: [], calls: [] };
  const facts = gatherFacts(operation, plan, { disk, measureComplexity: null });
  return writtenPaths({ verdict } as Judgement, effects, facts, sha256);
}

function path(verb: Effect["verb"], resource: string, isPossible = false): Effect {
  return { verb, resource, kind: "path", ...(isPossible ? { isPossible } : {}) };
}

describe("writtenPaths()", () => {
  it("CMD-15 knows a written script by every path that leads to it", () => {
    const written = new Set(keysOf([path("write", "link.sh")]));
    assert(isWritten("/p/real.sh", written, sha256));
    assert(!isWritten("/p/other.sh", written, sha256));
  });

  it("counts what lies in a folder that was made", () => {
    const written = new Set(keysOf([path("create", "tools")]));
    assert(isWritten("/p/tools/deep/x.sh", written, sha256));
    assert(!isWritten("/p/tools.sh", written, sha256));
  });

  it("names nothing for reading, for what may happen, and for what is denied", () => {
    assertEquals(keysOf([path("read", "a")]), []);
    assertEquals(keysOf([path("delete", "a")]), []);
    assertEquals(keysOf([path("write", "a", true)]), []);
    assertEquals(keysOf([path("write", "a")], "deny"), []);
    assertEquals(keysOf([path("write", "a")], "ask").length, 1);
  });

  it("takes every script for written when there were too many files", () => {
    const keys = keysOf(Array.from({ length: 33 }, (_, i) => path("write", `f${i}`)));
    assertEquals(keys, [anyFile]);
    assert(isWritten("/p/whatever.sh", new Set(keys), sha256));
    assert(!isWritten("/p/whatever.sh", new Set(), sha256));
  });
});
