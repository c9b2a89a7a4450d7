/**
 * install.json in the state folder: what an install knows about itself, outside the workspace.
 *
 * @module
 */
import type { Guard, Layout } from "../adapter/layout.ts";
import { openPlainFile, PlainFileError, readLimited } from "../adapter/plain_file.ts";
import { EngineError, oneLine } from "../core/errors.ts";
import { parseStrictJson } from "../core/strict_json.ts";

export interface InstallRecord {
  readonly version: 1;
  readonly root: string;
  readonly log_id: string;
  /** SHA-256 of the log's genesis line, hex. */
  readonly fingerprint: string;
  /** Raw Ed25519 public key, base64. */
  readonly public_key: string;
  readonly created_at: string;
}

const fields = ["root", "log_id", "fingerprint", "public_key", "created_at"] as const;

/**
 * Reads the record of an install.
 *
 * @throws {EngineError} `not_initialized` when there is none, or one that is not ours; `wrong_user`
 *   when only the engine's user may open this install.
 */
export function readInstallRecord(layout: Layout): InstallRecord {
  requireEngineUser(layout);
  const record = parseStrictJson(readRecordText(layout), { code: "not_initialized" });
  if (!isRecord(record) || record.root !== layout.root) {
    throw new EngineError(
      "not_initialized",
      "Cannot use the install record: it is not this root's",
      {
        hint: "the state folder was changed by hand: restore it from a backup",
      },
    );
  }
  return record;
}

/** @throws {EngineError} `wrong_user` when only another user may open this install. */
export function requireEngineUser({ guard }: Layout): void {
  if (guard?.isEngine === false) throw wrongUser(guard);
}

// SECURITY: root could, but would leave files in the log's folder that the engine cannot write.
function wrongUser({ engineUser, root }: Guard): EngineError {
  return new EngineError("wrong_user", `Only the user "${engineUser}" opens this guarded install`, {
    hint: `run: sudo -u ${engineUser} sealward ... --root ${oneLine(root || "/", 200)}`,
  });
}

/** More than a record ever takes. */
const maxRecordBytes = 65_536;

function readRecordText(layout: Layout): string {
  try {
    const { file } = openPlainFile(layout.recordPath, { read: true });
    try {
      return new TextDecoder().decode(readLimited(file, maxRecordBytes) ?? new Uint8Array());
    } finally {
      file.close();
    }
  } catch (error) {
    if (error instanceof PlainFileError && error.fault !== "missing") {
      throw new EngineError(
        "audit_unreadable",
        `Cannot read the install record: ${error.message}`,
        {
          hint: `look at ${layout.recordPath}`,
          cause: error,
        },
      );
    }
    throw new EngineError("not_initialized", `No install knows the root "${layout.root}"`, {
      hint: "run `sealward init` there",
      cause: error,
    });
  }
}

function isRecord(value: unknown): value is InstallRecord {
  if (typeof value !== "object" || value === null) return false;
  const record = value as Record<string, unknown>;
  return record["version"] === 1 && fields.every((name) => typeof record[name] === "string") &&
    /^[0-9a-f]{32}$/.test(String(record["log_id"]));
}
