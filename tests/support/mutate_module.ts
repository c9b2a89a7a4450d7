import type { Draw } from "./seeded.ts";

/** A byte or two changed; at times some taken out or put in, which few modules survive. */
export function mutateModule(module: Uint8Array, draw: Draw): Uint8Array<ArrayBuffer> {
  const changed = [...module];
  for (let edits = 1 + draw(2); edits > 0; edits--) {
    const at = 8 + draw(changed.length - 8);
    const kind = draw(16);
    if (kind < 14) changed[at] = draw(256);
    else if (kind === 14) changed.splice(at, 1 + draw(3));
    else changed.splice(at, 0, draw(256));
  }
  return Uint8Array.from(changed);
}
