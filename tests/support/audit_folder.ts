/** A log on a real disk, in a folder of its own, as tests and their subprocesses open it. */
import { assertRejects } from "@std/assert";
import {
  type AuditFile,
  createAuditFile,
  openAuditFile,
} from "../../src/adapter/audit/audit_file.ts";
import { nowMicros } from "../../src/adapter/clock.ts";
import { hmacSha256, sha256 } from "../../src/core/integrity/sha256.ts";
import type { AuditOptions } from "../../src/adapter/audit/audit_options.ts";
import { KeyRing } from "../../src/core/audit/key_ring.ts";
import type { Entry, NewEvent, Receipt } from "../../src/core/audit/entry.ts";
import type { EngineState } from "../../src/core/audit/state.ts";
import { EngineError } from "../../src/core/errors.ts";
import { logId, rootSecret } from "./audit_log.ts";

/** Options for the log in `folder`: workspace and state are two folders in it. */
export function auditOptions(folder: string, changed: Partial<AuditOptions> = {}): AuditOptions {
  const id = changed.logId ?? logId;
  return {
    logPath: `${folder}/work/audit.log`,
    sidePath: `${folder}/work/audit.log.d`,
    markPath: `${folder}/state/log`,
    ring: KeyRing.ofRoots([rootSecret], id, hmacSha256),
    logId: id,
    fingerprint: null,
    isForwardSecure: false,
    nowMicros,
    sha256,
    hmac: hmacSha256,
    lockTimeoutMs: 20_000,
    ...changed,
  };
}

/** Runs `body` in a fresh folder with a workspace in it, and removes it after. */
export async function inFolder(body: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "audit-" });
  try {
    await Deno.mkdir(`${folder}/work`);
    await body(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

export const note: NewEvent = { type: "NOTE", severity: "LOW", details: { text: "x" } };

/** Appends events and answers with the state before them. */
export function append(
  file: AuditFile,
  ...events: readonly NewEvent[]
): Promise<{ readonly result: EngineState; readonly receipts: readonly Receipt[] }> {
  return file.transact(({ state }) => ({ events, result: state }));
}

/** A closed log of genesis and `count` notes. */
export async function makeLog(
  folder: string,
  count: number,
  changed: Partial<AuditOptions> = {},
): Promise<AuditOptions> {
  const options = auditOptions(folder, changed);
  const file = await createAuditFile({ ...options, genesis: { tool: "test" } });
  await append(file, ...Array<NewEvent>(count).fill(note));
  await file.close();
  return options;
}

/** Opens and closes again. */
export async function reopen(options: AuditOptions): Promise<void> {
  await (await openAuditFile(options)).close();
}

export async function readAll(file: AuditFile): Promise<readonly Entry[]> {
  const entries: Entry[] = [];
  for await (const entry of file.readVerified()) entries.push(entry);
  return entries;
}

/** The code `body` fails with; fails itself when it does not. */
export async function codeOf(body: () => Promise<unknown>): Promise<string> {
  return (await assertRejects(body, EngineError)).code;
}
