/**
 * The files of checks as they were hashed when the policy was judged.
 *
 * @module
 */
import type { PolicySnapshot } from "../core/integrity/policy_snapshot.ts";
import type { FindFile } from "./check_runner.ts";

/** Nobody opens a file again: bytes and hash are those of the snapshot. */
export function findInput(
  { inputs, files }: Pick<PolicySnapshot, "inputs" | "files">,
): FindFile {
  const hashes = new Map(inputs.map(({ path, sha256 }) => [path, sha256]));
  return (path) => {
    const [bytes, sha256] = [files.get(path), hashes.get(path)];
    return bytes === undefined || sha256 === undefined ? null : { bytes, sha256 };
  };
}
