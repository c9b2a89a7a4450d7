/**
 * Second guard: no other web page is asking.
 *
 * @module
 */
import { EngineError } from "../../core/errors.ts";

/**
 * SECURITY: a page in a browser on this machine can reach a loopback port. Browsers say so in two
 * headers that scripts cannot set; clients that are no browsers send neither.
 *
 * @param host The request's own host, already found to be ours.
 * @throws {EngineError} `request_forbidden` when either header names another site.
 */
export function requireSameOrigin(headers: Headers, host: string): void {
  const origin = headers.get("origin");
  if (origin !== null && origin !== `http://${host}`) {
    throw new EngineError("request_forbidden", "Origin header names another site");
  }
  const site = headers.get("sec-fetch-site");
  if (site !== null && site !== "none" && site !== "same-origin") {
    throw new EngineError("request_forbidden", "Sec-Fetch-Site header names another site");
  }
}
