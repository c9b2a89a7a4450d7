/**
 * Puts a manifest and its signature in place.
 *
 * @module
 */
import { EngineError, oneLine } from "../core/errors.ts";
import { manifestFile, signatureFile } from "../core/integrity/manifest.ts";
import { backtestFile } from "../core/integrity/manifest_backtest.ts";
import { removeIfThere, syncFolder } from "./audit/audit_disk.ts";

/**
 * Writes both aside, then puts the signature in its place, then the manifest. Between the two, and
 * after a crash there, the old manifest lies beside a signature that is not its own: that counts for
 * nothing, as no half of a pair ever does.
 *
 * @param signature Null: it comes later from elsewhere; an old one is removed.
 * @param report The backtest that the manifest names, for reviewers; null: one of before goes.
 * @throws {EngineError} `output_unwritable`.
 */
export function writePolicyPair(
  policyFolder: string,
  manifest: Uint8Array,
  signature: Uint8Array | null,
  report: Uint8Array | null = null,
): void {
  const places = [signatureFile, manifestFile, backtestFile].map((path) =>
    `${policyFolder}${path.slice(path.indexOf("/"))}`
  );
  const [signaturePath = "", manifestPath = "", reportPath = ""] = places;
  try {
    const manifestAside = writeAside(manifestPath, manifest);
    const signatureAside = signature && writeAside(signaturePath, signature);
    putOrRemove(report && writeAside(reportPath, report), reportPath);
    putOrRemove(signatureAside, signaturePath);
    Deno.renameSync(manifestAside, manifestPath);
    syncFolder(policyFolder);
  } catch (cause) {
    for (const path of places) remove(`${path}.new`);
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new EngineError("output_unwritable", `Cannot write the manifest: ${oneLine(why)}`, {
      hint: "look for a full disk, or a folder of somebody else; then sign again",
      cause,
    });
  }
}

function putOrRemove(aside: string | null, path: string): void {
  if (aside === null) removeIfThere(path);
  else Deno.renameSync(aside, path);
}

/** SECURITY: a link planted under this name is removed, not followed. */
function writeAside(path: string, bytes: Uint8Array): string {
  const aside = `${path}.new`;
  removeIfThere(aside);
  using file = Deno.openSync(aside, { write: true, createNew: true, mode: 0o644 });
  for (let sent = 0; sent < bytes.length;) sent += file.writeSync(bytes.subarray(sent));
  file.syncSync();
  return aside;
}

function remove(path: string): void {
  try {
    removeIfThere(path);
  } catch {
    // The first failure is the one to show.
  }
}
