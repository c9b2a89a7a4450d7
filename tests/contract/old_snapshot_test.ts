import { assertEquals } from "@std/assert";
import { encodeHex } from "@std/encoding/hex";
import { canonicalize } from "@std/json/canonicalize";
import { describe, it } from "@std/testing/bdd";
import { openAuditFile } from "../../src/adapter/audit/audit_file.ts";
import type { NewEvent } from "../../src/core/audit/entry.ts";
import { emptyState } from "../../src/core/audit/state.ts";
import { sha256 } from "../../src/core/integrity/sha256.ts";
import { append, inFolder, makeLog, note } from "../support/audit_folder.ts";

/** As the version before outcomes wrote it; nothing in the log below leads to the 41. */
const old = {
  accepted: { at: "a", inputs: [], policy_digest: "sha256:aa", seq: 0, values_sha256: null },
  tamper: { denied: 41, policy_digest: "sha256:bb", since_seq: 1 },
  version: 1,
} as const;

describe("openAuditFile() on a log of the version before outcomes", () => {
  it("goes on from its snapshot, with nothing to wait for", () =>
    inFolder(async (folder) => {
      const options = await makeLog(folder, 2);
      const bytes = new TextEncoder().encode(canonicalize(old));
      const digest = encodeHex(sha256(bytes));
      Deno.writeFileSync(`${options.sidePath}/state/${digest}.json`, bytes);
      const snapshot: NewEvent = {
        type: "audit.state",
        severity: "LOW",
        details: { digest: `sha256:${digest}`, seq: 2 },
      };
      // The first writes the entry, the second finds it and names it in head and mark.
      for (const event of [snapshot, note]) {
        const file = await openAuditFile(options);
        await append(file, event);
        await file.close();
      }
      const pair = { correlation: "a".repeat(16), session: "b".repeat(8) };
      const details = { decision: "allow", expects_outcome: true, pair };
      const file = await openAuditFile(options);
      const { result } = await append(file, { type: "audit.decision", severity: "LOW", details });
      assertEquals(result, { ...emptyState, ...old });
      await file.close();
      const again = await openAuditFile(options);
      const { pending } = (await append(again)).result;
      assertEquals(pending, [{ seq: 5, ...pair }]);
      assertEquals((await again.verifyAll()).verdict, "OK-UNANCHORED");
      await again.close();
    }));
});
