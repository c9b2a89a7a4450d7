/**
 * install.json in the state folder: what an install knows about itself, outside the workspace.
 *
 * @module
 */
import type { Layout } from "../adapter/layout.ts";
import { EngineError } from "../core/errors.ts";
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
 * @throws {EngineError} `not_initialized` when there is none, or one that is not ours.
 */
export function readInstallRecord(layout: Layout): InstallRecord {
  let text: string;
  try {
    text = Deno.readTextFileSync(layout.recordPath);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) {
      throw new EngineError("audit_unreadable", "Cannot read the install record", { cause: error });
    }
    throw new EngineError("not_initialized", `No install knows the root "${layout.root}"`, {
      hint: "run `sealward init` there",
      cause: error,
    });
  }
  const record = parseStrictJson(text, { code: "not_initialized" });
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

function isRecord(value: unknown): value is InstallRecord {
  if (typeof value !== "object" || value === null) return false;
  const record = value as Record<string, unknown>;
  return record["version"] === 1 && fields.every((name) => typeof record[name] === "string") &&
    /^[0-9a-f]{32}$/.test(String(record["log_id"]));
}
