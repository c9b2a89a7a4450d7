/**
 * Runs the HTTP edge over an open install until the process is told to stop.
 *
 * @module
 */
import { sha256 } from "../core/integrity/sha256.ts";
import { EngineError } from "../core/errors.ts";
import { markService } from "./guarded/mark_service.ts";
import { keepLog } from "./keep_log.ts";
import { createInboxSweep, keepSweeping } from "./sweep_inbox.ts";
import { watchSandbox } from "./watch_sandbox.ts";
import type { OpenInstall, ServeCommandOptions } from "../edge/cli/host.ts";

/** Listens on 127.0.0.1 only; resolves when drained after SIGTERM or SIGINT. */
export async function serveInstall(
  install: OpenInstall,
  options: ServeCommandOptions,
): Promise<void> {
  const { createApp } = await import("../edge/server/create_app.ts");
  const { serveEngine } = await import("../edge/server/serve_engine.ts");
  if (install.tokens === null) throw new EngineError("internal", "Install was not opened to serve");
  if (install.tokens.approver === null) {
    options.say("no token for approvers (tokens/approver): nobody answers requests over HTTP");
  }
  const hosts: string[] = [];
  const app = createApp({
    engine: install.engine,
    tokens: install.tokens,
    hosts,
    sign: install.sign,
    keyId: install.keyId,
    readDrift: install.readDrift,
    readSandbox: install.sandboxStatus,
    sha256,
    log: options.say,
  });
  const stop = new AbortController();
  const onSignal = () => stop.abort();
  for (const signal of ["SIGTERM", "SIGINT"] as const) Deno.addSignalListener(signal, onSignal);
  if (options.beside !== undefined) void waitForInputEnd().then(onSignal);
  let endKeeping = () => Promise.resolve();
  await serveEngine({
    app,
    port: options.port,
    hostname: "127.0.0.1",
    signal: stop.signal,
    onListen: ({ hostname, port }) => {
      hosts.push(`${hostname}:${port}`, `localhost:${port}`);
      options.say(`listening on http://${hostname}:${port}`);
      endKeeping = keep(install, options.say);
      options.beside?.onListen(port);
    },
    log: options.say,
  });
  for (const signal of ["SIGTERM", "SIGINT"] as const) Deno.removeSignalListener(signal, onSignal);
  await endKeeping();
  await install.close();
}

/** What goes on beside answering, until it is ended: the inbox first, the log last. */
function keep(install: OpenInstall, say: (line: string) => void): () => Promise<void> {
  const { guard, engine: { overrides } } = install;
  const stopKeeping = keepLog(install.log, say);
  const noteEnd = noteService(install, say);
  const sweep = createInboxSweep(overrides, { agentUid: guard?.agentUid ?? null, say });
  const stopSweeping = keepSweeping(sweep);
  const stopWatching = watchSandbox(install.sandboxStatus, say);
  return async () => {
    stopWatching();
    await stopSweeping();
    await noteEnd();
    await stopKeeping();
  };
}

/** A guarded server's beginning and end are entries; a local one is anybody's to start and stop. */
function noteService(install: OpenInstall, say: (line: string) => void): () => Promise<void> {
  if (install.guard === null) return () => Promise.resolve();
  return markService(install, say);
}

/** Whoever started this server holds the other end: it closes when that process is gone, too. */
async function waitForInputEnd(): Promise<void> {
  const buffer = new Uint8Array(256);
  try {
    while (await Deno.stdin.read(buffer) !== null);
  } catch {
    // What cannot be read has ended.
  }
}
