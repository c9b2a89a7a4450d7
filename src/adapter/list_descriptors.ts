/**
 * What a program that is started would inherit.
 *
 * @module
 */
import { runShell } from "./descriptor.ts";

/** Open descriptors above 2, in no order; none where nobody can tell. */
export function listDescriptors(): readonly number[] {
  // The folder's own is in the list, and gone when it is looked at.
  const script = 'for f in /proc/self/fd/*; do [ -e "$f" ] && echo "${f##*/}"; done; :';
  const output = runShell({ args: ["-c", script], stdin: "null", stdout: "piped" });
  const text = new TextDecoder().decode(output ?? new Uint8Array());
  return text.split("\n").map(Number).filter((descriptor) => descriptor > 2);
}
