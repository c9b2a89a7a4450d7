/**
 * What a client is told about its server, checked before anything is sent.
 *
 * @module
 */
import type { Unmeasured } from "../core/decision/unmeasured_header.ts";
import { EngineError } from "../core/errors.ts";
import { clientTimeoutMs } from "../core/limits.ts";
import { directFetch } from "./direct_fetch.ts";
import type { Peer } from "./exchange.ts";

/** Where the server is, and how it is known again. */
export interface PeerOptions {
  /** `http://127.0.0.1:PORT`, `http://[::1]:PORT` or https; `localhost` is read as 127.0.0.1. */
  readonly url: string;
  /** The bearer token of the caller's role. */
  readonly token: string;
  /** Raw Ed25519 public key of the server, 32 bytes, got on a way the agent cannot write. */
  readonly publicKey: Uint8Array;
  /** For the whole exchange, 1 to 600,000; default limits.clientTimeoutMs. */
  readonly timeoutMs?: number;
  /** What limits that cannot be measured are; default `listed`. Who enforces wants `unverified`. */
  readonly unmeasured?: Unmeasured;
  /** Default: one that asks no proxy for a server on this machine. */
  readonly fetch?: typeof fetch;
}

const maxTimeoutMs = 600_000;

/** @throws {EngineError} `usage` when URL, token or key is not of the form above. */
export function parsePeer(options: PeerOptions): Peer {
  if (options.publicKey.length !== 32) {
    throw usage(`Got a public key of ${options.publicKey.length} bytes, wanted 32`);
  }
  if (!/^[A-Za-z0-9._~+/-]+=*$/.test(options.token)) throw usage("Got a malformed token");
  const { timeoutMs = clientTimeoutMs } = options;
  // A timer takes what is longer, or no number, for "at once".
  if (!(timeoutMs >= 1 && timeoutMs <= maxTimeoutMs)) {
    throw usage(`Got a timeout of ${timeoutMs} ms, wanted 1 to ${maxTimeoutMs}`);
  }
  const origin = parseOrigin(options.url);
  return {
    origin,
    token: options.token,
    publicKey: new Uint8Array(options.publicKey),
    timeoutMs,
    unmeasured: options.unmeasured ?? "listed",
    fetch: options.fetch ?? directFetch(origin),
  };
}

/** SECURITY: `localhost` may resolve to another's ::1, and other plain HTTP shows the token. */
function parseOrigin(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url?.protocol === "http:" && url.hostname === "localhost") url.hostname = "127.0.0.1";
  const isLoopback = url?.hostname === "127.0.0.1" || url?.hostname === "[::1]";
  const isSafe = url?.protocol === "https:" || (url?.protocol === "http:" && isLoopback);
  if (url === null || !isSafe || url.href !== `${url.origin}/`) {
    throw usage("Got an unfit server URL, wanted http://127.0.0.1:PORT or https://HOST");
  }
  return url.origin;
}

function usage(message: string): EngineError {
  return new EngineError("usage", message);
}
