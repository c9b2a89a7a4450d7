/**
 * What looks like a secret in the text of a policy, comments included: the file is committed, and
 * copied into the log's inputs.
 *
 * @module
 */
import { findSecrets } from "../../integrity/find_secrets.ts";
import { sshKeyKinds } from "../../integrity/ssh_key.ts";
import type { SourceLocation } from "../../errors.ts";
import { locationAt } from "../location_at.ts";

/** Where a line holds one, and its text: nothing that is told about the policy may repeat it. */
export interface PolicySecret {
  /** Without the line: it would repeat the secret. */
  readonly location: SourceLocation;
  readonly secret: string;
}

/** Public keys, ids of enrolments, and pins of checks: as random as a secret, and none. */
const publicWords = new RegExp(
  `(?<![\\w-])(?:${
    sshKeyKinds.join("|").replaceAll(".", "\\.")
  }) {1,8}AAAA[A-Za-z0-9+/]{16,8192}={0,2}` +
    "|(?<!\\w)enrolment: {1,8}[\"']?[0-9a-f]{32}(?![0-9a-f])" +
    "|(?<!\\w)sha256: {1,8}[\"']?[0-9a-f]{64}(?![0-9a-f])",
  "g",
);

/** All of them, in the order of the text. */
export function findPolicySecrets(text: string, file: string): readonly PolicySecret[] {
  const harmless = [...text.matchAll(publicWords)]
    .map(({ index, 0: { length } }) => ({ start: index, end: index + length }));
  return findSecrets(text, "words")
    .filter(({ start, end }) => !harmless.some((it) => it.start <= start && end <= it.end))
    // `npm login --token *` names no token.
    .filter(({ start, end }) => !/[*?]/.test(text.slice(start, end)))
    .sort((one, other) => one.start - other.start)
    .map(({ start, end }) => {
      const { line, column } = locationAt(text, start, file);
      return { location: { file, line, column }, secret: text.slice(start, end) };
    });
}
