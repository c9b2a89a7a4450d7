/** The stamp that spares reading the policy's bytes: what it must not miss. */
import { assertEquals, assertNotEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { openPolicyStamp } from "../../src/adapter/policy_stamp.ts";

const names = ["policy.yaml", "budget.yaml", "checks"];
/** Past the time in which times are not believed. */
const settle = () => new Promise((resolve) => setTimeout(resolve, 2_100));

async function withFolder(body: (folder: string) => Promise<void>): Promise<void> {
  const folder = Deno.makeTempDirSync({ prefix: "sealward-stamp-" });
  try {
    Deno.writeTextFileSync(`${folder}/policy.yaml`, "version");
    await body(folder);
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
}

describe("openPolicyStamp()", () => {
  it("RACE-04 believes no times that are fresh, and stays the same while nothing happens", () =>
    withFolder(async (folder) => {
      const stamp = openPolicyStamp(folder, names);
      assertEquals(stamp(), null);
      await settle();
      const first = stamp();
      assertNotEquals(first, null);
      assertEquals([stamp(), stamp()], [first, first]);
      Deno.writeTextFileSync(`${folder}/audit.log`, "beside it");
      assertEquals(stamp(), null, "a name came: fresh");
      await settle();
      assertEquals(stamp(), first, "of no input");
    }));

  it("finds what was missing and is there, at once and later", () =>
    withFolder(async (folder) => {
      await settle();
      for (const name of ["budget.yaml", "checks"]) {
        const stamp = openPolicyStamp(folder, names);
        const first = stamp();
        assertEquals([stamp(), first === null], [first, false]);
        if (name === "checks") Deno.mkdirSync(`${folder}/${name}`);
        else Deno.writeTextFileSync(`${folder}/${name}`, "");
        assertEquals(stamp(), null, "fresh");
        await settle();
        assertNotEquals(stamp(), first);
        Deno.removeSync(`${folder}/${name}`);
        await settle();
        assertEquals(stamp(), first, "gone again");
      }
    }));

  it("finds another mode, owner, file and folder", () =>
    withFolder(async (folder) => {
      await settle();
      const stamp = openPolicyStamp(folder, names);
      const first = stamp();
      Deno.chmodSync(`${folder}/policy.yaml`, 0o600);
      assertEquals(stamp(), null);
      await settle();
      assertNotEquals(stamp(), first);
      const second = stamp();
      Deno.renameSync(folder, `${folder}-away`);
      Deno.mkdirSync(folder);
      Deno.renameSync(`${folder}-away/policy.yaml`, `${folder}/policy.yaml`);
      Deno.removeSync(`${folder}-away`);
      await settle();
      assertNotEquals(stamp(), second);
    }));
});
