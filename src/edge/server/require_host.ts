/**
 * First guard: the request was meant for this server.
 *
 * @module
 */
import { EngineError } from "../../core/errors.ts";
import { parseRequestTarget } from "./request_target.ts";

/**
 * SECURITY: DNS rebinding. A page on evil.example that resolves to 127.0.0.1 still says
 * `Host: evil.example`. The compare is exact: every prefix, suffix or spelling rule has been passed
 * by somebody.
 *
 * @param hosts Allowed `host:port`, lower case.
 * @returns The host as allowed.
 * @throws {EngineError} `usage` (400) when the header is absent or the target names another host;
 * `request_forbidden` (403) when the host is not listed.
 */
export function requireHost(request: Request, hosts: readonly string[]): string {
  const host = request.headers.get("host")?.toLowerCase() ?? "";
  if (host === "") throw new EngineError("usage", "Got no Host header, wanted one");
  if (!hosts.includes(host)) {
    throw new EngineError("request_forbidden", "Host header does not name this server", {
      hint: "Use the address that the server printed when it started",
    });
  }
  // An absolute-form target (`GET http://evil/x`) wins over the header in request.url.
  if (parseRequestTarget(request.url).authority.toLowerCase() !== host) {
    throw new EngineError("usage", "Host header and request target name different hosts");
  }
  return host;
}
