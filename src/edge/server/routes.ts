/**
 * The whole surface: what is not in this table does not exist.
 *
 * @module
 */

/** `agent` may ask, `operator` may also read the log. */
export type Role = "agent" | "operator";

export interface Route {
  readonly method: "GET" | "POST";
  /** The least role that may call it; null needs no token. */
  readonly role: Role | null;
  readonly takesQuery: boolean;
}

export const routes = {
  "/healthz": { method: "GET", role: null, takesQuery: false },
  "/readyz": { method: "GET", role: "agent", takesQuery: false },
  "/v1/check": { method: "POST", role: "agent", takesQuery: false },
  "/v1/check/batch": { method: "POST", role: "agent", takesQuery: false },
  "/v1/outcome": { method: "POST", role: "agent", takesQuery: false },
  "/v1/settle": { method: "POST", role: "agent", takesQuery: false },
  "/v1/verify": { method: "GET", role: "agent", takesQuery: false },
  "/v1/status": { method: "GET", role: "agent", takesQuery: false },
  "/v1/audit/events": { method: "GET", role: "operator", takesQuery: true },
  "/v1/audit/verify": { method: "GET", role: "operator", takesQuery: false },
} as const satisfies Record<string, Route>;

export type RoutePath = keyof typeof routes;

/** The path's route; null unless `path` is byte for byte one of the table. */
export function matchRoute(path: string): Route | null {
  return Object.hasOwn(routes, path) ? routes[path as RoutePath] : null;
}

/** Value of the `Allow` header for a path (RFC 9110 section 10.2.1). */
export function allowedMethods(path: string): string {
  return matchRoute(path)?.method ?? "GET, POST";
}
