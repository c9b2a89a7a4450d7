/**
 * What the proxy says to people, bounded: a server can make it say something with every line.
 *
 * @module
 */

const maxBurst = 100;
const perSecond = 2;

/** @param nowMs A clock that never goes back. */
export function limitLines(
  say: (line: string) => void,
  nowMs: () => number = () => performance.now(),
): (line: string) => void {
  let room = maxBurst;
  let lastMs = nowMs();
  let kept = 0;
  return (line) => {
    const atMs = nowMs();
    room = Math.min(maxBurst, room + ((atMs - lastMs) * perSecond) / 1_000);
    lastMs = atMs;
    if (room < 1) {
      kept++;
      return;
    }
    room--;
    say(kept === 0 ? line : `${line} (${kept} lines before it were not said)`);
    kept = 0;
  };
}
