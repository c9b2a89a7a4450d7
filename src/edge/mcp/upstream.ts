/**
 * The MCP server behind `--http`: always on this machine, always the same.
 *
 * @module
 */
import { EngineError, oneLine } from "../../core/errors.ts";

/** @throws {EngineError} `usage` for anything but plain HTTP to a port of this machine. */
export function readUpstream(text: string): URL {
  const refuse = (cause?: unknown) =>
    new EngineError("usage", `Cannot pass requests on to "${oneLine(text, 200)}"`, {
      hint: "give http://127.0.0.1:PORT/PATH: a server elsewhere needs a tunnel that ends here",
      cause,
    });
  let url: URL;
  try {
    url = new URL(text);
  } catch (cause) {
    throw refuse(cause);
  }
  if (url.hostname === "localhost") url.hostname = "127.0.0.1";
  const isHere = url.hostname === "127.0.0.1" || url.hostname === "[::1]";
  const isPlain = url.protocol === "http:" && url.username === "" && url.password === "" &&
    url.search === "" && url.hash === "";
  if (!isHere || !isPlain) throw refuse();
  return url;
}

/** Of a connection, not of a message; and what the proxy says itself. */
const ownHeaders: ReadonlySet<string> = new Set([
  ...["connection", "keep-alive", "transfer-encoding", "te", "trailer", "upgrade"],
  ...["proxy-authorization", "proxy-connection", "proxy-authenticate"],
  // SECURITY: some servers take a POST for what such a header says.
  ...["x-http-method-override", "x-http-method", "x-method-override"],
  ...["host", "content-length", "content-encoding", "accept-encoding", "origin", "expect"],
]);

/** What of a message's headers goes on. */
export function passHeaders(headers: Headers): Headers {
  const passed = new Headers();
  for (const [name, value] of headers) {
    const isFetchMetadata = name.startsWith("sec-fetch-");
    if (!ownHeaders.has(name) && !isFetchMetadata) passed.append(name, value);
  }
  return passed;
}
