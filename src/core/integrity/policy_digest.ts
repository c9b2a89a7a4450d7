/**
 * One digest for everything that can change a decision. policy/SPEC.md, "Digest", is the format.
 *
 * @module
 */
import { encodeHex } from "@std/encoding/hex";
import type { PolicyInput } from "../audit/state.ts";
import { EngineError } from "../errors.ts";
import type { Sha256 } from "../ports.ts";

/** Names format and version, so that these bytes mean nothing to another hash of this engine. */
const domain = "sealward-policy-v1\n";

/**
 * Digests the policy inputs; their order does not matter.
 *
 * @param inputs Each with the SHA-256 of its bytes: 64 lower-case hex digits.
 * @returns `sha256:` and 64 lower-case hex digits.
 * @throws {EngineError} `internal` when a path occurs twice, holds a lone surrogate or its SHA-256
 *   is not one: the caller built the list wrongly.
 * @see policy/SPEC.md, "Digest"
 */
export function policyDigest(inputs: readonly PolicyInput[], sha256: Sha256): string {
  const encoder = new TextEncoder();
  const sorted = [...inputs].sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));
  const lines = sorted.map((input, index) => {
    if (!isInput(input) || input.path === sorted[index - 1]?.path) {
      throw new EngineError("internal", "Cannot digest policy inputs: a path or hash is malformed");
    }
    // SECURITY: the length makes a path with a line break in it unable to pass for two inputs.
    return `${input.sha256} ${encoder.encode(input.path).length} ${input.path}\n`;
  });
  return `sha256:${encodeHex(sha256(encoder.encode(domain + lines.join(""))))}`;
}

function isInput({ path, sha256 }: PolicyInput): boolean {
  // SECURITY: lone surrogates all encode as U+FFFD, so two lists would share one digest.
  return path !== "" && path.isWellFormed() && /^[0-9a-f]{64}$/.test(sha256);
}
