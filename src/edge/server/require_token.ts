/**
 * Fourth guard: the caller holds a token, and the token's role may call the route.
 *
 * @module
 */
import { timingSafeEqual } from "@std/crypto/timing-safe-equal";
import { EngineError } from "../../core/errors.ts";
import type { Sha256 } from "../../core/ports.ts";
import type { Role } from "./routes.ts";

/** Bearer tokens by role, as read from their files. */
export interface Tokens {
  readonly agent: string;
  readonly operator: string;
  /** Null: nobody has the role. An install made before there were approvers has no such file. */
  readonly approver: string | null;
}

/** RFC 6750 section 2.1, scheme in exactly this spelling; the bound keeps hashing cheap. */
const bearerPattern = /^Bearer ([A-Za-z0-9._~+/-]{1,512}=*)$/;
const tokenPattern = /^[A-Za-z0-9._~+/-]{32,512}=*$/;

/**
 * Makes the function that names a request's role.
 *
 * @throws {EngineError} `secret_invalid` at once when a token is shorter than 32 characters, has
 * others than RFC 6750 allows, or serves two roles.
 */
export function compileTokens(tokens: Tokens, sha256: Sha256): (headers: Headers) => Role {
  requireTokens([tokens.agent, tokens.operator, tokens.approver].filter((token) => token !== null));
  const digest = (token: string): Uint8Array => sha256(new TextEncoder().encode(token));
  const agent = digest(tokens.agent);
  const operator = digest(tokens.operator);
  // No token is known whose digest is all zeros: comparing with it takes the same time.
  const approver = tokens.approver === null ? new Uint8Array(32) : digest(tokens.approver);
  return (headers) => {
    const [, token] = bearerPattern.exec(headers.get("authorization") ?? "") ?? [];
    if (token === undefined) throw unauthenticated();
    // SECURITY: digests have one length and no prefix an attacker could choose, and all roles are
    // compared always: the time taken says nothing about a token.
    const got = digest(token);
    const isAgent = timingSafeEqual(got, agent);
    const isOperator = timingSafeEqual(got, operator);
    const isApprover = timingSafeEqual(got, approver);
    if (isOperator) return "operator";
    if (isApprover) return "approver";
    if (isAgent) return "agent";
    throw unauthenticated();
  };
}

function requireTokens(tokens: readonly string[]): void {
  if (tokens.some((token) => !tokenPattern.test(token))) {
    throw new EngineError("secret_invalid", "Got a malformed token, wanted 32 to 512 characters");
  }
  // SECURITY: an agent whose token is also the approver's approves its own requests.
  if (new Set(tokens).size !== tokens.length) {
    throw new EngineError("secret_invalid", "Got one token for two roles, wanted one for each");
  }
}

/** @throws {EngineError} `request_forbidden` when the route is not for this role. */
export function requireRole(got: Role, wanted: readonly Role[]): void {
  if (wanted.includes(got)) return;
  const owners = wanted.map((role) => `the ${role}'s`).join(" or ");
  throw new EngineError("request_forbidden", `Got the ${got}'s token, wanted ${owners}`);
}

function unauthenticated(): EngineError {
  return new EngineError("request_unauthenticated", "Got no known bearer token, wanted one", {
    hint:
      "Send the header Authorization: Bearer TOKEN, with the token from the server's token file",
  });
}
