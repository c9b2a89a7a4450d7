/**
 * The request target exactly as it arrived. `new URL()` would fold `/x/..` and `http://u@h` away,
 * and a guard and a router that see different paths are a way around the guard.
 *
 * @module
 */

/** Parts of `request.url`, byte for byte. */
export interface RequestTarget {
  /** Host and port; for an absolute-form target those of the target, not of the Host header. */
  readonly authority: string;
  /** From the first slash to the first `?`; empty for CONNECT. */
  readonly path: string;
  /** After the `?`; null when there is none. */
  readonly query: string | null;
}

const scheme = "http://";

/** Splits a URL as Deno.serve builds it; one of another scheme has an empty authority. */
export function parseRequestTarget(url: string): RequestTarget {
  if (!url.startsWith(scheme)) return { authority: "", path: "", query: null };
  const slash = url.indexOf("/", scheme.length);
  const authority = slash < 0 ? url.slice(scheme.length) : url.slice(scheme.length, slash);
  const rest = slash < 0 ? "" : url.slice(slash);
  const mark = rest.indexOf("?");
  if (mark < 0) return { authority, path: rest, query: null };
  return { authority, path: rest.slice(0, mark), query: rest.slice(mark + 1) };
}
