/**
 * One message to the server and its answer, in time and of bounded size; nothing of it is proven yet.
 *
 * @module
 */
import { type Unmeasured, unmeasuredHeader } from "../core/decision/unmeasured_header.ts";
import { EngineError } from "../core/errors.ts";
import { nonceHeader } from "../core/integrity/answer_proof.ts";
import { untrusted } from "../core/integrity/parse_answer.ts";
import { maxAnswerBytes } from "../core/limits.ts";

export interface Message {
  readonly path: string;
  /** Null asks with GET. */
  readonly body: string | null;
  /** The status of an answer that is no refusal; default 200. */
  readonly goodStatus?: number;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface RawAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Uint8Array<ArrayBuffer>;
}

/** Server and key, ready for use. */
export interface Peer {
  readonly origin: string;
  readonly token: string;
  readonly publicKey: Uint8Array<ArrayBuffer>;
  readonly timeoutMs: number;
  readonly unmeasured: Unmeasured;
  readonly fetch: typeof fetch;
}

/** Sends and waits. @throws {EngineError} `server_unreachable`, `server_untrusted`. */
export async function exchange(peer: Peer, message: Message, nonce: string): Promise<RawAnswer> {
  const controller = new AbortController();
  let timer: ReturnType<typeof setTimeout> | undefined;
  // Not Promise.withResolvers: Node 20 has none.
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      controller.abort();
      reject(unreachable(`no answer within ${peer.timeoutMs} ms`));
    }, peer.timeoutMs);
  });
  try {
    // The race, not only the signal: an injected fetch may not listen to it.
    return await Promise.race([late, send(peer, message, nonce, controller.signal)]);
  } catch (thrown) {
    throw thrown instanceof EngineError ? thrown : unreachable("the connection failed", thrown);
  } finally {
    clearTimeout(timer);
    controller.abort();
  }
}

async function send(
  peer: Peer,
  message: Message,
  nonce: string,
  signal: AbortSignal,
): Promise<RawAnswer> {
  const response = await peer.fetch(`${peer.origin}${message.path}`, {
    method: message.body === null ? "GET" : "POST",
    headers: {
      "authorization": `Bearer ${peer.token}`,
      ...(message.body === null ? {} : { "content-type": "application/json" }),
      ...message.headers,
      [nonceHeader]: nonce,
      ...(peer.unmeasured === "unverified" ? { [unmeasuredHeader]: "unverified" } : {}),
    },
    body: message.body,
    // SECURITY: a redirect would carry the token to whoever it names.
    redirect: "manual",
    credentials: "omit",
    cache: "no-store",
    signal,
  });
  const body = await readCapped(response.body);
  return { status: response.status, headers: response.headers, body };
}

async function readCapped(
  stream: ReadableStream<Uint8Array> | null,
): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  let sizeBytes = 0;
  for await (const chunk of stream ?? []) {
    sizeBytes += chunk.length;
    if (sizeBytes > maxAnswerBytes) throw untrusted(`it is larger than ${maxAnswerBytes} bytes`);
    chunks.push(new Uint8Array(chunk));
  }
  return new Uint8Array(await new Blob(chunks).arrayBuffer());
}

/** What a caller learns when no proven answer came. */
export function unreachable(what: string, cause?: unknown): EngineError {
  return new EngineError("server_unreachable", `Cannot ask the server: ${what}`, {
    hint:
      "start it with `sealward serve`; in a guarded install, root does: systemctl start sealward-ID",
    cause,
  });
}
