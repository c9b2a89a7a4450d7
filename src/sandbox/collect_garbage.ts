/**
 * Frees what nobody uses any more.
 *
 * @module
 */

/** This program's own switches (role_command.ts) put it there; a program of somebody else's has none. */
const { gc } = globalThis as { readonly gc?: () => void };

/** All of it, before it returns; nothing where it cannot be asked for. */
export function collectGarbage(): void {
  gc?.();
}
