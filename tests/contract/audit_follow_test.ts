import { assert, assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { openAuditFile } from "../../src/adapter/audit/audit_file.ts";
import { followAuditFile } from "../../src/adapter/audit/audit_follow.ts";
import type { AuditOptions } from "../../src/adapter/audit/audit_options.ts";
import type { AuditFollower } from "../../src/core/audit/audit_port.ts";
import { append, codeOf, inFolder, makeLog, note } from "../support/audit_folder.ts";

async function readNew(follower: AuditFollower): Promise<readonly number[]> {
  return (await Array.fromAsync(follower.readNew())).map(({ seq }) => seq);
}

async function grow(options: AuditOptions, rotations = 0): Promise<void> {
  const file = await openAuditFile(options);
  for (let i = 0; i < rotations; i++) assert(await file.rotate());
  await append(file, note);
  await file.close();
}

describe("followAuditFile()", () => {
  it("gives each entry once, through rotations", async () => {
    await inFolder(async (folder) => {
      const options = await makeLog(folder, 2);
      const follower = followAuditFile(options);
      assertEquals(await readNew(follower), [0, 1, 2]);
      assertEquals(await readNew(follower), []);
      await grow(options);
      assertEquals(await readNew(follower), [3]);
      await grow(options, 1);
      assertEquals(await readNew(follower), [4, 5, 6]);
      await grow(options, 2);
      assertEquals(await readNew(follower), [7, 8, 9, 10, 11]);
      assertEquals(await readNew(follower), []);
    });
  });
  const spoils: readonly [string, string, (options: AuditOptions) => void][] = [
    ["A2 a cut end", "audit_rollback", ({ logPath }) => {
      const lines = Deno.readTextFileSync(logPath).split("\n").slice(0, -2);
      Deno.writeTextFileSync(logPath, `${lines.join("\n")}\n`);
    }],
    ["A1 a last line that is another", "audit_tampered", ({ logPath }) => {
      const text = Deno.readTextFileSync(logPath);
      const last = text.at(-4) === "0" ? "1" : "0";
      Deno.writeTextFileSync(logPath, `${text.slice(0, -4)}${last}"}\n`);
    }],
    ["A1 a forged line behind the end", "audit_tampered", ({ logPath }) => {
      const lines = Deno.readTextFileSync(logPath).split("\n");
      Deno.writeTextFileSync(logPath, `${lines.at(-2)}\n`, { append: true });
    }],
    ["AUD-09 a log that is gone", "audit_missing", ({ logPath }) => Deno.removeSync(logPath)],
  ];
  for (const [name, code, spoil] of spoils) {
    it(`ends at ${name}`, async () => {
      await inFolder(async (folder) => {
        const options = await makeLog(folder, 3);
        const follower = followAuditFile(options);
        await readNew(follower);
        spoil(options);
        assertEquals(await codeOf(() => readNew(follower)), code);
        assertEquals(await codeOf(() => readNew(follower)), code);
      });
    });
  }
  it("A2 ends at another log that verifies, as long or longer", async () => {
    for (const count of [3, 9]) {
      await inFolder(async (folder) => {
        const options = await makeLog(folder, 3);
        const follower = followAuditFile(options);
        await readNew(follower);
        Deno.removeSync(`${folder}/work`, { recursive: true });
        Deno.removeSync(`${folder}/state`, { recursive: true });
        Deno.mkdirSync(`${folder}/work`);
        await makeLog(folder, count);
        const code = await codeOf(() => readNew(follower));
        assert(["audit_rollback", "audit_tampered"].includes(code), code);
      });
    }
  });
});
