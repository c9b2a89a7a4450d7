/**
 * The token of whoever answers requests over HTTP: made with an install, or added to an older one.
 *
 * @module
 */
import { encodeHex } from "@std/encoding/hex";
import { syncFolder } from "../adapter/audit/audit_disk.ts";
import type { Layout } from "../adapter/layout.ts";
import { randomBytes } from "../adapter/random.ts";
import { EngineError } from "../core/errors.ts";

/** Where it lies; an install made before there were approvers has none. */
export function approverTokenPath({ tokensFolder }: Pick<Layout, "tokensFolder">): string {
  return `${tokensFolder}/approver`;
}

/**
 * Writes a new random token, 0600, durably, for whoever owns the folder. A running server knows it
 * after its next start.
 *
 * @returns Its path.
 * @throws {EngineError} `already_initialized` when there is one: it is never replaced behind the
 *   back of who uses it; `output_unwritable`.
 */
export function createApproverToken(layout: Pick<Layout, "tokensFolder">): string {
  const path = approverTokenPath(layout);
  try {
    // createNew neither follows a planted link nor overwrites.
    Deno.writeTextFileSync(path, `${encodeHex(randomBytes(32))}\n`, {
      createNew: true,
      mode: 0o600,
    });
    giveToOwner(layout.tokensFolder, path);
    syncFolder(layout.tokensFolder);
  } catch (error) {
    throw refusalOf(path, error);
  }
  return path;
}

/** Root adds it for the engine's user of a guarded install, who must be able to read it. */
function giveToOwner(folder: string, path: string): void {
  const [wanted, got] = [Deno.lstatSync(folder), Deno.lstatSync(path)];
  if (wanted.uid === null || wanted.gid === null || wanted.uid === got.uid) return;
  Deno.chownSync(path, wanted.uid, wanted.gid);
}

function refusalOf(path: string, cause: unknown): EngineError {
  if (cause instanceof Deno.errors.AlreadyExists) {
    return new EngineError("already_initialized", `There is an approver's token: "${path}"`, {
      hint: "to replace it, remove the file first, and restart the server afterwards",
      cause,
    });
  }
  return new EngineError("output_unwritable", `Cannot write "${path}"`, {
    hint: "run as the user of the install, in a guarded one as root",
    cause,
  });
}
