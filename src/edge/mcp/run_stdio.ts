/**
 * Keeps two pairs of streams going until either side ends. Nothing is left running.
 *
 * @module
 */
import { maxMcpAnswerBytes, maxMcpRequestBytes } from "../../core/limits.ts";
import { type Line, LineSplitter } from "./line_splitter.ts";
import { createErrorGate } from "./error_gate.ts";

/** A server in a process of its own. */
export interface McpServer {
  readonly input: WritableStream<Uint8Array>;
  readonly output: ReadableStream<Uint8Array>;
  readonly errors: ReadableStream<Uint8Array>;
  /** `exit status 3`, `signal SIGKILL`: how it ended. */
  readonly ended: Promise<{ readonly code: number; readonly how: string }>;
  /** Does nothing when it has ended. */
  readonly kill: (signal: "SIGTERM" | "SIGKILL") => void;
}

export interface StdioRun {
  readonly server: McpServer;
  readonly input: ReadableStream<Uint8Array>;
  readonly output: WritableStream<Uint8Array>;
  readonly stop: AbortSignal;
  readonly say: (line: string) => void;
  /** Takes the server's stderr, never more than it is let. */
  readonly writeErrors: (bytes: Uint8Array) => void;
  readonly createRelay: (ends: RelayEnds) => Relay;
  readonly graceMs?: Grace;
}

export interface RelayEnds {
  readonly toClient: (bytes: Uint8Array) => Promise<void>;
  readonly toServer: (bytes: Uint8Array) => Promise<void>;
}

interface Relay {
  readonly fromClient: (line: Line) => Promise<void>;
  readonly fromServer: (line: Line) => Promise<void>;
  readonly drain: () => Promise<void>;
  readonly serverEnded: () => Promise<void>;
  readonly clientEnded: () => void;
}

/** How long a server may take to end by itself, and then after SIGTERM. */
interface Grace {
  readonly input: number;
  readonly term: number;
}

const defaultGraceMs: Grace = { input: 5_000, term: 2_000 };

type End = "client" | "server" | "stopped";

/** @returns Exit status: 0 when the client ended it, or a signal; 1 when the server did. */
export async function runStdio(run: StdioRun): Promise<number> {
  const { server, stop, graceMs = defaultGraceMs } = run;
  const toClient = createLineWriter(run.output);
  const toServer = createLineWriter(server.input);
  const lost = Promise.withResolvers<End>();
  const relay = run.createRelay({
    toClient: (bytes) => toClient.write(bytes).catch(() => lost.resolve("stopped")),
    // Its end says more than a pipe that broke.
    toServer: (bytes) => toServer.write(bytes).catch(() => undefined),
  });
  const errors = pump(server.errors, createErrorGate(run.writeErrors));
  const output = pumpLines(server.output, maxMcpAnswerBytes, (line) => relay.fromServer(line));
  const input = pumpLines(run.input, maxMcpRequestBytes, (line) => relay.fromClient(line));
  stop.addEventListener("abort", () => lost.resolve("stopped"), { once: true });
  if (stop.aborted) lost.resolve("stopped");
  const end = await Promise.race([
    input.then((): End => "client", (): End => "client"),
    Promise.race([output, server.ended]).then((): End => "server", (): End => "server"),
    lost.promise,
  ]);
  const { how, code } = await finish(end, {
    ...run,
    graceMs,
    relay,
    toServer,
    pumped: output,
    lost: lost.promise,
  });
  await Promise.race([errors, wait(graceMs.term)]);
  // Who reads nothing any more must not keep this process.
  await Promise.race([toClient.close(), wait(graceMs.term)]);
  if (end !== "server") return 0;
  run.say(`the server ended by itself: ${how}`);
  return code === 0 ? 0 : 1;
}

interface Finishing extends StdioRun {
  readonly graceMs: Grace;
  readonly relay: Relay;
  readonly toServer: LineWriter;
  /** Settles when the server's output has ended. */
  readonly pumped: Promise<void>;
  readonly lost: Promise<End>;
}

/** Waits for what is still to be answered, then for the server's end. */
async function finish(
  end: End,
  { server, relay, toServer, pumped, lost, graceMs }: Finishing,
): Promise<{ readonly code: number; readonly how: string }> {
  if (end === "client") await drain(relay, toServer, { lost, forMs: graceMs.input });
  // A client that only closed its side still reads answers. Not waited for: it may never be read.
  void toServer.close();
  const isOut = Promise.all([pumped.catch(() => undefined), server.ended]);
  const cut = end === "stopped" ? Promise.resolve("late") : lost.then(() => "late");
  const first = await Promise.race([isOut, cut, wait(graceMs.input)]);
  if (!Array.isArray(first)) {
    server.kill("SIGTERM");
    const second = await Promise.race([server.ended, wait(graceMs.term)]);
    if (second === undefined) server.kill("SIGKILL");
  }
  const ended = await server.ended;
  // What a process of its own kept open must not keep this one.
  await Promise.race([pumped.catch(() => undefined), wait(graceMs.term)]);
  if (end === "server") await Promise.race([relay.serverEnded(), lost]);
  else relay.clientEnded();
  return ended;
}

/** Until everything is on its way, or the server has read nothing for a while. */
async function drain(
  relay: Relay,
  toServer: LineWriter,
  { lost, forMs }: { readonly lost: Promise<End>; readonly forMs: number },
): Promise<void> {
  const over = Promise.race([relay.drain(), lost]).then(() => "over" as const);
  for (;;) {
    const before = toServer.written();
    const end = await Promise.race([over, wait(forMs)]);
    if (end === "over" || (toServer.isWriting() && toServer.written() === before)) return;
  }
}

interface LineWriter {
  /** Lines that were taken. */
  readonly written: () => number;
  readonly isWriting: () => boolean;
  readonly write: (bytes: Uint8Array) => Promise<void>;
  readonly close: () => Promise<void>;
}

/** Lines are never interleaved, and waited for: who is slow slows the other side down. */
function createLineWriter(stream: WritableStream<Uint8Array>): LineWriter {
  const writer = stream.getWriter();
  // What breaks is said by the next write.
  writer.closed.catch(() => undefined);
  let begun = 0;
  let written = 0;
  return {
    written: () => written,
    isWriting: () => begun > written,
    write: async (bytes) => {
      begun++;
      const line = new Uint8Array(bytes.length + 1);
      line.set(bytes);
      line[bytes.length] = 0x0a;
      await writer.ready;
      await writer.write(line);
      written++;
    },
    close: async () => {
      await writer.close().catch(() => undefined);
    },
  };
}

async function pumpLines(
  stream: ReadableStream<Uint8Array>,
  limitBytes: number,
  take: (line: Line) => Promise<void>,
): Promise<void> {
  const splitter = new LineSplitter(limitBytes);
  await pump(stream, async (chunk) => {
    for (const line of splitter.push(chunk)) await take(line);
  });
}

async function pump(
  stream: ReadableStream<Uint8Array>,
  take: (chunk: Uint8Array) => Promise<void> | void,
): Promise<void> {
  for await (const chunk of stream) await take(chunk);
}

function wait(ms: number): Promise<undefined> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(undefined), ms);
    Deno.unrefTimer(timer);
  });
}
