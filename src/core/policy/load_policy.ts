/**
 * The policy of one snapshot, from the bytes that were hashed. Loads both YAML readers: where a
 * kept form is at hand, kept_policy.ts does without.
 *
 * @module
 */
import { policyFile, type PolicySnapshot } from "../integrity/policy_snapshot.ts";
import type { Json } from "../operation/operation.ts";
import { compilePolicy } from "./compile_policy.ts";
import { decodePolicy } from "./decode_policy.ts";
import {
  encodeKeptPolicy,
  type LoadedPolicy,
  type PolicyPosition,
  refuseOtherInputs,
} from "./kept_policy.ts";
import { policyPositions } from "./locate.ts";
import { parseYaml } from "./parse_yaml.ts";
import { joinSection, parseSection, sectionFiles } from "./section_file.ts";

/**
 * Parses; the caller has compared the snapshot's digest with a trusted one, or is about to lint.
 *
 * @throws {EngineError} `feature_unavailable` for inputs this version cannot honour, and every
 *   refusal of parsePolicy and of findSectionFault.
 */
export function loadPolicy(snapshot: PolicySnapshot): LoadedPolicy {
  refuseOtherInputs(snapshot);
  const { values, positions } = readValues(snapshot);
  return { digest: snapshot.digest, policy: compilePolicy(values), positions };
}

/** What to keep of a snapshot's policy. @throws {EngineError} As loadPolicy. */
export function keepPolicy(snapshot: PolicySnapshot): string {
  const { values, positions } = readValues(snapshot);
  return encodeKeptPolicy(values, positions);
}

interface PolicyValues extends Pick<LoadedPolicy, "positions"> {
  readonly values: Json;
}

/** Of all files, as if they were one. */
function readValues({ files }: PolicySnapshot): PolicyValues {
  const text = decodePolicy(files.get(policyFile) ?? new Uint8Array(), policyFile);
  let values = parseYaml(text, policyFile);
  const positions = new Map<string, PolicyPosition>(policyPositions(text));
  for (const sectionFile of sectionFiles) {
    const { file } = sectionFile;
    const bytes = files.get(file);
    if (bytes === undefined) continue;
    const beside = decodePolicy(bytes, file);
    values = joinSection(sectionFile, values, parseSection(sectionFile, beside));
    for (const [path, place] of policyPositions(beside)) {
      if (path !== "") positions.set(path, { ...place, file });
    }
  }
  return { values, positions };
}
