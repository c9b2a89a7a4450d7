import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import type { PathFact } from "../../../src/core/decision/facts.ts";
import { measureComplexity } from "../../../src/core/operation/complexity.ts";
import { limitListings } from "../../../src/core/decision/limit_listings.ts";
import { gatherFacts } from "../../../src/core/decision/gather_facts.ts";
import { maxFolderEntries } from "../../../src/core/limits.ts";
import { parseOperation } from "../../../src/core/operation/parse_operation.ts";
import { planEffects } from "../../../src/core/operation/plan_effects.ts";
import type { Disk } from "../../../src/core/ports.ts";
import { createFakeDisk, type FakeTree } from "../../support/fake_disk.ts";

const tree: FakeTree = {
  "/p/.scalpel/policy.yaml": { kind: "file", bytes: 1, inode: 1 },
  "/p/hard.txt": { kind: "file", bytes: 1, inode: 1 },
  "/p/one.txt": { kind: "file", bytes: 2, inode: 2 },
  "/p/two.txt": { kind: "file", bytes: 2, inode: 2 },
  "/p/dir/a/b.txt": { kind: "file", bytes: 3 },
  "/p/empty": { kind: "folder" },
  "/p/to-dir": { kind: "link", target: "dir" },
};
const disk = createFakeDisk("/p", tree);

function gather(type: string, files: readonly string[], on: Disk = disk) {
  const operation = parseOperation({ type, affected_files: files });
  return gatherFacts(operation, planEffects(operation, new Map()), { disk: on, measureComplexity });
}

function factOf(type: string, files: readonly string[], path: string, on: Disk = disk): PathFact {
  const fact = gather(type, files, on).paths.get(path);
  if (fact === undefined) throw new Error(`no fact of ${path}`);
  return fact;
}

function below(type: string, files: readonly string[], path: string): readonly string[] {
  return factOf(type, files, path).below.map(({ written }) => written).sort();
}

describe("gatherFacts()", () => {
  it("says what is there", () => {
    const { view, sizeBytes, isFolder, hardLinkOf } = factOf("file_write", ["one.txt"], "one.txt");
    assertEquals([view.kind, sizeBytes, isFolder, hardLinkOf], ["file", 2, false, null]);
  });

  it("lists a folder only for effects that reach into it", () => {
    assertEquals(below("file_delete", ["dir"], "dir"), ["dir/a", "dir/a/b.txt"]);
    assertEquals(below("file_delete", ["to-dir"], "to-dir"), ["to-dir/a", "to-dir/a/b.txt"]);
    assertEquals(below("file_read", ["dir"], "dir"), []);
    assertEquals(below("file_delete", ["empty"], "empty"), []);
  });

  it("views entries by the name they are reached by and by their own", () => {
    const entry = factOf("file_delete", ["to-dir"], "to-dir").below[0];
    assertEquals([entry?.lexical, entry?.real], ["/p/to-dir/a", "/p/dir/a"]);
  });

  it("PATH-10 lists what a rename, copy or link brings to its target", () => {
    assertEquals(below("file_copy", ["dir", "new"], "new"), ["new/a", "new/a/b.txt"]);
    assertEquals(below("file_copy", ["one.txt", "empty"], "empty"), ["empty/one.txt"]);
    assertEquals(below("file_copy", ["one.txt", "new"], "new"), []);
    const merged = ["empty/a", "empty/a/b.txt", "empty/dir", "empty/dir/a", "empty/dir/a/b.txt"];
    assertEquals(below("file_rename", ["dir", "empty"], "empty"), merged);
  });

  it("PATH-09 knows a target that may become a folder", () => {
    const rows: readonly (readonly [string, string, boolean])[] = [
      ["file_rename", "dir", true],
      ["file_rename", "gone", true],
      ["file_rename", "one.txt", false],
      ["file_link", "one.txt", true],
    ];
    for (const [type, source, isFolder] of rows) {
      assertEquals(factOf(type, [source, "new"], "new").isFolder, isFolder, `${type} ${source}`);
    }
    assertEquals(factOf("file_create", ["new"], "new").isFolder, false);
  });

  it("PATH-15 knows the engine's own file by any name", () => {
    assertEquals(factOf("file_write", ["hard.txt"], "hard.txt").hardLinkOf, ".scalpel/policy.yaml");
    assertEquals(factOf("file_write", ["two.txt"], "two.txt").hardLinkOf, null);
    assertEquals(factOf("file_read", ["hard.txt"], "hard.txt").hardLinkOf, null);
  });

  it("PATH-15 takes any second name for it when the engine's files cannot be listed", () => {
    const closed = createFakeDisk("/p", {
      ...tree,
      "/p/.scalpel": { kind: "folder", isClosed: true },
    });
    assertEquals(factOf("file_write", ["two.txt"], "two.txt", closed).hardLinkOf, ".scalpel");
    const { "/p/.scalpel/policy.yaml": _, ...without } = tree;
    const none = createFakeDisk("/p", without);
    assertEquals(factOf("file_write", ["two.txt"], "two.txt", none).hardLinkOf, null);
  });

  it("says when there is too much below, and not that there is nothing", () => {
    const many = Object.fromEntries(
      Array.from(
        { length: maxFolderEntries + 1 },
        (_, i) => [`/p/big/${i}`, { kind: "file", bytes: 0 }] as const,
      ),
    );
    const big = createFakeDisk("/p", many);
    assertEquals(factOf("file_delete", ["big"], "big", big).isBelowWhole, false);
    assertEquals(factOf("file_copy", ["big", "new"], "new", big).isBelowWhole, false);
    // What holds the root needs no listing to be denied.
    const root = factOf("file_delete", ["."], ".", big);
    assertEquals([root.below, root.isBelowWhole], [[], true]);
  });

  it("asks the disk once for each folder, whatever it is called", () => {
    const listed: string[] = [];
    const counting: Disk = {
      ...disk,
      listBelow: (folder, limit) => {
        listed.push(folder);
        return disk.listBelow(folder, limit);
      },
    };
    gather("file_delete", ["dir", "dir/", "./dir", "to-dir", "dir/a/.."], limitListings(counting));
    assertEquals(listed, ["/p/dir"]);
  });

  it("counts bytes of content in UTF-8, and none where there is none", () => {
    const asked = { type: "file_write", affected_files: ["a"] };
    const bytes = (content?: string) => {
      const operation = parseOperation({ ...asked, content });
      return gatherFacts(operation, planEffects(operation, new Map()), { disk, measureComplexity })
        .contentBytes;
    };
    assertEquals([bytes("\u00e9"), bytes(""), bytes()], [2, 0, null]);
  });
});
