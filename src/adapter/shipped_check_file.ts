/**
 * Modules that come with the program: files of their own in it, read when somebody asks for one.
 *
 * @module
 */

/** @param name Of its folder in src/checks. */
export function readShippedCheck(name: string): Uint8Array<ArrayBuffer> {
  // A bundle has them beside its chunks.
  const path = import.meta.url.endsWith(".ts")
    ? `../checks/${name}/${name}.wasm`
    : `./${name}.wasm`;
  return Deno.readFileSync(new URL(path, import.meta.url));
}
