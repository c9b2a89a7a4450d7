/**
 * A process that appends to a log: `audit_worker.ts FOLDER COUNT [BYTES]`. Writes one line with the
 * sequence number for each entry it was given a receipt for, or the code of the failure that ended
 * it; COUNT 0 goes on for ever.
 */
import { openAuditFile } from "../../src/adapter/audit/audit_file.ts";
import { EngineError } from "../../src/core/errors.ts";
import { auditOptions } from "./audit_folder.ts";

const [folder = "", count = "0", bytes = "10"] = Deno.args;
const say = (text: string) => Deno.stdout.writeSync(new TextEncoder().encode(`${text}\n`));

try {
  const file = await openAuditFile(auditOptions(folder));
  const details = { pid: Deno.pid, text: "x".repeat(Number(bytes)) };
  for (let i = 0; Number(count) === 0 || i < Number(count); i++) {
    const { receipts } = await file.transact(() => ({
      events: [{ type: "NOTE", severity: "LOW", details: { ...details, i } }],
      result: null,
    }));
    say(String(receipts[0]?.seq));
  }
  await file.close();
} catch (error) {
  say(error instanceof EngineError ? error.code : String(error));
}
