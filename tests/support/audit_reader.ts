/** A process that only verifies: `audit_reader.ts FOLDER` writes the verdict. */
import { verifyAuditFile } from "../../src/adapter/audit/audit_report.ts";
import { auditOptions } from "./audit_folder.ts";

const { verdict } = await verifyAuditFile(auditOptions(Deno.args[0] ?? ""));
Deno.stdout.writeSync(new TextEncoder().encode(`${verdict}\n`));
