/**
 * A process that appends, closes the segment and appends again: `audit_rotate_worker.ts FOLDER KIND`.
 * Writes a line with the sequence number of each entry it was given a receipt for.
 */
import { openAuditFile } from "../../src/adapter/audit/audit_file.ts";
import { EngineError } from "../../src/core/errors.ts";
import { changeOf, type Rotation, rotationOptions } from "./rotation_log.ts";

const [folder = "", kind = "plain"] = Deno.args;
const say = (text: string) => Deno.stdout.writeSync(new TextEncoder().encode(`${text}\n`));

try {
  const file = await openAuditFile(rotationOptions(folder, kind as Rotation));
  const append = async () => {
    const { receipts } = await file.transact(() => ({
      events: [{ type: "NOTE", severity: "LOW", details: { text: "x" } }],
      result: null,
    }));
    say(`ack ${receipts[0]?.seq}`);
  };
  for (let i = 0; i < 2; i++) await append();
  await file.rotate(changeOf(kind as Rotation));
  for (let i = 0; i < 2; i++) await append();
  await file.close();
} catch (error) {
  say(error instanceof EngineError ? error.code : String(error));
  Deno.exit(1);
}
