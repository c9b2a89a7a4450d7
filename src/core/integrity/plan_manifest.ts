/**
 * The manifest that `policy sign` proposes.
 *
 * @module
 */
import { EngineError, oneLine } from "../errors.ts";
import { version } from "../version.ts";
import { encodeManifest } from "./encode_manifest.ts";
import type { Manifest, ManifestFile } from "./manifest.ts";
import type { ManifestBacktest } from "./manifest_backtest.ts";
import { parseManifest } from "./parse_manifest.ts";
import { encodePolicyTime } from "./policy_time.ts";

/** What a human wants, and what is there. Null is "as before", or the default of the first time. */
export interface ManifestWish {
  readonly previous: Manifest | null;
  readonly covered: readonly ManifestFile[];
  readonly policyVersion: number | null;
  readonly project: string | null;
  /** For the first manifest of all. */
  readonly defaultProject: string;
  readonly minEngine: string | null;
  readonly signer: string;
  readonly nowMs: number;
  readonly expiresMs: number | null;
  readonly backtest: ManifestBacktest | null;
}

/**
 * Plans; what comes out parses.
 *
 * @throws {EngineError} `usage` for a version that is not higher than the last one, and for a project
 *   other than before; `manifest_invalid` for values nobody may sign.
 */
export function planManifest(wish: ManifestWish): Manifest {
  const { previous, nowMs, expiresMs } = wish;
  refuseBackwards(wish);
  return parseManifest(encodeManifest({
    schema_version: 1,
    project: wish.project ?? previous?.project ?? wish.defaultProject,
    policy_version: wish.policyVersion ?? (previous?.policy_version ?? 0) + 1,
    min_engine: wish.minEngine ?? previous?.min_engine ?? version,
    engine: version,
    signer: wish.signer,
    signed_at: encodePolicyTime(nowMs),
    expires_at: expiresMs === null ? null : encodePolicyTime(expiresMs),
    files: wish.covered,
    backtest: wish.backtest,
  }));
}

function refuseBackwards({ previous, policyVersion, project }: ManifestWish): void {
  if (previous === null) return;
  if (policyVersion !== null && policyVersion <= previous.policy_version) {
    throw new EngineError(
      "usage",
      `Cannot sign version ${policyVersion}: version ${previous.policy_version} is there already`,
      { hint: `leave out --policy-version for ${previous.policy_version + 1}` },
    );
  }
  if (project !== null && project !== previous.project) {
    throw new EngineError(
      "usage",
      `Cannot sign for the project "${oneLine(project, 80)}": this is "${previous.project}"`,
      { hint: "installs that know the project would refuse it; leave out --project" },
    );
  }
}
