/**
 * What must be right with a policy before it comes into force. Loads both YAML readers.
 *
 * @module
 */
import { EngineError, parseErrorCode } from "../errors.ts";
import { policyFile, type PolicySnapshot } from "../integrity/policy_snapshot.ts";
import { decodePolicy } from "./decode_policy.ts";
import { findSectionFault } from "./find_section_fault.ts";
import { lintPolicy } from "./lint_policy.ts";
import { loadPolicy } from "./load_policy.ts";
import { parsePolicy } from "./parse_policy.ts";
import { compareParsers } from "./second_parser.ts";

/** Refuses what lintPolicy refuses: only both parsers together may let a policy in force. */
export function refuseFaulty(shown: PolicySnapshot): void {
  const bytes = shown.files.get(policyFile) ?? new Uint8Array();
  if (!isSound(bytes)) refuse(bytes);
  const sectionFault = findSectionFault(shown);
  if (sectionFault !== null) throw sectionFault;
  // Beside its text: inputs that this version cannot honour.
  loadPolicy(shown);
}

/** Less work than linting: a log may be locked meanwhile. */
function isSound(bytes: Uint8Array): boolean {
  try {
    const text = decodePolicy(bytes, policyFile);
    parsePolicy(text, policyFile);
    return compareParsers(text, policyFile) === null;
  } catch (error) {
    if (error instanceof EngineError) return false;
    throw error;
  }
}

/** With the place of the mistake, and without a secret that stands there. */
function refuse(bytes: Uint8Array): void {
  const fault = lintPolicy(bytes, policyFile).findings.find(({ severity }) => severity === "error");
  if (fault !== undefined) {
    throw new EngineError(parseErrorCode(fault.code) ?? "policy_invalid", fault.message, {
      ...(fault.location === null ? {} : { location: fault.location }),
      ...(fault.hint === null ? {} : { hint: fault.hint }),
    });
  }
}
