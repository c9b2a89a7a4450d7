/**
 * The host in a word that names a place on the network.
 *
 * @module
 */
import type { Argument } from "../program_use.ts";

/** The host of `scheme://user@host:port/…`, `user@host:path`, `host:port`; `*` when it has none. */
export function hostOf({ text, isKnown }: Argument): Argument {
  const rest = text.replace(/^[a-z][a-z0-9+.-]*:\/\//i, "");
  // SECURITY: clients differ on which part of "a\@b" is the host.
  if (rest.includes("\\")) return { text: "*", isKnown: true };
  const [authority = ""] = /^[^/?#]*/.exec(rest) ?? [];
  const host = authority.replace(/^.*@/, "");
  const name = host.startsWith("[") ? host.replace(/^\[([^\]]*).*$/, "$1") : host.split(":", 1)[0];
  // What follows an unknown end may be a longer name, or make all of it a user.
  const isWhole = isKnown || authority.length < rest.length;
  return { text: isWhole ? name?.toLowerCase() || "*" : "", isKnown: isWhole };
}

/** Whether a word names a file of another machine, as scp and rsync see it. */
export function isRemote({ text }: Argument): boolean {
  return /^[^/:]+:/.test(text) || /^[a-z]+:\/\//i.test(text);
}
