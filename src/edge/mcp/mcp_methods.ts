/**
 * Every method of MCP that passes, by who may send it: revisions 2025-11-25 and 2026-07-28, and the
 * tasks of both. What is not here is denied.
 *
 * @module
 */

/** Requests of clients: `judge` asks the engine first, `list` looks at what comes back. */
const clientRequests: ReadonlyMap<string, "pass" | "judge" | "list"> = new Map([
  ["initialize", "pass"],
  ["ping", "pass"],
  ["server/discover", "pass"],
  ["tools/list", "list"],
  ["tools/call", "judge"],
  ["resources/list", "pass"],
  ["resources/templates/list", "pass"],
  ["resources/read", "judge"],
  ["resources/subscribe", "judge"],
  ["resources/unsubscribe", "pass"],
  ["subscriptions/listen", "judge"],
  ["prompts/list", "pass"],
  ["prompts/get", "judge"],
  ["completion/complete", "judge"],
  ["logging/setLevel", "pass"],
  ["tasks/get", "pass"],
  ["tasks/result", "pass"],
  ["tasks/list", "pass"],
  ["tasks/cancel", "pass"],
  ["tasks/update", "pass"],
]);

const clientNotifications: ReadonlySet<string> = new Set([
  "notifications/initialized",
  "notifications/cancelled",
  "notifications/progress",
  "notifications/roots/list_changed",
  "notifications/tasks/status",
]);

/** What servers may ask before 2026-07-28; each is the user's to answer, in the client. */
const serverRequests: ReadonlySet<string> = new Set([
  "ping",
  "roots/list",
  "sampling/createMessage",
  "elicitation/create",
  "tasks/get",
  "tasks/result",
  "tasks/list",
  "tasks/cancel",
]);

const serverNotifications: ReadonlySet<string> = new Set([
  "notifications/cancelled",
  "notifications/progress",
  "notifications/message",
  "notifications/tools/list_changed",
  "notifications/resources/list_changed",
  "notifications/resources/updated",
  "notifications/prompts/list_changed",
  "notifications/elicitation/complete",
  "notifications/subscriptions/acknowledged",
  "notifications/tasks/status",
  // Of the tasks of 2026-07-28, which are an extension.
  "notifications/tasks",
]);

/** What becomes of a client's request. */
export function roadOf(method: string): "pass" | "judge" | "list" | "deny" {
  return clientRequests.get(method) ?? "deny";
}

export function isClientNotification(method: string): boolean {
  return clientNotifications.has(method);
}

export function isServerRequest(method: string): boolean {
  return serverRequests.has(method);
}

export function isServerNotification(method: string): boolean {
  return serverNotifications.has(method);
}
