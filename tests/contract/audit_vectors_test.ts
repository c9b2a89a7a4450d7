import { assert, assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { decodeHex } from "@std/encoding/hex";
import {
  type AuditVectors,
  buildAuditVectors,
  encodeAuditVectors,
  filesOf,
  vectorPath,
} from "../support/audit_vectors.ts";
import { createReader } from "../support/independent_verifier.ts";
import { Secrets } from "../support/independent/secrets.ts";
import { deriveOrigin } from "../support/independent/secrets.ts";
import { applyEdits } from "../support/log_edit.ts";

const text = Deno.readTextFileSync(vectorPath);
const vectors: AuditVectors = JSON.parse(text);
const secrets = vectors.root_secrets_hex.map((digits) => Uint8Array.from(decodeHex(digits)));

describe("tests/vectors/audit/segments.json", () => {
  it("AUD-34 is what scripts/make_audit_vectors.ts writes: the engine agrees with each case", async () => {
    const isSame = encodeAuditVectors(await buildAuditVectors()) === text;
    assert(isSame, "run scripts/make_audit_vectors.ts, and look at what it changes");
  });
  it("AUD-34 has a verdict of the second reader for each case", async () => {
    assertEquals(vectors.cases.length, vectors.count);
    assert(vectors.count >= 60);
    const files = filesOf(vectors);
    for (const { name, edits, anchors, secrets: at, fingerprint, ...wanted } of vectors.cases) {
      const rootSecrets = at.map((i) => secrets[i]).filter((one) => one !== undefined);
      const judge = await createReader({ rootSecrets, logId: vectors.log_id, fingerprint });
      const { verdict, kind, segment, seq } = await judge(applyEdits(files, edits), anchors);
      assertEquals({ verdict, kind, segment, seq }, wanted, name);
    }
  });
  it("K- has the keys that WebCrypto derives", async () => {
    for (const epoch of vectors.epochs) {
      const secret = secrets[Number(epoch["root_secret"])];
      assert(secret !== undefined);
      const ring = new Secrets([await deriveOrigin(secret, vectors.log_id)]);
      const keys = await ring.find(String(epoch["kid"]), Number(epoch["epoch"]));
      assertEquals(keys?.entryKey, Uint8Array.from(decodeHex(String(epoch["entry_key_hex"]))));
      assertEquals(keys?.headKey, Uint8Array.from(decodeHex(String(epoch["head_key_hex"]))));
      assertEquals(keys?.commitment, epoch["commitment"]);
    }
  });
});
