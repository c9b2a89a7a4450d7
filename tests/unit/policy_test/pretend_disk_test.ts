import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import fc from "../../support/fast_check.ts";
import { createPretendDisk } from "../../../src/core/policy_test/pretend_disk.ts";
import type { PretendFile } from "../../../src/core/policy_test/test_case.ts";
import { createFakeDisk, type FakeTree } from "../../support/fake_disk.ts";
import { root, tree } from "../../support/replay_worlds.ts";
import { chooseSeed } from "../../support/seeded.ts";

const base = createFakeDisk(root, {});

/** What a fake tree is in a test; hard links and closed folders cannot be pretended. */
function pretend(nodes: FakeTree): readonly PretendFile[] {
  return Object.entries(nodes).map(([at, node]): PretendFile => {
    const path = at.slice(root.length + 1);
    if (node.kind === "file") return { path, kind: "file", content: node.bytes };
    return node.kind === "link"
      ? { path, kind: "link", target: node.target }
      : { path, kind: "folder" };
  });
}

function plain(nodes: FakeTree): FakeTree {
  return Object.fromEntries(
    Object.entries(nodes).map(([path, node]) => {
      if (node.kind === "file") return [path, { kind: "file", bytes: node.bytes }];
      return [path, node.kind === "folder" ? { kind: "folder" } : node];
    }),
  );
}

/** Pipes cannot be pretended. */
const pretendable = tree.map((nodes): FakeTree =>
  Object.fromEntries(Object.entries(nodes).filter(([, { kind }]) => kind !== "pipe"))
);
const names = ["a", "b", "a/b", "a/c/../b", "./a/", "b/a/c", "..", "/p/root/a", "/", "x.env/b", ""];

describe("createPretendDisk()", () => {
  it("resolves and lists as a disk does", () => {
    const seed = chooseSeed("pretended disk");
    fc.assert(
      fc.property(pretendable, fc.constantFrom(null, "a", "b/a", "/p"), (given, cwd) => {
        const disk = createPretendDisk(pretend(given), base);
        const oracle = createFakeDisk(root, plain(given));
        for (const name of names) {
          const [got, wanted] = [disk.resolve(name, cwd), oracle.resolve(name, cwd)];
          assertEquals(
            { ...got, identity: null },
            { ...wanted, identity: null },
            `${name} ${seed}`,
          );
        }
        for (const folder of [root, `${root}/a`, "/"]) {
          const { kind, real } = disk.resolve(folder, null);
          if (kind !== "directory" || real !== folder) continue;
          assertEquals(
            disk.listBelow(folder, 99)?.toSorted(),
            oracle.listBelow(folder, 99)?.toSorted(),
          );
          assertEquals(disk.listNames(folder)?.toSorted(), oracle.listNames(folder)?.toSorted());
        }
      }),
      { numRuns: 300, seed },
    );
  });

  it("reads texts, through links, and nothing of what has only a size", () => {
    const disk = createPretendDisk([
      { path: "a", kind: "file", content: "x\u00e4" },
      { path: "l", kind: "link", target: "a" },
      { path: "n", kind: "file", content: 3 },
    ], base);
    const read = (name: string, max = 9) => disk.readBytes(`${root}/${name}`, max)?.length ?? null;
    assertEquals([read("a"), read("l"), read("n"), read("gone")], [3, 3, null, null]);
    assertEquals([read("a", 3), read("a", 2)], [3, null]);
    assertEquals(disk.listBelow(root, 2), null);
    assertEquals([disk.listNames(`${root}/a`), disk.listBelow("/gone", 9)], [null, null]);
  });

  it("lists a folder under the name of a link to it", () => {
    const disk = createPretendDisk([
      { path: "d/e/f", kind: "file", content: "" },
      { path: "l", kind: "link", target: "d" },
    ], base);
    assertEquals(disk.listBelow(`${root}/l`, 9), [`${root}/l/e`, `${root}/l/e/f`]);
    assertEquals(disk.listNames(`${root}/l`), ["e"]);
  });
});
