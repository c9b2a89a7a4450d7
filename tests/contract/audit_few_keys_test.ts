/**
 * Logs of which some keys are not at hand: what can still be said, and that nothing changed passes
 * for merely unverifiable. The engine and the second reader, on random edits too.
 */
import { assert, assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { rootSecret } from "../support/audit_log.ts";
import { applyEdits } from "../support/log_edit.ts";
import {
  buildFiles,
  type LabInput,
  LogLab,
  secondSecret,
  segmentName,
  withFile,
} from "../support/log_lab.ts";
import { randomEdit } from "../support/random_edit.ts";
import { chooseSeed, seeded } from "../support/seeded.ts";

const plain = await buildFiles({ closed: 2, notes: 1 });
const changed = await buildFiles({ closed: 2, notes: 1, keyChangeAt: 2 });
const early = await buildFiles({ closed: 2, notes: 1, keyChangeAt: 1 });

const cases = [
  ["K- only the newest epoch's secret", plain, { epoch: 2 }],
  ["K- the last but one", plain, { epoch: 1 }],
  ["AUD-11 only the newer of two root secrets", changed, { rootSecrets: [secondSecret] }],
  ["AUD-11 only the newer, of two segments", early, { rootSecrets: [secondSecret] }],
  ["AUD-11 only the older of two root secrets", changed, { rootSecrets: [rootSecret] }],
] as const satisfies readonly (readonly [string, unknown, LabInput])[];

describe("a log walked by threads", () => {
  const all = [
    ["all keys", changed, { rootSecrets: [secondSecret, rootSecret] }],
    ...cases,
  ] as const;
  for (const [name, files, input] of all) {
    it(`AUD-34 ${name}: says the same as a walk in order`, async () => {
      using lab = await LogLab.create({ ...input });
      const draw = seeded(chooseSeed(`threads, ${name}`));
      for (let i = 0; i < 10; i++) {
        const edited = applyEdits(files, [randomEdit(files, draw), randomEdit(files, draw)]);
        assertEquals(await lab.engineInThreads(edited), await lab.engine(edited));
      }
    });
  }
});

const mild = ["UNVERIFIABLE", "UNCLEAN-END", "FRONT-PRUNED"];

describe("a log of which some keys are not here", () => {
  for (const [name, files, input] of cases) {
    it(`${name}: unverifiable, and what later entries name is still found`, async () => {
      using lab = await LogLab.create(input);
      const isOlder = name.includes("only the older");
      const { verdict } = await lab.agree(files, name);
      assertEquals(verdict, "UNVERIFIABLE");
      const bytes = files.get(segmentName(0)) ?? new Uint8Array();
      for (let at = 0; at < bytes.length; at += 31) {
        const damaged = Uint8Array.from(bytes, (byte, i) => i === at ? byte ^ 1 : byte);
        const found = await lab.agree(withFile(files, segmentName(0), damaged), `byte ${at}`);
        // Whose key is here is verified; of the others the hash is, by who comes after.
        // Of its first line, unreadable, nothing is known when no head or mark is ours.
        const isOurs = !isOlder || at > bytes.indexOf(0x0a) || found.kind === "mac";
        assertEquals(found.verdict, isOurs ? "TAMPERED" : "UNVERIFIABLE", `byte ${at}`);
        assertEquals(found.segment, 0, `byte ${at}`);
      }
    });
    it(`AUD-34 ${name}: both readers agree on random edits`, async () => {
      using lab = await LogLab.create(input);
      const draw = seeded(chooseSeed(name));
      for (let i = 0; i < 250; i++) {
        const edits = Array.from({ length: 1 + draw(2) }, () => randomEdit(files, draw));
        const edited = applyEdits(files, edits);
        const { verdict } = await lab.agree(edited, JSON.stringify(edits));
        assert(!verdict.startsWith("OK"), `${verdict}: ${JSON.stringify(edits)}`);
        // Where the newest key is here, it speaks for all older files.
        if (name.includes("only the older") || !mild.includes(verdict)) continue;
        for (const closed of [segmentName(0), segmentName(1)]) {
          assertEquals(edited.get(closed), files.get(closed), JSON.stringify(edits));
        }
      }
    });
  }
});
