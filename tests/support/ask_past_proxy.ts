/** Asks a server once, after a request that a proxy of the environment may have answered. */
import { decodeHex } from "@std/encoding/hex";
import { createClient } from "../../src/client.ts";

const [url = "", token = "", key = ""] = Deno.args;
// Now the runtime knows its proxy, whatever becomes of the environment.
await fetch(`${url}/healthz`).then((response) => response.body?.cancel(), () => {});
const client = createClient({ url, token, publicKey: decodeHex(key) });
const asked = client.check({ type: "file_write", affected_files: ["src/app.ts"] });
const said = await asked.then(({ decision }) => decision, ({ code }) => code);
Deno.stdout.writeSync(new TextEncoder().encode(`${said}\n`));
