/**
 * Checks that would deny because their files are not the pinned ones, for who is about to agree.
 *
 * @module
 */
import { oneLine } from "../../../core/errors.ts";
import { policyFile, type PolicySnapshot } from "../../../core/integrity/policy_snapshot.ts";

/** Lines of a terminal; none where the policy has no checks, or cannot be read at all. */
export async function describePins({ files, inputs }: PolicySnapshot): Promise<readonly string[]> {
  const { lintPolicy } = await import("../../../core/policy/lint_policy.ts");
  const { findings } = lintPolicy(files.get(policyFile) ?? new Uint8Array(), policyFile, {
    inputs: new Map(inputs.map(({ path, sha256 }) => [path, sha256])),
  });
  return findings
    .filter(({ code }) => code === "check_file_missing" || code === "check_hash_differs")
    .map(({ severity, message, location }) => {
      const place = location === null ? "" : ` (${location.file}:${location.line})`;
      return oneLine(`${severity}: ${message}${place}`);
    });
}
