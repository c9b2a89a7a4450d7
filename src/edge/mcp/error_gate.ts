/**
 * Lets a server's stderr through as long as it is no flood. The server is never kept waiting for it.
 *
 * @module
 */

/** Bytes at once, and bytes a second in the long run. */
const maxBurstBytes = 262_144;
const bytesPerSecond = 65_536;

/** @param nowMs A clock that never goes back. */
export function createErrorGate(
  write: (bytes: Uint8Array) => void,
  nowMs: () => number = () => performance.now(),
): (bytes: Uint8Array) => void {
  let room = maxBurstBytes;
  let lastMs = nowMs();
  let dropped = 0;
  return (bytes) => {
    const atMs = nowMs();
    room = Math.min(maxBurstBytes, room + ((atMs - lastMs) * bytesPerSecond) / 1_000);
    lastMs = atMs;
    if (bytes.length > room) {
      dropped += bytes.length;
      return;
    }
    if (dropped > 0) {
      write(
        new TextEncoder().encode(`\nsealward: ${dropped} bytes of the server's stderr dropped\n`),
      );
      dropped = 0;
    }
    room -= bytes.length;
    write(bytes);
  };
}
