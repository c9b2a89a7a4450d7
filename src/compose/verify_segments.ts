/**
 * Verifies closed segments wherever they lie, for whoever has the root secret and no install.
 *
 * @module
 */
import { verifySegmentFile } from "../adapter/audit/audit_verify_segment.ts";
import { sealPermissions } from "../adapter/permissions.ts";
import type { SegmentResult } from "../core/audit/segment_result.ts";
import { EngineError } from "../core/errors.ts";
import { hmacSha256, sha256 } from "../core/integrity/sha256.ts";
import type { VerifySegmentsOptions } from "../edge/cli/verify_options.ts";
import type { Surroundings } from "./environment.ts";
import { readRootSecret } from "./log_keys.ts";

/**
 * One result for each file, in their order.
 *
 * @throws {EngineError} The secret codes; `audit_unreadable` for a file that cannot be opened.
 */
export async function verifySegments(
  { uid }: Surroundings,
  { files, secretFiles, onTotal, onVerified }: VerifySegmentsOptions,
): Promise<readonly SegmentResult[]> {
  // No install, no workspace that the secret could lie in.
  const [first, ...more] = secretFiles.map((path) =>
    readRootSecret(path, { workspace: null, uid })
  );
  if (first === undefined) throw new EngineError("internal", "Segments need a root secret");
  // Before sealing: the runtime's modules may look at what is gone afterwards.
  const { startNativeHash: startHash } = await import("../adapter/native_hash.ts");
  sealPermissions({ writable: [], keepsNet: false });
  onTotal(files.reduce((sum, path) => sum + sizeOf(path), 0));
  const check = {
    secrets: [first, ...more] as const,
    hmac: hmacSha256,
    sha256,
    startHash,
    onVerified,
  };
  const results: SegmentResult[] = [];
  for (const path of files) results.push(await verifySegmentFile(path, check));
  return results;
}

/** Of what is there; opening it says what is wrong with it. */
function sizeOf(path: string): number {
  try {
    return Deno.lstatSync(path).size;
  } catch {
    return 0;
  }
}
