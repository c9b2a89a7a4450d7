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
}

/** RFC 6750 section 2.1, scheme in exactly this spelling; the bound keeps hashing cheap. */
const bearerPattern = /^Bearer ([A-Za-z0-9._~+/-]{1,512}=*)$/;
const tokenPattern = /^[A-Za-z0-9._~+/-]{32,512}=*$/;

/**
 * Makes the function that names a request's role.
 *
 * @throws {EngineError} `secret_invalid` at once when a token is shorter than 32 characters, has
 * others than RFC 6750 allows, or serves both roles.
 */
export function compileTokens(tokens: Tokens, sha256: Sha256): (headers: Headers) => Role {
  if (!tokenPattern.test(tokens.agent) || !tokenPattern.test(tokens.operator)) {
    throw new EngineError("secret_invalid", "Got a malformed token, wanted 32 to 512 characters");
  }
  if (tokens.agent === tokens.operator) {
    throw new EngineError("secret_invalid", "Got one token for two roles, wanted two");
  }
  const digest = (token: string): Uint8Array => sha256(new TextEncoder().encode(token));
  const agent = digest(tokens.agent);
  const operator = digest(tokens.operator);
  return (headers) => {
    const [, token] = bearerPattern.exec(headers.get("authorization") ?? "") ?? [];
    if (token === undefined) throw unauthenticated();
    // SECURITY: digests have one length and no prefix an attacker could choose, and both roles are
    // compared always: the time taken says nothing about a token.
    const got = digest(token);
    const isAgent = timingSafeEqual(got, agent);
    const isOperator = timingSafeEqual(got, operator);
    if (isOperator) return "operator";
    if (isAgent) return "agent";
    throw unauthenticated();
  };
}

/** @throws {EngineError} `request_forbidden` when the route needs the operator. */
export function requireRole(got: Role, wanted: Role): void {
  if (wanted === "operator" && got !== "operator") {
    throw new EngineError("request_forbidden", "Got the agent's token, wanted the operator's");
  }
}

function unauthenticated(): EngineError {
  return new EngineError("request_unauthenticated", "Got no known bearer token, wanted one", {
    hint:
      "Send the header Authorization: Bearer TOKEN, with the token from the server's token file",
  });
}
