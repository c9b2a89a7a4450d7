/**
 * Paths that are none.
 *
 * @module
 */

/**
 * Whether a path is a URI, which some hosts resolve where a path is wanted.
 *
 * SECURITY: as a path `file:///p/.env` lies in a folder `file:`, and no anchored pattern protects it.
 */
export function isAddress(path: string): boolean {
  return /^[a-z][a-z0-9+.-]+:\//i.test(path);
}
