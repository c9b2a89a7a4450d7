/**
 * Third guard: method and path are ones of the table, in canonical spelling.
 *
 * @module
 */
import { EngineError } from "../../core/errors.ts";
import { matchRoute, type Route } from "./routes.ts";

const methods: readonly string[] = ["GET", "POST"];

/**
 * Finds the route. Method names are case-sensitive (RFC 9110 section 9.1) and no header or
 * parameter overrides them; HEAD and OPTIONS are not offered.
 *
 * @throws {EngineError} `request_method` for a method nobody takes, or another than the path's;
 * `request_not_found` for any path that is not byte for byte in the table.
 */
export function requireRoute(method: string, path: string): Route {
  const route = matchRoute(path);
  if (methods.includes(method) && route === null) {
    throw new EngineError("request_not_found", "No such path");
  }
  if (route?.method !== method) {
    throw new EngineError("request_method", "Method is not offered here");
  }
  return route;
}
