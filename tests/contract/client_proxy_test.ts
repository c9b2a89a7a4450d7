/** A proxy that the environment names sees neither token nor question. */
import { assertEquals } from "@std/assert";
import { encodeHex } from "@std/encoding/hex";
import { describe, it } from "@std/testing/bdd";
import { createTestApp, publicKey, tokens } from "../support/test_app.ts";

/** Asks an honest server from a process whose proxies are a listener's; what that one was told. */
async function askPastProxy(flags: readonly string[]) {
  const { app, hosts } = createTestApp();
  const quiet = { hostname: "127.0.0.1", port: 0, onListen: () => undefined };
  const server = Deno.serve(quiet, (request) => app.fetch(request));
  hosts.push(`127.0.0.1:${server.addr.port}`);
  const seen: (string | null)[] = [];
  const proxy = Deno.serve(quiet, (request) => {
    seen.push(request.headers.get("authorization"));
    return new Response("proxy");
  });
  try {
    const script = new URL("../support/ask_past_proxy.ts", import.meta.url).pathname;
    const url = `http://127.0.0.1:${server.addr.port}`;
    const named = `http://127.0.0.1:${proxy.addr.port}`;
    const { stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: [
        ...["run", "--quiet", "--no-prompt", "--no-check", "--allow-net=127.0.0.1", ...flags],
        ...[script, url, tokens.agent, encodeHex(publicKey)],
      ],
      env: { http_proxy: named, HTTP_PROXY: named, ALL_PROXY: named, NO_PROXY: "" },
    }).output();
    const decode = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
    return { said: decode(stdout).trim(), seen, stderr: decode(stderr) };
  } finally {
    await server.shutdown();
    await proxy.shutdown();
  }
}

describe("createClient() where the environment names a proxy", () => {
  for (const flags of [["--allow-env"], []]) {
    it(`CFG-08 asks the server itself, with ${flags.join() || "no right to look"}`, async () => {
      const { said, seen, stderr } = await askPastProxy(flags);
      assertEquals([said, seen], ["allow", [null]], stderr);
    });
  }
});
