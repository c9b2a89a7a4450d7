/**
 * Fetch without a proxy on the way, for a server on this machine.
 *
 * SECURITY: Deno sends even requests to 127.0.0.1 to the proxy that `http_proxy` names, read when the
 * process makes its first request: it would see the token and what is asked. Node 20 and browsers do not.
 *
 * @module
 */

type Runtime = Pick<typeof Deno, "createHttpClient" | "env" | "permissions">;

const proxyNames = ["http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"] as const;

/** One for each server: they are never closed. */
const clients = new Map<string, Deno.HttpClient>();

/** @param origin Plain HTTP means loopback, see parseOrigin; with TLS a proxy sees nothing. */
export function directFetch(origin: string): typeof fetch {
  const { Deno: runtime } = globalThis as { readonly Deno?: Runtime };
  const { protocol, hostname, port } = new URL(origin);
  if (runtime === undefined || protocol !== "http:" || !mayHaveProxy(runtime)) return fetch;
  const client = clients.get(origin) ?? runtime.createHttpClient({
    proxy: {
      transport: "tcp",
      hostname: hostname.replace(/^\[|\]$/g, ""),
      port: port === "" ? 80 : Number(port),
    },
  });
  clients.set(origin, client);
  const direct = (input: URL | Request | string, init?: RequestInit) =>
    fetch(input, { ...init, client });
  return direct;
}

/** Also where the environment may not be read. */
function mayHaveProxy({ env, permissions }: Runtime): boolean {
  return proxyNames.some((variable) =>
    permissions.querySync({ name: "env", variable }).state !== "granted" ||
    (env.get(variable) ?? "") !== ""
  );
}
