/**
 * What is wrong with the files beside the policy, for people. Loads `yaml`; callers import this file
 * with `await import()`.
 *
 * @module
 */
import { EngineError } from "../errors.ts";
import { policyFile, type PolicySnapshot } from "../integrity/policy_snapshot.ts";
import { compilePolicy } from "./compile_policy.ts";
import { decodePolicy } from "./decode_policy.ts";
import { withLocation } from "./locate.ts";
import { parseYaml } from "./parse_yaml.ts";
import { requireSoundKeys } from "./require_sound_keys.ts";
import { compareParsers } from "./second_parser.ts";
import { joinSection, parseSection, type SectionFile, sectionFiles } from "./section_file.ts";

type Files = PolicySnapshot["files"];

/**
 * Reads each such file with both parsers, and as a part of the policy.
 *
 * @param snapshot Of which lintPolicy finds no error in policy.yaml.
 * @returns The first refusal, with its place in its file; null when there is none, or no such file.
 */
export function findSectionFault({ files }: Pick<PolicySnapshot, "files">): EngineError | null {
  for (const sectionFile of sectionFiles) {
    const bytes = files.get(sectionFile.file);
    const fault = bytes === undefined ? null : findFault(sectionFile, bytes, files);
    if (fault !== null) return fault;
  }
  return null;
}

function findFault(sectionFile: SectionFile, bytes: Uint8Array, files: Files): EngineError | null {
  const { file } = sectionFile;
  let text = "";
  try {
    text = decodePolicy(bytes, file);
    const section = parseSection(sectionFile, text);
    const policy = decodePolicy(files.get(policyFile) ?? new Uint8Array(), policyFile);
    const values = joinSection(sectionFile, parseYaml(policy, policyFile), section);
    requireSoundKeys(compilePolicy(values));
    return compareParsers(text, file);
  } catch (error) {
    if (!(error instanceof EngineError)) throw error;
    return withLocation(error, text, file);
  }
}
