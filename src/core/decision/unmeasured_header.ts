/**
 * How a client tells the server what limits that cannot be measured are to it.
 *
 * @module
 */

/** Request header of `/v1/check` and `/v1/check/batch`; its one value is `unverified`. */
export const unmeasuredHeader = "Sealward-Unmeasured";

/**
 * `listed` in the answer, the default, or `unverified` as the policy says, for callers that enforce
 * the answer and look no further.
 */
export type Unmeasured = "listed" | "unverified";
