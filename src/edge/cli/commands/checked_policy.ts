/**
 * The checks of a policy, with the files they pin, for commands that look at them or try them.
 *
 * @module
 */
import { encodeHex } from "@std/encoding/hex";
import { EngineError, oneLine } from "../../../core/errors.ts";
import { sha256 } from "../../../core/integrity/sha256.ts";
import {
  checksPrefix,
  policyFile,
  type PolicySnapshot,
} from "../../../core/integrity/policy_snapshot.ts";
import type { CheckSpec } from "../../../core/check/check_spec.ts";
import { checkCeilings } from "../../../core/check/check_limits.ts";
import type { LoadedPolicy } from "../../../core/policy/kept_policy.ts";
import type { FindFile } from "../../../pdp/check_runner.ts";
import type { CheckWorkshop } from "../check_workshop.ts";
import type { Host } from "../host.ts";
import { loadDraft } from "./load_draft.ts";

export interface CheckedPolicy extends Pick<LoadedPolicy, "policy" | "positions"> {
  /** Absolute. */
  readonly path: string;
  readonly digest: string;
  readonly findFile: FindFile;
}

export interface PolicyChoice {
  /** As given with --root. */
  readonly root: string | null;
  /** Absolute: a file, or a policy's folder; null is the policy where it is in force. */
  readonly named: string | null;
}

/**
 * Read as strictly as a policy that is to come into force, whether or not somebody trusts it.
 * Modules of a single file are looked for in `checks/` beside it, else in the project's.
 *
 * @throws {EngineError} Every refusal of loadDraft.
 */
export async function readCheckedPolicy(
  host: Host,
  workshop: Pick<CheckWorkshop, "readFile" | "checksFolder">,
  { root, named }: PolicyChoice,
): Promise<CheckedPolicy> {
  const path = named ?? host.paths(root).policyPath;
  const snapshot = named === null ? host.readPolicy(root) : host.readDraft(named);
  const { policy, positions, digest } = await loadDraft(snapshot, named ?? policyFile);
  const hasFolder = named === null || snapshot.inputs.length > 1;
  const findFile = hasFolder ? snapshotFinder(snapshot) : folderFinder(host, workshop, path);
  return { policy, positions, digest, path, findFile };
}

/** @throws {EngineError} `check_unknown`. */
export function findCheck({ policy }: CheckedPolicy, id: string): CheckSpec {
  const found = policy.checks.find((check) => check.id === id);
  if (found !== undefined) return found;
  const known = policy.checks.map((check) => check.id).join(", ") || "none";
  throw new EngineError("check_unknown", `Unknown check "${oneLine(id, 80)}"`, {
    hint: `the policy has ${known}`,
  });
}

/** SECURITY: of what was read once and hashed. */
function snapshotFinder({ inputs, files }: PolicySnapshot): FindFile {
  const hashes = new Map(inputs.map(({ path, sha256: hash }) => [path, hash]));
  return (path) => {
    const [bytes, hash] = [files.get(path), hashes.get(path)];
    return bytes === undefined || hash === undefined ? null : { bytes, sha256: hash };
  };
}

function folderFinder(
  host: Host,
  { readFile, checksFolder }: Pick<CheckWorkshop, "readFile" | "checksFolder">,
  policyPath: string,
): FindFile {
  const beside = `${policyPath.slice(0, policyPath.lastIndexOf("/"))}/checks`;
  const folder = host.exists(beside) ? beside : checksFolder;
  return (path) => {
    const file = `${folder}/${path.slice(checksPrefix.length)}`;
    if (!host.exists(file)) return null;
    const bytes = readFile(file, checkCeilings.moduleBytes);
    return { bytes, sha256: encodeHex(sha256(bytes)) };
  };
}
