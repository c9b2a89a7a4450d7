/**
 * Fills the disk that FOLDER is on, step by step, under a log: `audit_full_disk.ts FOLDER`. Writes one
 * word for each step: what an append came to.
 */
import { createAuditFiles } from "../../src/adapter/audit/audit_create.ts";
import { openAuditFile } from "../../src/adapter/audit/audit_file.ts";
import type { RoomUse } from "../../src/adapter/audit/audit_reserve.ts";
import { verifyAuditFile } from "../../src/adapter/audit/audit_report.ts";
import { EngineError } from "../../src/core/errors.ts";
import { auditOptions } from "./audit_folder.ts";

const folder = Deno.args[0] ?? "";
const options = auditOptions(folder);
const say = (text: unknown) => Deno.stdout.writeSync(new TextEncoder().encode(`${text}\n`));
const details = { text: "x".repeat(4_000) };

async function attempt(act: () => Promise<unknown>): Promise<string> {
  try {
    await act();
    return "ok";
  } catch (error) {
    return error instanceof EngineError ? error.code : String(error);
  }
}

/** One process after the other, as far as the log can tell. */
async function append(use: RoomUse = {}): Promise<string> {
  return await attempt(async () => {
    const file = await openAuditFile(options);
    try {
      const event = { type: "NOTE", severity: "LOW", details } as const;
      await file.transact(() => ({ events: [event], result: null }), use);
    } finally {
      await file.close();
    }
  });
}

async function rotate(use: RoomUse = {}): Promise<string> {
  return await attempt(async () => {
    const file = await openAuditFile(options);
    try {
      await file.rotate(null, use);
    } finally {
      await file.close();
    }
  });
}

function fill(): void {
  const file = Deno.openSync(`${folder}/filler`, { create: true, append: true });
  try {
    for (;;) file.writeSync(new Uint8Array(4_096));
  } catch {
    // Full.
  } finally {
    file.close();
  }
}

createAuditFiles({ ...options, genesis: {} });
say(await append());
fill();
say(await append());
say(await append());
say(await append({ isOptional: true }));
fill();
say(await append());
fill();
say(await append());
say(await rotate());
say(await append({ usesReserve: true }));
say(await rotate({ usesReserve: true }));
say(await append());
say((await verifyAuditFile(options)).verdict);
Deno.removeSync(`${folder}/filler`);
say(await append({ isOptional: true }));
say((await verifyAuditFile(options)).verdict);
