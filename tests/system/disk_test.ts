/** Read-only and limited disks: real ones, mounted where only the test sees them. */
import { assert, assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { binaryPath, type Outcome, Project } from "../support/sealward.ts";
import { SmallDisk } from "../support/small_disk.ts";

const check = ["check", "--type", "file_write", "--file", "src/app.ts", "--format", "json"];

function assertUnwritable({ exit, stdout }: Outcome): void {
  assertEquals(exit, 1, stdout);
  const answer = JSON.parse(stdout);
  assertEquals([answer.allowed, answer.error.code], [false, "audit_unwritable"]);
}

describe("check", () => {
  it("FLT-19 on a read-only disk: no allow, but the log still verifies", async () => {
    await using disk = await SmallDisk.mount("4m");
    await disk.init();
    await disk.shell('mount -o remount,ro "$0"');
    assertUnwritable(await disk.sealward(check));
    assertEquals(await disk.verdict(), "OK-UNANCHORED");
    await disk.shell('mount -o remount,rw "$0"');
    assertEquals((await disk.sealward(check)).exit, 0);
  });

  it("FLT-19 with a read-only state folder: no allow, but the log still verifies", async () => {
    await using disk = await SmallDisk.mount("4m");
    await disk.init();
    const state = disk.project.stateFolder();
    await disk.shell(`mount --bind ${state} ${state} && mount -o remount,bind,ro ${state}`);
    assertUnwritable(await disk.sealward(check));
    assertEquals(await disk.verdict(), "OK-UNANCHORED");
    await disk.shell(`umount ${state}`);
    assertEquals((await disk.sealward(check)).exit, 0);
  });

  // Within the entry, and before it: the runtime goes on after a short write, into SIGXFSZ.
  for (const spareBytes of [100, 0]) {
    it(`FLT-03 with ${spareBytes} bytes to its file size limit: no allow, no lost entry`, async () => {
      using project = new Project();
      await project.init();
      const { size } = Deno.statSync(project.path(".scalpel/audit.log"));
      const command = ["prlimit", `--fsize=${size + spareBytes}`, "--core=0", binaryPath];
      const { exit, stdout } = await project.run(check, { program: { name: "prlimit", command } });
      assert(exit === 1 || exit >= 128, `exit ${exit}`);
      assert(!stdout.includes('"allowed": true'), stdout);
      assertEquals((await project.run(["audit", "verify"])).exit, 0);
      assertEquals((await project.run(check)).exit, 0);
      const { value } = await project.json(["audit", "verify"]);
      assertEquals(value["verdict"], "OK-UNANCHORED");
    });
  }
});
