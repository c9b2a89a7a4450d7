/**
 * Keys that were trusted when the program was built, as lines of `trusted_keys`.
 *
 * @module
 */

/** A build with `--trusted-key` puts its keys in the place of this line; from source there is none. */
export const compiledKeys = "# no key was compiled in";
