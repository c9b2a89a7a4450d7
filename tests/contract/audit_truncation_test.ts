/** A log of two segments, cut at every byte. */
import { assert, assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { createAuditFile, openAuditFile } from "../../src/adapter/audit/audit_file.ts";
import type { AuditOptions } from "../../src/adapter/audit/audit_options.ts";
import { verifyAuditFile } from "../../src/adapter/audit/audit_report.ts";
import { segmentPath } from "../../src/adapter/audit/audit_segments.ts";
import { append, auditOptions, codeOf, inFolder, note, reopen } from "../support/audit_folder.ts";

async function makeTwoSegments(folder: string): Promise<AuditOptions> {
  const options = auditOptions(folder);
  const file = await createAuditFile({ ...options, genesis: {} });
  await append(file, note);
  await file.rotate();
  await append(file, note);
  await append(file, note);
  await file.close();
  return options;
}

/** Heads, marks and the log, to be put back. */
function slotsOf({ sidePath, markPath }: AuditOptions): ReadonlyMap<string, Uint8Array> {
  const paths = [0, 1].flatMap((slot) => [`${sidePath}/head.${slot}`, `${markPath}/mark.${slot}`]);
  return new Map(paths.map((path) => [path, Deno.readFileSync(path)]));
}

function put(files: ReadonlyMap<string, Uint8Array>): void {
  for (const [path, bytes] of files) Deno.writeFileSync(path, bytes);
}

describe("a log cut at every byte", () => {
  it("AUD-02 AUD-05 A2: the newest segment is rolled back, and is never opened", () =>
    inFolder(async (folder) => {
      const options = await makeTwoSegments(folder);
      const whole = Deno.readFileSync(options.logPath);
      const lines = new TextDecoder().decode(whole).split("\n");
      for (let size = whole.length - 1; size >= 0; size--) {
        Deno.writeFileSync(options.logPath, whole.subarray(0, size));
        const { verdict, message } = await verifyAuditFile(options);
        assertEquals(verdict, "ROLLBACK", `${size} bytes: ${message}`);
        // Opening looks at less, and says the same.
        if (size % 16 > 0 && size > 200) continue;
        const code = await codeOf(() => reopen(options));
        assertEquals(code, "audit_rollback", `${size} bytes`);
        assertEquals(Deno.statSync(options.logPath).size, size, "nothing was written");
      }
      assertEquals(lines.length, 4);
    }));

  it("AUD-10 a closed segment is tampered with, and no entry of it is taken for good", () =>
    inFolder(async (folder) => {
      const options = await makeTwoSegments(folder);
      const path = segmentPath(options.sidePath, 0);
      const whole = Deno.readFileSync(path);
      Deno.chmodSync(path, 0o600);
      for (let size = whole.length - 1; size >= 0; size--) {
        Deno.writeFileSync(path, whole.subarray(0, size));
        const { verdict, segment, message } = await verifyAuditFile(options);
        assertEquals([verdict, segment], ["TAMPERED", 0], `${size} bytes: ${message}`);
      }
    }));

  it("A4 what no head names yet may end anywhere: torn, or a line shorter", () =>
    inFolder(async (folder) => {
      const options = await makeTwoSegments(folder);
      const known = Deno.readFileSync(options.logPath).length;
      const slots = slotsOf(options);
      const file = await openAuditFile(options);
      await append(file, note);
      await append(file, note);
      await file.close();
      const whole = Deno.readFileSync(options.logPath);
      for (let size = whole.length; size >= known; size--) {
        put(slots);
        Deno.writeFileSync(options.logPath, whole.subarray(0, size));
        const isLine = whole[size - 1] === 0x0a;
        const { verdict } = await verifyAuditFile(options);
        assertEquals(verdict, isLine ? "OK-UNANCHORED" : "UNCLEAN-END", `${size} bytes`);
        if (size % 16 > 0) continue;
        await reopen(options);
        assertEquals((await verifyAuditFile(options)).verdict, "OK-UNANCHORED", `${size} bytes`);
      }
      assert(whole.length > known + 200);
    }));

  it("AUD-06 a head slot or a mark cut at every byte: damaged, but its turn's other one speaks", () =>
    inFolder(async (folder) => {
      const options = await makeTwoSegments(folder);
      for (const [path, whole] of slotsOf(options)) {
        for (let size = 0; size < whole.length; size += 7) {
          Deno.writeFileSync(path, whole.subarray(0, size));
          const { verdict } = await verifyAuditFile(options);
          assertEquals(verdict, "OK-UNANCHORED", `${path}, ${size} bytes`);
        }
        Deno.writeFileSync(path, whole);
      }
    }));
});
