/**
 * Names of the files git tracks, from its index.
 *
 * @see gitformat-index(5), versions 2 to 4
 * @module
 */

/** Paths relative to the work tree; null for anything but a whole index of a known version. */
export function parseGitIndex(bytes: Uint8Array): readonly string[] | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 12 || view.getUint32(0) !== 0x44495243) return null;
  const version = view.getUint32(4);
  if (version < 2 || version > 4) return null;
  const count = view.getUint32(8);
  const names: string[] = [];
  let at = 12;
  let previous = new Uint8Array();
  for (let entry = 0; entry < count; entry++) {
    const read = readEntry(bytes, at, { version, previous });
    if (read === null) return null;
    names.push(new TextDecoder().decode(read.name));
    [at, previous] = [read.end, read.name];
  }
  return names;
}

/** Bytes before an entry's flags: times, device, inode, mode, owner, size, object. */
const fixedBytes = 60;

function readEntry(
  bytes: Uint8Array,
  start: number,
  { version, previous }: { readonly version: number; readonly previous: Uint8Array },
): { readonly name: Uint8Array<ArrayBuffer>; readonly end: number } | null {
  const isExtended = ((bytes[start + fixedBytes] ?? 0) & 0x40) !== 0;
  let at = start + fixedBytes + (isExtended ? 4 : 2);
  let kept = new Uint8Array();
  if (version === 4) {
    const cut = readCut(bytes, at);
    kept = previous.slice(0, Math.max(0, previous.length - cut.value));
    at = cut.end;
  }
  const end = bytes.indexOf(0, at);
  if (end === -1) return null;
  const name = new Uint8Array([...kept, ...bytes.subarray(at, end)]);
  // Version 4 has no padding; the others fill up to eight bytes, at least one of them zero.
  const size = version === 4 ? end + 1 - start : Math.ceil((end + 1 - start) / 8) * 8;
  return { name, end: start + size };
}

/** The number of bytes to drop from the name before: git's offset encoding. */
function readCut(
  bytes: Uint8Array,
  start: number,
): { readonly value: number; readonly end: number } {
  let at = start;
  let value = (bytes[at] ?? 0) & 0x7f;
  while (((bytes[at++] ?? 0) & 0x80) !== 0) {
    value = ((value + 1) << 7) | ((bytes[at] ?? 0) & 0x7f);
  }
  return { value, end: at };
}
