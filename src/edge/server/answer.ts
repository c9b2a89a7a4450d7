/**
 * What a route says, before it is bytes.
 *
 * @module
 */

/** Any answer, a refusal too; encodeAnswer (encode_answer.ts) makes it a Response. */
export interface Answer {
  readonly status: number;
  /** Plain data for JSON.stringify. */
  readonly body: object;
  /** Digests of the operations decided, in order; empty when the answer is no decision. */
  readonly operationDigests: readonly string[];
  /** Headers beside the constant ones. */
  readonly headers?: Readonly<Record<string, string>>;
}
