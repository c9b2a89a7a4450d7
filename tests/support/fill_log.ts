/** Fills an install's log from outside, as fast as the adapter goes: for tests of sizes. */
import { openAuditFile } from "../../src/adapter/audit_file.ts";
import { nowMicros } from "../../src/adapter/clock.ts";
import { KeyRing } from "../../src/core/audit/key_ring.ts";
import type { NewEvent } from "../../src/core/audit/entry.ts";
import { hmacSha256, sha256 } from "../../src/core/integrity/sha256.ts";
import { parseSecret } from "../../src/core/integrity/parse_secret.ts";
import type { Project } from "./sealward.ts";

/** Appends `count` entries of about `bytes` each. */
export async function fillLog(project: Project, count: number, bytes: number): Promise<void> {
  const state = project.stateFolder();
  const record = JSON.parse(Deno.readTextFileSync(`${state}/install.json`));
  const secret = parseSecret(Deno.readFileSync(`${state}/keys/audit.key`), {
    name: "key",
    minBytes: 32,
  });
  const file = await openAuditFile({
    logPath: project.path(".scalpel/audit.log"),
    sidePath: project.path(".scalpel/audit.log.d"),
    markPath: `${state}/log`,
    ring: KeyRing.ofRoots([secret], record.log_id, hmacSha256),
    logId: record.log_id,
    fingerprint: record.fingerprint,
    isForwardSecure: false,
    nowMicros,
    sha256,
    hmac: hmacSha256,
  });
  const note: NewEvent = {
    type: "NOTE",
    severity: "LOW",
    details: { text: "x".repeat(bytes - 290) },
  };
  for (let left = count; left > 0; left -= 200) {
    const events = Array<NewEvent>(Math.min(left, 200)).fill(note);
    await file.transact(() => ({ events, result: null }));
  }
  await file.close();
}
