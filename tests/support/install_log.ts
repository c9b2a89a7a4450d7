/** The log of an install, as its own engine would open it. */
import type { AuditOptions } from "../../src/adapter/audit/audit_options.ts";
import { nowMicros } from "../../src/adapter/clock.ts";
import { KeyRing } from "../../src/core/audit/key_ring.ts";
import { parseSecret } from "../../src/core/integrity/parse_secret.ts";
import { hmacSha256, sha256 } from "../../src/core/integrity/sha256.ts";
import type { Project } from "./sealward.ts";

export function installLog(project: Project): AuditOptions {
  const state = project.stateFolder();
  const record = JSON.parse(Deno.readTextFileSync(`${state}/install.json`));
  const secret = parseSecret(Deno.readFileSync(`${state}/keys/audit.key`), {
    name: "key",
    minBytes: 32,
  });
  return {
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
  };
}
