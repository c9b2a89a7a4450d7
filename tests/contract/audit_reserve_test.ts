/** The reserves of a log on a disk with room; what a full one brings is in tests/system. */
import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { openAuditFile } from "../../src/adapter/audit/audit_file.ts";
import { fullDiskCause, ShortWriteError } from "../../src/adapter/audit/audit_full_disk.ts";
import { readRoom, reservePath } from "../../src/adapter/audit/audit_reserve.ts";
import { unwritable } from "../../src/adapter/audit/audit_unwritable.ts";
import { verifyAuditFile } from "../../src/adapter/audit/audit_report.ts";
import { lastReserveBytes, reserveBytes } from "../../src/core/limits.ts";
import { append, inFolder, makeLog, note, readAll } from "../support/audit_folder.ts";

describe("reserves", () => {
  const losses: readonly [string, (path: (index: 0 | 1) => string) => void, readonly string[]][] = [
    ["the first", (path) => Deno.removeSync(path(0)), ["reserve.0"]],
    ["the second", (path) => Deno.removeSync(path(1)), ["reserve.1"]],
    ["both", (path) => [path(0), path(1)].forEach((one) => Deno.removeSync(one)), [
      "reserve.0",
      "reserve.1",
    ]],
    ["half of the second", (path) => Deno.truncateSync(path(1), lastReserveBytes), ["reserve.1"]],
  ];
  for (const [name, lose, remade] of losses) {
    it(`FLT-03 are made anew where ${name} is gone, and the log says which`, () =>
      inFolder(async (folder) => {
        const options = await makeLog(folder, 1);
        const path = (index: 0 | 1) => reservePath(options.sidePath, index);
        assertEquals(readRoom(options.sidePath), "enough");
        lose(path);
        const file = await openAuditFile(options);
        await append(file, note);
        await append(file, note);
        const [entry, ...more] = (await readAll(file)).filter(({ type }) =>
          type === "audit.space_restored"
        );
        assertEquals([entry?.details["remade"], more.length], [remade, 0]);
        await file.close();
        assertEquals([0, 1].map((i) => Deno.statSync(path(i as 0 | 1)).size), [
          reserveBytes,
          reserveBytes,
        ]);
        assertEquals((await verifyAuditFile(options)).verdict, "OK-UNANCHORED");
      }));
  }

  it("FLT-03 are given up for a full disk or quota, and for nothing else", () => {
    const coded = (code: string) => Object.assign(new Error("x"), { code });
    const quota = Deno.build.os === "darwin" ? 69 : 122;
    const rows: readonly [unknown, string | null][] = [
      [coded("ENOSPC"), "ENOSPC"],
      [unwritable(coded("ENOSPC")), "ENOSPC"],
      [unwritable(unwritable(new ShortWriteError("wrote 3 of 5 bytes"))), "short_write"],
      [new Error(`Disk quota exceeded (os error ${quota})`), "EDQUOT"],
      [coded("EFBIG"), null],
      [coded("EIO"), null],
      [unwritable("it was closed"), null],
      ["ENOSPC", null],
    ];
    for (const [error, cause] of rows) assertEquals(fullDiskCause(error), cause, String(error));
  });
});
