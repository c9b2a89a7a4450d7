/**
 * Hosts of the web addresses in a tool's input.
 *
 * @module
 */
import { maxToolPaths } from "../limits.ts";
import type { Json, JsonObject } from "./operation.ts";

/**
 * The host a client would connect to; null when absent, `*` when it cannot be told.
 *
 * @param scheme Put before a value that is a bare host.
 */
export function hostOf(value: Json | undefined, scheme = ""): string | null {
  if (typeof value !== "string") return null;
  // SECURITY: browsers read "http://a\\@b" as host a, other clients as host b.
  if (value.includes("\\")) return "*";
  try {
    const { hostname } = new URL(`${scheme}${value}`);
    return hostname === "" ? "*" : hostname;
  } catch {
    return "*";
  }
}

/** Of every text that has a scheme and an authority; each once. */
export function findHosts(input: JsonObject): readonly string[] {
  const hosts = new Set<string>();
  const pending: Json[] = [input];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    if (typeof next === "string") {
      if (/^[a-z][a-z0-9+.-]*:\/\//i.test(next)) hosts.add(hostOf(next) ?? "*");
    } else if (typeof next === "object" && next !== null) {
      for (const member of Object.values(next)) pending.push(member);
    }
    if (hosts.size >= maxToolPaths) return [...hosts, "*"];
  }
  return [...hosts];
}
