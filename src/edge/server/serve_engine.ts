/**
 * The listener: keeps the app reachable on one loopback port until told to stop.
 *
 * @module
 */
import { EngineError, oneLine, toEngineError } from "../../core/errors.ts";

export interface ServeOptions {
  readonly app: { readonly fetch: (request: Request) => Response | Promise<Response> };
  /** 0 lets the system choose; onListen tells. */
  readonly port: number;
  readonly hostname: "127.0.0.1" | "::1";
  /** Aborting it stops listening and drains. */
  readonly signal: AbortSignal;
  readonly onListen: (address: { readonly hostname: string; readonly port: number }) => void;
  /** Takes one line, without line feed. */
  readonly log: (line: string) => void;
}

type Server = Deno.HttpServer<Deno.NetAddr>;

/** How long calls at work may still take after the signal. */
const drainTimeoutMs = 5_000;
/** Listeners lost in a row before the server gives up; a second of service starts the count anew. */
const maxLossesInRow = 60;
const healthyMs = 1_000;
const maxPauseMs = 2_000;

/**
 * Serves until `signal` aborts; resolves when drained, at the latest after five seconds. Call
 * assertServeEnvironment first.
 *
 * SECURITY: running out of descriptors ends Deno's listener; fifty idle connections would switch
 * the guard off. It is opened again, on the same port and no other.
 *
 * @throws {EngineError} `server_unreachable` when the port is taken, or the listener is lost sixty
 * times in a row.
 */
export async function serveEngine(options: ServeOptions): Promise<void> {
  const { signal, log } = options;
  let server: Server | null = open(options);
  const { hostname, port } = server.addr;
  options.onListen({ hostname, port });
  for (let losses = 0;;) {
    const openedAtMs = performance.now();
    const loss: unknown = server === null ? "port is taken" : await runServer(server, signal);
    if (signal.aborted) return;
    losses = performance.now() - openedAtMs > healthyMs ? 1 : losses + 1;
    log(`Listener lost (${losses} of ${maxLossesInRow}): ${oneLine(String(loss))}`);
    if (losses === maxLossesInRow) throw unreachable("Listener was lost too often", loss);
    await pause(Math.min(50 * 2 ** losses, maxPauseMs), signal);
    server = reopen({ ...options, port });
  }
}

function open(options: ServeOptions): Server {
  const { hostname, port } = options;
  try {
    return listen(options);
  } catch (thrown) {
    throw unreachable(`Cannot listen on ${hostname}:${port}`, thrown);
  }
}

function reopen(options: ServeOptions): Server | null {
  try {
    return listen(options);
  } catch {
    return null;
  }
}

function listen({ app, hostname, port, log }: ServeOptions): Server {
  return Deno.serve({
    hostname,
    port,
    onListen: () => undefined,
    onError: (thrown) => {
      log(oneLine(toEngineError(thrown).message));
      return new Response(null, { status: 500 });
    },
  }, (request) => app.fetch(request));
}

/** Resolves to what ended the server; the reason means nothing once `signal` has aborted. */
async function runServer(server: Server, signal: AbortSignal): Promise<unknown> {
  const deadline = Promise.withResolvers<string>();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const drain = (): void => {
    // Half-open connections hold shutdown() for ever on some Deno versions.
    timer = setTimeout(() => deadline.resolve("drain timeout"), drainTimeoutMs);
    server.shutdown().then(() => deadline.resolve("drained"), deadline.resolve);
  };
  if (signal.aborted) drain();
  else signal.addEventListener("abort", drain, { once: true });
  const ended = server.finished.then(() => "ended", (thrown: unknown) => thrown);
  try {
    return await Promise.race([ended, deadline.promise]);
  } finally {
    signal.removeEventListener("abort", drain);
    clearTimeout(timer);
  }
}

/** Waits, or less when `signal` aborts. */
async function pause(ms: number, signal: AbortSignal): Promise<void> {
  const over = Promise.withResolvers<void>();
  const end = (): void => over.resolve();
  const timer = setTimeout(end, ms);
  signal.addEventListener("abort", end, { once: true });
  await over.promise;
  signal.removeEventListener("abort", end);
  clearTimeout(timer);
}

function unreachable(message: string, cause: unknown): EngineError {
  return new EngineError("server_unreachable", message, {
    hint: "Stop what holds the port, or choose another with --port",
    cause,
  });
}
