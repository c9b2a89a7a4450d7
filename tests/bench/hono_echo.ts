/** The baseline of the HTTP row: Hono on the same listener, echoing JSON. Argument: port. */
import { Hono } from "@hono/hono";

const app = new Hono();
app.post("/v1/check", async (context) => context.json(await context.req.json()));
const server = Deno.serve({
  hostname: "127.0.0.1",
  port: Number(Deno.args[0] ?? 0),
  // deno-lint-ignore no-console -- the port is the result
  onListen: ({ port }) => console.log(port),
}, app.fetch);
Deno.addSignalListener("SIGTERM", () => server.shutdown());
