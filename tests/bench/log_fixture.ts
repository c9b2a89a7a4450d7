import { createAuditFiles } from "../../src/adapter/audit/audit_create.ts";
import { nowMicros } from "../../src/adapter/clock.ts";
import { hmacSha256, sha256 } from "../../src/core/integrity/sha256.ts";
import { type AuditFile, openAuditFile } from "../../src/adapter/audit/audit_file.ts";
import type { AuditOptions } from "../../src/adapter/audit/audit_options.ts";
import { KeyRing } from "../../src/core/audit/key_ring.ts";
import type { NewEvent } from "../../src/core/audit/entry.ts";

const logId = "a0a1a2a3a4a5a6a7a8a9aaabacadaeaf";

/** About 290 bytes a line, as a short decision has. */
export const sampleEvent: NewEvent = {
  type: "POLICY_CHECK",
  severity: "LOW",
  details: { operation: "file_write", file: "src/app.ts" },
};

/** A log in a temporary folder. */
export class LogFixture implements Disposable {
  readonly folder = Deno.makeTempDirSync({ prefix: "sealward-bench-" });
  readonly options: AuditOptions = {
    logPath: `${this.folder}/audit.log`,
    sidePath: `${this.folder}/audit.log.d`,
    markPath: `${this.folder}/mark`,
    ring: KeyRing.ofRoots([crypto.getRandomValues(new Uint8Array(32))], logId, hmacSha256),
    logId,
    fingerprint: null,
    isForwardSecure: false,
    nowMicros,
    sha256,
    hmac: hmacSha256,
  };

  constructor() {
    createAuditFiles({ ...this.options, genesis: {} });
  }

  open(): Promise<AuditFile> {
    return openAuditFile(this.options);
  }

  /** Appends in batches of 1,000. */
  async fill(entries: number): Promise<void> {
    const file = await this.open();
    for (let left = entries; left > 0; left -= 1_000) {
      const events = Array.from({ length: Math.min(left, 1_000) }, () => sampleEvent);
      await file.transact(() => ({ events, result: null }));
    }
    await file.close();
  }

  [Symbol.dispose](): void {
    Deno.removeSync(this.folder, { recursive: true });
  }
}
