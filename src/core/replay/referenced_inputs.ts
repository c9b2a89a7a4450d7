/**
 * Which kept files an entry names: what a prune must leave as long as the entry is there.
 *
 * @module
 */
import type { Entry } from "../audit/entry.ts";
import { outcomeTypes } from "../audit/outcome_state.ts";
import { overrideTypes } from "../audit/override_state.ts";
import { stateTypes } from "../audit/state.ts";
import type { Json } from "../operation/operation.ts";
import { inputDigest } from "./kept_input.ts";

/**
 * SHA-256 (hex) of accepted policies and their values, of lists of protected files, and of what
 * decisions were made of.
 */
export function referencedInputs({ type, details }: Pick<Entry, "type" | "details">): string[] {
  switch (type) {
    case "audit.decision": {
      const override = Object(details["override"]);
      return [inputDigest(details), override.document].filter(isDigest);
    }
    case stateTypes.accepted:
    case stateTypes.signed: {
      const inputs = Array.isArray(details["inputs"]) ? details["inputs"] : [];
      return [...inputs.map((input) => Object(input).sha256), details["values_sha256"]]
        .filter(isDigest);
    }
    case overrideTypes.granted:
      return [details["document"], details["signature"]].filter(isDigest);
    case outcomeTypes.protected:
      return [details["digest"]].filter(isDigest);
    default:
      return [];
  }
}

function isDigest(value: Json | undefined | null): value is string {
  return typeof value === "string" && /^[0-9a-f]{64}$/.test(value);
}
