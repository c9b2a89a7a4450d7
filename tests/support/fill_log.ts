/** Fills an install's log from outside, as fast as the adapter goes: for tests of sizes. */
import { openAuditFile } from "../../src/adapter/audit/audit_file.ts";
import type { NewEvent } from "../../src/core/audit/entry.ts";
import { installLog } from "./install_log.ts";
import type { Project } from "./sealward.ts";

/** Appends `count` entries of about `bytes` each. */
export async function fillLog(project: Project, count: number, bytes: number): Promise<void> {
  const file = await openAuditFile(installLog(project));
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
