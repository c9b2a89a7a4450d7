/**
 * What an install tells outsiders of its log: signed checkpoints, and proofs of single entries.
 *
 * @module
 */
import { decodeBase64 } from "@std/encoding/base64";
import type { AuditFile } from "../adapter/audit/audit_file.ts";
import type { AuditOptions } from "../adapter/audit/audit_options.ts";
import { type LogTree, readLogTree } from "../adapter/audit/audit_tree.ts";
import { readPrivateFile } from "../adapter/key_store.ts";
import type { Layout } from "../adapter/layout.ts";
import { sealPermissions } from "../adapter/permissions.ts";
import { encodeCheckpoint, encodeOrigin } from "../core/audit/checkpoint.ts";
import { encodeTlogProof } from "../core/audit/tlog_proof.ts";
import { EngineError } from "../core/errors.ts";
import { encodeBase64 } from "@std/encoding/base64";
import { signNote } from "../core/integrity/signed_note.ts";
import { findLayout, type Surroundings } from "./environment.ts";
import type { InstallRecord } from "./install_record.ts";
import { auditOptions, openLog } from "./open_install.ts";

/** An open log with what signs for it, sealed but for the log itself. */
interface Signer {
  readonly audit: AuditFile;
  readonly options: AuditOptions;
  readonly principal: string;
  readonly note: (tree: Pick<LogTree, "size" | "root">) => string;
}

/**
 * A signed checkpoint of the log as it is; an entry says that it was given out.
 *
 * @returns The note, whole.
 * @throws {EngineError} What opening the log throws; `audit_tampered` when it does not verify.
 */
export async function checkpointLog(
  surroundings: Surroundings,
  root: string | null,
): Promise<string> {
  const signer = await openSigner(surroundings, root);
  try {
    const tree = await readLogTree(signer.options);
    const note = signer.note(tree);
    const { principal } = signer;
    const details = { size: tree.size, root: encodeBase64(tree.root), principal };
    const event = { type: "audit.checkpoint", severity: "LOW", details } as const;
    await signer.audit.transact(() => ({ events: [event], result: null }));
    return note;
  } finally {
    await signer.audit.close();
  }
}

/**
 * A proof that one entry is in the log, its line included.
 *
 * @param seq Of the entry.
 * @returns The text of a C2SP tlog-proof.
 * @throws {EngineError} `usage` when there is no such entry; else as checkpointLog.
 */
export async function proveEntry(
  surroundings: Surroundings,
  root: string | null,
  seq: number,
): Promise<string> {
  const signer = await openSigner(surroundings, root);
  try {
    const tree = await readLogTree(signer.options, seq);
    if (tree.line === null || tree.path === null) throw noEntry(seq, tree.size);
    const { line, path } = tree;
    return encodeTlogProof({ index: seq, hashes: path, extra: line, note: signer.note(tree) });
  } finally {
    await signer.audit.close();
  }
}

function noEntry(seq: number, size: number): EngineError {
  return seq < size
    ? new EngineError("usage", `Cannot prove entry ${seq}: it was pruned, or its key is not here`, {
      hint: "the archive has segments that were pruned; see `sealward audit verify`",
    })
    : new EngineError("usage", `Cannot prove entry ${seq}: there is none yet`, {
      hint: `the newest is ${size - 1}`,
    });
}

async function openSigner(surroundings: Surroundings, root: string | null): Promise<Signer> {
  const layout = findLayout(surroundings, root);
  const { openSigningKey } = await import("../adapter/signing_key.ts");
  const pem = readPrivateFile(`${layout.keysFolder}/checkpoint.pem`, {
    workspace: layout.root,
    uid: surroundings.uid,
  });
  const { audit, record, secret } = await openLog(surroundings, layout);
  const { sign } = openSigningKey(new TextDecoder().decode(pem));
  sealFor(layout);
  const origin = encodeOrigin(record.log_id);
  return {
    audit,
    options: auditOptions(layout, record, secret),
    principal: surroundings.uid === null ? "user" : `uid:${surroundings.uid}`,
    note: ({ size, root }) =>
      signNote(encodeCheckpoint({ origin, size, root }), {
        name: origin,
        publicKey: publicKeyOf(record),
        sign,
      }),
  };
}

function publicKeyOf({ public_key }: InstallRecord): Uint8Array {
  return decodeBase64(public_key);
}

function sealFor({ logPath, sidePath, markFolder }: Layout): void {
  sealPermissions({ writable: [logPath, sidePath, markFolder], keepsNet: false });
}
