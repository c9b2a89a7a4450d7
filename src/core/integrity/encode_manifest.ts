/**
 * The manifest as `policy sign` writes it. What is signed is the file, byte by byte: nobody encodes
 * a manifest again to verify it.
 *
 * @module
 */
import { canonicalize } from "@std/json/canonicalize";
import type { Manifest } from "./manifest.ts";

/** Canonical JSON (RFC 8785) and LF. */
export function encodeManifest(manifest: Manifest): Uint8Array<ArrayBuffer> {
  const text = canonicalize(manifest as unknown as Parameters<typeof canonicalize>[0]);
  return new TextEncoder().encode(`${text}\n`);
}
