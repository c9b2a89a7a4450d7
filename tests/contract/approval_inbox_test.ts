import { assertEquals, assertStringIncludes } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { readApprovalInbox } from "../../src/adapter/approval_inbox.ts";

const rules = { agentUid: null, isWanted: () => true };

describe("readApprovalInbox()", () => {
  it("BIND-13 takes nothing from a folder in a place everybody can write", () => {
    const folder = Deno.realPathSync(Deno.makeTempDirSync({ prefix: "sealward-", dir: "/tmp" }));
    try {
      const path = `${folder}/${"0".repeat(32)}.approval`;
      Deno.writeTextFileSync(path, "text");
      Deno.writeTextFileSync(`${path}.sig`, "signature");
      const { found, skipped } = readApprovalInbox(folder, rules);
      assertEquals(found, []);
      assertEquals(skipped.length, 1);
      assertEquals(skipped[0]?.path, "/tmp");
      assertStringIncludes(skipped[0]?.why ?? "", "others can write it");
      assertEquals(Deno.readTextFileSync(path), "text", "nothing is deleted");
    } finally {
      Deno.removeSync(folder, { recursive: true });
    }
  });

  it("takes nothing from a path that says less than where it leads, and never throws", () => {
    for (
      const folder of ["", "inbox", "./inbox", "/srv/../tmp", "/./", "/a/..", "/", "\0", "/\0"]
    ) {
      const { found, skipped } = readApprovalInbox(folder, rules);
      assertEquals([found.length, skipped.length], [0, 1], folder);
    }
  });
});
