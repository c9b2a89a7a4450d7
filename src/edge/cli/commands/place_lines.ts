/**
 * Lines for `checks:` of a policy, as they fit into the one that is there.
 *
 * @module
 */
import { decodeUtf8 } from "../../../core/strict_json.ts";
import type { Host } from "../host.ts";
import { listIndent } from "./pin_lines.ts";

export interface PlacedLines {
  readonly lines: string;
  /** Where a person is to put them. */
  readonly hint: string;
}

/** @param itemAt The item of the list, at this indent. */
export function placeLines(
  host: Pick<Host, "exists" | "readPolicyFile">,
  policyPath: string,
  itemAt: (indent: string) => string,
): PlacedLines {
  const withKey = `checks:\n${itemAt("  ")}`;
  if (!host.exists(policyPath)) {
    return {
      lines: withKey,
      hint: "there is no policy here yet: run `sealward init` first, then put these lines into it",
    };
  }
  const indent = listIndent(readText(host, policyPath));
  if (indent === null) {
    return {
      lines: withKey,
      hint: "put these lines into the policy, then `policy accept` or sign it",
    };
  }
  const hint = "put these lines below the existing `checks:` of the policy, which may stand once " +
    "(where it says [], remove that), then `policy accept` or sign it";
  return { lines: itemAt(indent), hint };
}

/** What cannot be read has no section: deciding will say what is wrong with it. */
function readText(host: Pick<Host, "readPolicyFile">, path: string): string {
  try {
    return decodeUtf8(host.readPolicyFile(path), "policy_syntax");
  } catch {
    return "";
  }
}
