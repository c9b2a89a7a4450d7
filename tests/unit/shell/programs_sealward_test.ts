/** The engine's own commands: what an agent may run of them, and what is a human's. */
import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { parseRows, renderUse, useOf } from "./program_use_text.ts";

const rows = parseRows(String.raw`
sealward policy verify --key k.pub =>
sealward policy lint =>
sealward policy accept --yes => write:.scalpel/policy.yaml
sealward policy sign --key k --yes => write:.scalpel/policy.manifest.json write:.scalpel/policy.manifest.json.sig
sealward policy sign --prepare => write:.scalpel/policy.manifest.json write:.scalpel/policy.manifest.json.sig
sealward --root r policy sign --key k => write:.scalpel/policy.manifest.json write:.scalpel/policy.manifest.json.sig in=r
sealward policy keygen k => unverified
sealward policy keygen k --comment c => unverified
`);

describe("sealward in a command line", () => {
  it("reads every row of the table", () => assertEquals(rows.length, 8));
  for (const [command, wanted] of rows) {
    it(command, () => assertEquals(renderUse(useOf(command)), wanted));
  }
});
