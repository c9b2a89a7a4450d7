/**
 * The whole surface: what is not in this table does not exist.
 *
 * @module
 */

/**
 * `agent` may ask, `operator` may also read the log, `approver` may answer requests and do nothing
 * else: whoever holds one token holds what it is for, and no more.
 */
export type Role = "agent" | "operator" | "approver";

export interface Route {
  readonly method: "GET" | "POST";
  /** Who may call it; null needs no token. */
  readonly roles: readonly Role[] | null;
  readonly takesQuery: boolean;
}

const anyAgent = ["agent", "operator"] as const;
const operator = ["operator"] as const;
const approver = ["approver"] as const;

export const routes = {
  "/healthz": { method: "GET", roles: null, takesQuery: false },
  "/readyz": { method: "GET", roles: anyAgent, takesQuery: false },
  "/v1/check": { method: "POST", roles: anyAgent, takesQuery: false },
  "/v1/check/batch": { method: "POST", roles: anyAgent, takesQuery: false },
  "/v1/outcome": { method: "POST", roles: anyAgent, takesQuery: false },
  "/v1/settle": { method: "POST", roles: anyAgent, takesQuery: false },
  "/v1/verify": { method: "GET", roles: anyAgent, takesQuery: false },
  "/v1/status": { method: "GET", roles: anyAgent, takesQuery: false },
  "/v1/audit/events": { method: "GET", roles: operator, takesQuery: true },
  "/v1/audit/verify": { method: "GET", roles: operator, takesQuery: false },
  "/v1/override/request": { method: "POST", roles: anyAgent, takesQuery: false },
  "/v1/override/task": { method: "GET", roles: anyAgent, takesQuery: true },
  "/v1/override/cancel": { method: "POST", roles: anyAgent, takesQuery: false },
  "/v1/override/valid": { method: "GET", roles: anyAgent, takesQuery: true },
  "/v1/override/list": { method: "GET", roles: ["operator", "approver"], takesQuery: false },
  "/v1/override/show": { method: "GET", roles: approver, takesQuery: true },
  "/v1/override/approve": { method: "POST", roles: approver, takesQuery: false },
  "/v1/override/deny": { method: "POST", roles: approver, takesQuery: false },
  "/v1/override/revoke": { method: "POST", roles: approver, takesQuery: false },
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
