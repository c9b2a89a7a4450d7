/**
 * One change of `/etc/sealward` at a time.
 *
 * @module
 */
import { guardedConfigFolder } from "../../adapter/layout.ts";

/**
 * Runs `act` while nobody else changes the folder.
 *
 * SECURITY: a file of root's alone; a lock on what everybody can open, anybody could keep.
 */
export async function withConfigLock<T>(act: () => Promise<T>): Promise<T> {
  const path = `${guardedConfigFolder}/.lock`;
  using file = Deno.openSync(path, { write: true, create: true, mode: 0o600 });
  file.lockSync(true);
  try {
    return await act();
  } finally {
    // The runtime may hold a copy of the descriptor: closing ours would not let go.
    file.unlockSync();
  }
}
